// The model, off the page's thread. What comes in, and what goes out for it:
//   open     {base, manifest, variant, tried}          -> found {here, total}: bytes kept and needed
//   fetch    {}                                        -> progress {here, total}..., said {sentence}..., preparing,
//                                                         ready {threads, kept, trial, seconds: {fetch, prepare}}
//   pause    {}                                        -> paused; fetch goes on
//   count    {transcript, maxNewTokens, ask}           -> counted {ask, tokens, refusal}
//   generate {transcript, maxNewTokens}                -> piece {text, id, tokens, seconds, since}..., done {ids, ...}
//   stop     {}                                        -> done with finishReason "cancelled"
// error {stage, kind, message}: after kind "input" the model is fine; after one of a FileError fetch may go on; after "memory",
// "lost" (the GPU), "wrong" (a GPU that fails the trial) or "machine" this worker is not to be trusted.

import {
  AutoModelForCausalLM, AutoTokenizer, BaseStreamer, InterruptableStoppingCriteria, LogitsProcessor, LogitsProcessorList,
  NoRepeatNGramLogitsProcessor, Tensor, env,
} from './vendor/transformers.min.js';
import { FileError, Files } from './files.js';
import { withoutSmallSubgroups } from './gpu.js';
import { messages, strip } from './prompt.js';

// How far the logits of the known text may lie from the build's own, as a share of their spread. SmolLM2-135M in int8 on SwiftShader:
// 0.05 when it computes rightly, 0.42 when wrongly.
const APART = 0.15;
let tokenizer, model, spec, manifest, base, variant, tried, files, needed, pausing, here, total, failure;
const stopper = new InterruptableStoppingCriteria();
withoutSmallSubgroups();

class InputError extends Error {}
class WrongError extends Error {}

const handlers = { open, fetch: fetchAll, pause: async () => pausing?.abort(), count, generate, stop: async () => stopper.interrupt() };

self.onmessage = async ({ data }) => {
  try {
    await handlers[data.type](data);
  } catch (error) {
    if (error?.name === 'AbortError') self.postMessage({ type: 'paused' });
    else self.postMessage({ type: 'error', stage: data.type, kind: kindOf(error), message: error?.message ?? String(error) });
  }
};

function kindOf(error) {
  if (error instanceof InputError) return 'input';
  if (error instanceof WrongError) return 'wrong';
  if (error instanceof FileError) return error.kind;
  if (/device (was|is) lost|device lost|external Instance reference/i.test(error?.message)) return 'lost';
  return /memory|bad_alloc|allocation|Invalid array (buffer )?length/i.test(error?.message ?? error) ? 'memory' : 'machine';
}

async function open(given) {
  ({ base, manifest, variant, tried } = given);
  files = new Files(manifest, base, {
    say: sentence => self.postMessage({ type: 'said', sentence }),
    progress: bytes => {
      here += bytes;
      self.postMessage({ type: 'progress', here, total });
    },
  });
  await files.open();
  const folder = `models/${manifest.id}`;
  const graph = `${folder}/onnx/${variant.model_file_name}_${variant.dtype}.onnx`;
  const texts = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'].map(name => `${folder}/${name}`);
  needed = ['prompt.json', runtime('wasm'), ...texts, graph, `${graph}_data`];
  ({ here, total } = files.counted(needed));
  self.postMessage({ type: 'found', here, total });
}

/** onnxruntime's own files: the build with WebGPU in it is twice as large and slower on the processor. */
const runtime = ending => `vendor/ort-wasm-simd-threaded${variant.device === 'webgpu' ? '.asyncify' : ''}.${ending}`;

async function fetchAll() {
  const started = performance.now();
  pausing = new AbortController();
  await files.fetch(needed, pausing.signal);
  const fetched = performance.now();
  self.postMessage({ type: 'preparing' });
  failure = null;
  await prepare().catch(error => {
    // The library only says that there is no such file.
    throw failure ?? error;
  });
  pausing = null;
  const trial = await tryKnownText();
  const seconds = { fetch: (fetched - started) / 1000, prepare: (performance.now() - fetched) / 1000 };
  self.postMessage({ type: 'ready', threads: env.backends.onnx.wasm.numThreads, kept: files.keeps, trial, seconds });
}

async function prepare() {
  const text = async path => JSON.parse(new TextDecoder().decode(await files.read(path)));
  await configure();
  spec = await text('prompt.json');
  [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(manifest.id),
    AutoModelForCausalLM.from_pretrained(manifest.id, {
      device: variant.device, dtype: variant.dtype, model_file_name: variant.model_file_name,
    }),
  ]);
  yieldBetweenTokens(model);
  const device = await env.backends.onnx.webgpu?.device;
  device?.lost?.then(({ message }) => self.postMessage({ type: 'error', stage: 'generate', kind: 'lost', message }));
  await files.tidy();
}

/**
 * How far the GPU's logits of a known text lie from those that the build gave on a processor when it was made; null where it was tried
 * before, or there is nothing to try. A GPU's kernels can be wrong without a word, and then notes are fluent and of another visit.
 */
async function tryKnownText() {
  const known = manifest.known?.[variant.name];
  if (!known || tried) return null;
  const follow = new Follow(known);
  const rules = new LogitsProcessorList();
  rules.push(follow);
  const shape = [1, known.read.length];
  await model.generate({
    input_ids: new Tensor('int64', BigInt64Array.from(known.read, BigInt), shape),
    attention_mask: new Tensor('int64', new BigInt64Array(known.read.length).fill(1n), shape),
    max_new_tokens: known.then.length, do_sample: false, logits_processor: rules,
  });
  const apart = Math.max(...follow.apart);
  // Written so that NaN is refused too.
  if (!(apart <= APART)) throw new WrongError(`on a known text it ${apart ? `is ${Math.round(100 * apart)} % off` : 'gives no numbers'}`);
  return { apart, most: APART };
}

/** Everything from this site, through the checked pieces: the default would ask a CDN for the wasm and the Hub for the model. */
async function configure() {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  // A path and not an address: with an address transformers.js takes the files for remote ones and refuses.
  env.localModelPath = new URL('models/', base).pathname;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.fetch = fromPieces;
  const wasm = env.backends.onnx.wasm;
  wasm.wasmPaths = { mjs: new URL(runtime('mjs'), base).href };
  wasm.wasmBinary = await files.read(runtime('wasm'));
  const cores = navigator.hardwareConcurrency ?? 2;
  // Without isolation there is no shared memory and so one thread; beyond the physical cores threads only wait for each other.
  wasm.numThreads = self.crossOriginIsolated ? Math.min(8, cores > 4 ? cores >> 1 : cores) : 1;
}

/** fetch() for the library: a file of the manifest, or 404 without asking any server. */
async function fromPieces(address) {
  const path = new URL(address, base).href.slice(base.length);
  if (!files.has(path)) return new Response(null, { status: 404 });
  const whole = await files.read(path).catch(error => {
    failure = error;
    throw error;
  });
  const response = new Response(null, { headers: { 'Content-Length': String(whole.length) } });
  // A body would be copied once more, and this may be most of the memory that there is.
  response.arrayBuffer = async () => whole.buffer;
  return response;
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

function prompt(transcript) {
  return tokenizer.apply_chat_template(messages(spec, transcript), {
    add_generation_prompt: true, date_string: spec.date_string, return_dict: true,
  });
}

async function count({ transcript, maxNewTokens, ask }) {
  const tokens = prompt(transcript).input_ids.data.length;
  self.postMessage({ type: 'counted', ask, tokens, refusal: refusal(tokens, maxNewTokens) });
}

/** Why a prompt of so many tokens is not read, or nothing. */
function refusal(tokens, maxNewTokens) {
  const { context } = manifest.config;
  const over = tokens + maxNewTokens - context;
  return over > 0 ? `This transcript is too long: ${tokens} tokens, with ${maxNewTokens} more for the note, and the model reads ${context} in `
    + `all. Shorten it by about ${over} tokens. Nothing was cut.` : '';
}

async function generate({ transcript, maxNewTokens }) {
  if (!strip(transcript)) throw new InputError('The transcript is empty: paste the words of a visit.');
  const inputs = prompt(transcript);
  const promptIds = Array.from(inputs.input_ids.data, Number);
  const refused = refusal(promptIds.length, maxNewTokens);
  if (refused) throw new InputError(refused);
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

/** Has the model go on with the known text whatever it chose, and notes at each step how far its logits are from the known ones. */
class Follow extends LogitsProcessor {
  constructor({ then, sample, logits }) {
    super();
    Object.assign(this, { then, sample, known: logits, apart: [] });
  }

  _call(_, logits) {
    const { data } = logits;
    const step = this.apart.length;
    const known = this.known[step];
    // A shift of all logits changes nothing, so only what is left without it counts.
    const shift = mean(known.map((value, at) => data[this.sample[at]] - value));
    const middle = mean(known);
    const off = mean(known.map((value, at) => (data[this.sample[at]] - value - shift) ** 2));
    this.apart.push(Math.sqrt(off / mean(known.map(value => (value - middle) ** 2))));
    data.fill(-Infinity);
    data[this.then[step]] = 0;
    return logits;
  }
}

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

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
