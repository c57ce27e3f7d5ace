// Which build runs on which device. Pure, so that a test can ask about machines it does not have.

/** What this browser offers: WebGPU at all, 16-bit floats in shaders, and whether the adapter is software. */
export async function probe() {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (!adapter) return { webgpu: false, f16: false, software: false };
  const info = adapter.info ?? {};
  const software = Boolean(info.isFallbackAdapter ?? adapter.isFallbackAdapter) || /swiftshader|llvmpipe|basic render/i.test(
    `${info.architecture} ${info.device} ${info.description}`);
  return { webgpu: true, f16: adapter.features.has('shader-f16'), software };
}

/**
 * One of the site's `variants` ({name, device, dtype}) and a sentence for the reader, which may be empty.
 * `forced` ({device, dtype}, either may be null) wins. Throws when the site has no build that fits.
 */
export function choose(machine, variants, forced = {}) {
  if (forced.device || forced.dtype) {
    const found = variants.find(v => (!forced.device || v.device === forced.device) && (!forced.dtype || v.dtype === forced.dtype));
    if (!found) throw new Error(`This site has no build for ${forced.device ?? 'any device'} with ${forced.dtype ?? 'any dtype'}.`);
    if (found.device === 'webgpu' && !machine.webgpu) throw new Error('This browser offers no WebGPU adapter.');
    if (found.dtype.endsWith('f16') && !machine.f16) throw new Error('This WebGPU adapter has no 16-bit floats (shader-f16).');
    return { variant: found, notice: '' };
  }
  const named = name => variants.find(v => v.name === name);
  const gpu = machine.webgpu ? (machine.f16 && named('q4f16')) || named('q4') : undefined;
  const wasm = named('wasm');
  if (gpu && !(machine.software && wasm)) return { variant: gpu, notice: '' };
  if (wasm) {
    const why = gpu ? 'WebGPU runs in software here' : machine.webgpu ? 'No build fits this GPU' : 'This browser offers no WebGPU';
    return { variant: wasm, notice: `${why}, so the model runs on the processor. The note is the same kind of note, only slower.` };
  }
  throw new Error('This browser offers no WebGPU, and the site was built without the wasm variant. Try a current Chrome, Edge or Safari.');
}
