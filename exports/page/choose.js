// Which build runs on which device, and why. Pure but for probe(), so that a test can ask about machines it does not have.

/** What this browser offers: WebGPU, 16-bit floats in shaders, whether the adapter is software, and the largest tensor it takes. */
export async function probe() {
  const adapter = await anyAdapter();
  if (!adapter) return { webgpu: false, f16: false, software: false, largest: 0, adapter: null };
  const { vendor = '', architecture = '', device = '', description = '', isFallbackAdapter } = adapter.info ?? {};
  const software = Boolean(isFallbackAdapter ?? adapter.isFallbackAdapter)
    || /swiftshader|llvmpipe|basic render/i.test(`${architecture} ${device} ${description}`);
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  return {
    webgpu: true, f16: adapter.features.has('shader-f16'), software, largest: Math.min(maxBufferSize, maxStorageBufferBindingSize),
    adapter: { vendor, architecture, device, description, maxBufferSize, maxStorageBufferBindingSize },
  };
}

/** A browser that has just started says for a moment that it has none: its process for the GPU is still coming. */
async function anyAdapter() {
  for (const pause of [0, 150, 300]) {
    if (pause) await new Promise(resolve => setTimeout(resolve, pause));
    const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
    if (adapter || !navigator.gpu) return adapter;
  }
  return null;
}

/**
 * One of the site's `variants` ({name, device, dtype, largest_tensor}) and `why`, a sentence for the reader.
 * `forced` ({device, dtype}, either may be null) wins. Throws when the site has no build that fits.
 */
export function choose(machine, variants, forced = {}) {
  if (forced.device || forced.dtype) return demanded(machine, variants, forced);
  const named = name => variants.find(variant => variant.name === name);
  const fits = variant => variant && (variant.largest_tensor ?? 0) <= (machine.largest ?? Infinity) && variant;
  const gpu = machine.webgpu ? (machine.f16 && fits(named('q4f16'))) || fits(named('q4')) : null;
  const wasm = named('wasm');
  if (gpu && !(machine.software && wasm)) return { variant: gpu, why: onGpu(machine, gpu) };
  const cause = onProcessor(machine, variants);
  if (wasm) return { variant: wasm, why: `${cause}, so the model runs on the processor: slower, and otherwise the same.` };
  throw new Error(`${cause}, and the site was built without the wasm variant. Try a current Chrome, Edge or Safari.`);
}

function demanded(machine, variants, { device, dtype }) {
  const variant = variants.find(v => (!device || v.device === device) && (!dtype || v.dtype === dtype));
  if (!variant) throw new Error(`This site has no build for ${device ?? 'any device'} with ${dtype ?? 'any dtype'}.`);
  if (variant.device === 'webgpu' && !machine.webgpu) throw new Error('This browser offers no WebGPU adapter.');
  if (variant.dtype.endsWith('f16') && !machine.f16) throw new Error('This WebGPU adapter has no 16-bit floats (shader-f16).');
  return { variant, why: 'The address of this page asks for this build.' };
}

function onGpu(machine, { name }) {
  if (machine.software) return 'WebGPU runs in software here, and this site has no build for the processor: expect it to be very slow.';
  if (name === 'q4f16') return 'This GPU computes with 16-bit floats, so the smallest and fastest build was chosen.';
  return machine.f16 ? 'This site has no 16-bit build that fits this GPU, so the 32-bit one was chosen.'
    : 'This GPU has no 16-bit floats (shader-f16), so the build with 32-bit floats was chosen.';
}

function onProcessor(machine, variants) {
  const builds = variants.filter(({ device }) => device === 'webgpu');
  if (!machine.webgpu) return 'This browser offers no WebGPU';
  if (!builds.length) return 'This site has no build for the GPU';
  const tooLarge = ({ largest_tensor: bytes = 0 }) => bytes > (machine.largest ?? Infinity);
  if (builds.every(tooLarge)) return 'The model is too large for a buffer of this GPU';
  return machine.software ? 'WebGPU runs in software here' : 'This GPU has no 16-bit floats (shader-f16), and the site no other build for it';
}
