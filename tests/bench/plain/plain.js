// The other side of the benchmark: transformers.js as its own example uses it, a pipeline in the page with a streamer. Only what keeps
// it on this host is set. ?id, ?device, ?dtype and ?file name the build, ?tokens bounds the note.
import { TextStreamer, env, pipeline } from './vendor/transformers.min.js';

const asked = new URLSearchParams(location.search);
const found = (window.plain = { ready: null, first: null, ids: [], error: null });

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = new URL('models/', location.href).pathname;
env.useBrowserCache = false;
env.useWasmCache = false;
// The same runtime as our page takes: the default one has no kernel on the processor for the table of tokens of these builds.
const runtime = name => new URL(`vendor/ort-wasm-simd-threaded${asked.get('device') === 'webgpu' ? '.asyncify' : ''}.${name}`, location.href).href;
env.backends.onnx.wasm.wasmPaths = { mjs: runtime('mjs'), wasm: runtime('wasm') };

try {
  const generator = await pipeline('text-generation', asked.get('id'), {
    device: asked.get('device'), dtype: asked.get('dtype'), model_file_name: asked.get('file'),
  });
  found.ready = performance.now();
  document.body.dataset.state = 'ready';
  window.write = async messages => {
    const asking = performance.now();
    const streamer = new TextStreamer(generator.tokenizer, {
      skip_prompt: true,
      token_callback_function: tokens => {
        found.first ??= performance.now() - asking;
        found.ids.push(...tokens.map(Number));
      },
    });
    await generator(messages, { max_new_tokens: Number(asked.get('tokens')), do_sample: false, streamer });
    document.body.dataset.state = 'done';
  };
} catch (error) {
  found.error = error.message;
  document.body.dataset.state = 'failed';
}
