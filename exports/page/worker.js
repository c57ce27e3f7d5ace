// The model, off the page's thread. In: load, generate, stop. Out: progress, ready, piece, done, error.
//   load     {base, manifest, device, dtype}          -> progress {loaded, total}..., ready {variant, notice}
//   generate {transcript, maxNewTokens}               -> piece {text, id, tokens, seconds}..., done {ids, ...}
//   stop     {}                                       -> done with finishReason "cancelled"
// error {stage, message, kind}: after kind "input" the model is fine; after "machine" this worker is not to be trusted.

import {
  AutoModelForCausalLM, AutoTokenizer, BaseStreamer, InterruptableStoppingCriteria, LogitsProcessor, LogitsProcessorList,
  NoRepeatNGramLogitsProcessor, env,
} from './vendor/transformers.min.js';
import { choose, probe } from './choose.js';
import { messages, strip } from './prompt.js';

let tokenizer, model, spec, manifest;
const stopper = new InterruptableStoppingCriteria();

class InputError extends Error {}

const handlers = { load, generate, stop: async () => stopper.interrupt() };

self.onmessage = async ({ data }) => {
  try {
    await handlers[data.type](data);
  } catch (error) {
    const kind = error instanceof InputError ? 'input' : 'machine';
    self.postMessage({ type: 'error', stage: data.type, kind, message: error?.message ?? String(error) });
  }
};

async function load({ base, manifest: given, device, dtype }) {
  manifest = given;
  const { variant, notice } = choose(await probe(), manifest.variants, { device, dtype });
  await configure(base, variant);
  spec = await (await fetch(new URL('prompt.json', base))).json();
  tokenizer = await AutoTokenizer.from_pretrained(manifest.id);
  model = await AutoModelForCausalLM.from_pretrained(manifest.id, {
    device: variant.device, dtype: variant.dtype, model_file_name: variant.model_file_name,
  });
  yieldBetweenTokens(model);
  self.postMessage({ type: 'ready', variant, notice, threads: env.backends.onnx.wasm.numThreads });
}

/** Everything from this site: the default would ask a CDN for the wasm and the Hub for the model. */
async function configure(base, variant) {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  // A path and not an address: with an address transformers.js takes the files for remote ones and refuses.
  env.localModelPath = new URL('models/', base).pathname;
  env.useWasmCache = false;
  env.fetch = countingFetch(variant);
  env.cacheKey = `scribeloop-${manifest.id}-${manifest.build}`;
  await forgetOlderBuilds();
  const wasm = env.backends.onnx.wasm;
  // The build with WebGPU in it is twice as large and slower on the processor.
  const kind = variant.device === 'webgpu' ? '.asyncify' : '';
  wasm.wasmPaths = {
    mjs: new URL(`vendor/ort-wasm-simd-threaded${kind}.mjs`, base).href,
    wasm: new URL(`vendor/ort-wasm-simd-threaded${kind}.wasm`, base).href,
  };
  const cores = navigator.hardwareConcurrency ?? 2;
  // Without isolation there is no shared memory and so one thread; beyond the physical cores threads only wait for each other.
  wasm.numThreads = self.crossOriginIsolated ? Math.min(8, cores > 4 ? cores >> 1 : cores) : 1;
}

async function forgetOlderBuilds() {
  if (!('caches' in self)) return;
  const old = (await caches.keys()).filter(key => key.startsWith(`scribeloop-${manifest.id}-`) && key !== env.cacheKey);
  await Promise.all(old.map(key => caches.delete(key)));
}

/**
 * fetch(), counting the bytes of graph and weights as they arrive. (The library's own progress callback asks for every file twice,
 * once whole and unread.) A model that comes from the cache reports nothing.
 */
function countingFetch(variant) {
  let loaded = 0;
  return async (address, options) => {
    const response = await fetch(address, options);
    if (!response.ok || !String(address).includes('.onnx')) return response;
    const counter = new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        self.postMessage({ type: 'progress', loaded, total: variant.bytes });
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), { status: response.status, headers: response.headers });
  };
}

/** On wasm a whole note would be one task, and "stop" would wait in the queue until its end: let messages in between tokens. */
function yieldBetweenTokens(model) {
  const forward = model.forward.bind(model);
  const { port1, port2 } = new MessageChannel();
  model.forward = async inputs => {
    await new Promise(resolve => {
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
    return forward(inputs);
  };
}

async function generate({ transcript, maxNewTokens }) {
  if (!strip(transcript)) throw new InputError('The transcript is empty: paste the words of a visit.');
  const inputs = tokenizer.apply_chat_template(messages(spec, transcript), {
    add_generation_prompt: true, date_string: spec.date_string, return_dict: true,
  });
  const promptIds = Array.from(inputs.input_ids.data, Number);
  const context = manifest.config.context;
  if (promptIds.length + maxNewTokens > context) {
    throw new InputError(`This transcript is too long: ${promptIds.length} tokens, with ${maxNewTokens} more for the note, and the model `
      + `reads ${context} in all. Shorten it by about ${promptIds.length + maxNewTokens - context} tokens. Nothing was cut.`);
  }
  stopper.reset();
  const streamer = new Pieces();
  const rules = new LogitsProcessorList();
  rules.push(new NoRepeatInNote(manifest.config.decoding.no_repeat_ngram_size, promptIds.length));
  // No cache is passed in and none is asked for, so generate() disposes of it.
  await model.generate({
    ...inputs, max_new_tokens: maxNewTokens, do_sample: false, logits_processor: rules, streamer, stopping_criteria: [stopper],
  });
  self.postMessage({ type: 'done', promptIds, ...streamer.result(maxNewTokens) });
}

/** The decoding rule of pipeline/decoding.py: the library's own would also bar runs of words that stand in the transcript. */
class NoRepeatInNote extends LogitsProcessor {
  constructor(size, promptLength) {
    super();
    this.rule = new NoRepeatNGramLogitsProcessor(size);
    this.promptLength = promptLength;
  }

  _call(ids, logits) {
    return this.rule(ids.map(one => one.slice(this.promptLength)), logits);
  }
}

/** Posts each token as it is chosen, with the text that it completes (a character can take several tokens). */
class Pieces extends BaseStreamer {
  constructor() {
    super();
    this.ids = null;
    this.text = '';
    this.started = performance.now();
  }

  put(value) {
    // The first call brings the prompt.
    if (this.ids === null) {
      this.ids = [];
      return;
    }
    const id = Number(value[0][0]);
    this.ids.push(id);
    this.firstTokenSeconds ??= this.seconds();
    const piece = this.gained();
    this.text += piece;
    self.postMessage({ type: 'piece', text: piece, id, tokens: this.ids.length, seconds: this.seconds(), since: this.firstTokenSeconds });
  }

  gained() {
    const text = this.decoded();
    return text.endsWith('\ufffd') ? '' : text.slice(this.text.length);
  }

  decoded() {
    return tokenizer.decode(this.ids, { skip_special_tokens: true, clean_up_tokenization_spaces: false });
  }

  end() {}

  seconds() {
    return (performance.now() - this.started) / 1000;
  }

  result(maxNewTokens) {
    const ended = model.generation_config.eos_token_id;
    const stopped = [ended].flat().includes(this.ids.at(-1));
    const finishReason = stopped ? 'stop' : this.ids.length >= maxNewTokens ? 'length' : 'cancelled';
    const { ids, firstTokenSeconds } = this;
    return { ids, text: this.decoded(), tokens: ids.length, seconds: this.seconds(), firstTokenSeconds, finishReason };
  }
}
