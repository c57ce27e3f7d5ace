// A model from its download to its last token: the worker, its second try on the processor, and the panel that tells about it.
//
//   const model = openModel(manifest, asked, listener);
//   model.generate({ transcript, maxNewTokens });   once it is ready; ends with done or with error
//   await model.count({ transcript, maxNewTokens }); {tokens, refusal}, the latter '' when the prompt fits; null after close
//   model.stop();                                   the note ends where it is: done with finishReason "cancelled"
//   model.close();                                  frees its memory; nothing more is heard of it, and another one may be opened
//
// `manifest` is a site's manifest.json, with `base` (an address that ends in "/") where its files are not beside the page; it must
// name the files of every model at that place, for the rest is cleared away. `asked` {device, dtype, start}: the first two force a
// build and may be null; with `start` the download begins unasked. Of one page one model is open at a time: the panel is one.
// `listener` hears, each in the page's own thread:
//   state(state, facts)   loading; asking (the panel waits for the reader); ready, with {variant, threads}; writing; failed (the panel
//                         offers a way on, after which it is loading again)
//   piece({text, id, tokens, seconds, since})
//   done({ids, promptIds, text, tokens, seconds, firstTokenSeconds, finishReason})
//   error(sentence, stage)   stage "generate": the reader's page shows it, and a state follows; "load": the panel shows it itself

import { choose, probe } from './choose.js';
import { DeviceReport } from './device.js';

const find = id => document.getElementById(id);
const BUTTONS = ['load-start', 'load-pause', 'load-again', 'load-wasm'];
const OLD = 'This browser is too old for the page: it cannot run modules in a worker. Use a current Chrome, Edge, Firefox or Safari.';
const LOST = 'The browser took the GPU away (it was reset, or another program needed it).';
const MEMORY = 'There was not enough memory for the model. Close other tabs and programs, then try again.';

// The first worker begins, and the device is looked at, while the rest of the page is still coming: reading the library takes a worker
// longer than drawing takes the page.
let early = begin();
let machine = probe();

export function openModel(manifest, asked, listener) {
  return new OpenModel(manifest, asked, listener);
}

/** A worker, and whether this browser knows of modules in one: only such a browser asks for the type. */
function begin() {
  const begun = { knowsModules: false, fault: null };
  begun.worker = new Worker('worker.js', { get type() { begun.knowsModules = true; return 'module'; } });
  begun.worker.onerror = event => {
    event.preventDefault();
    begun.fault = event;
  };
  return begun;
}

class OpenModel {
  constructor(manifest, asked, listener) {
    Object.assign(this, { manifest, asked, listener, worker: null, facts: {}, retried: false, asks: 0, counts: new Map() });
    this.report = new DeviceReport(manifest);
    sentence('notice', '');
    press('load-start', () => this.fetch());
    press('load-pause', () => this.worker.postMessage({ type: 'pause' }));
    press('load-again', () => this.start());
    press('load-wasm', () => this.onProcessor(''));
    press('load-report', () => this.report.save());
    this.start();
  }

  generate({ transcript, maxNewTokens }) {
    this.tell('writing');
    this.worker.postMessage({ type: 'generate', transcript, maxNewTokens });
  }

  count({ transcript, maxNewTokens }) {
    const ask = (this.asks += 1);
    this.worker.postMessage({ type: 'count', transcript, maxNewTokens, ask });
    return new Promise(resolve => this.counts.set(ask, resolve));
  }

  stop() {
    this.worker.postMessage({ type: 'stop' });
  }

  close() {
    removeEventListener('online', this.online);
    this.worker?.terminate();
    this.worker = null;
    for (const resolve of this.counts.values()) resolve(null);
    this.counts.clear();
  }

  async start() {
    this.close();
    sentence('load-error', '');
    const { worker, knowsModules, fault } = early ?? begin();
    const looked = machine ?? probe();
    early = machine = null;
    this.worker = worker;
    if (!knowsModules) return this.fail(OLD);
    worker.onmessage = ({ data }) => worker === this.worker && this[data.type](data);
    worker.onerror = event => {
      event.preventDefault();
      this.error({ stage: 'open', kind: 'machine', message: event.message || 'the worker could not start' });
    };
    find('progress').removeAttribute('value');
    this.tell('loading', {}, 'Looking at this device');
    if (fault) return worker.onerror(fault);
    this.machine = await looked;
    if (worker !== this.worker) return;
    try {
      const { variant, why } = choose(this.machine, this.manifest.variants, this.asked);
      Object.assign(this, { facts: { variant }, why });
    } catch (error) {
      return this.fail(error.message);
    }
    sentence('why', this.why);
    const { variant } = this.facts;
    worker.postMessage({ type: 'open', base: this.base(), manifest: this.manifest, variant, tried: wasRight(this.trialOf(variant)) });
  }

  base() {
    return new URL(this.manifest.base ?? '.', location.href).href;
  }

  // From here on the worker's messages, by their names.

  async found({ total, here }) {
    const room = await freeSpace();
    if (!this.worker) return;
    this.report.found({ machine: this.machine, variant: this.facts.variant, why: this.why, total, here, room });
    Object.assign(this, { total, here });
    const missing = total - here;
    if (missing === 0 || this.asked.start) return this.fetch();
    find('load-start').textContent = here ? `Go on: download the other ${megabytes(missing)}` : `Download ${megabytes(missing)} and start`;
    const kept = room === null || room > missing ? 'It is kept in this browser, for the next time and without a network.'
      : `The browser has room for ${megabytes(Math.max(0, room))} only, so it will run from memory and be fetched again next time.`;
    this.tell('asking', {}, `The model has to be fetched once: ${megabytes(missing)}. ${kept}`, ['load-start']);
  }

  fetch() {
    Object.assign(this, { pace: [], told: 0 });
    sentence('load-error', '');
    navigator.storage?.persist?.();
    const whole = this.here === this.total;
    this.tell('loading', {}, whole ? 'Preparing the model' : 'Downloading the model', whole ? [] : ['load-pause']);
    this.worker.postMessage({ type: 'fetch' });
  }

  progress({ here, total }) {
    this.here = here;
    const now = performance.now();
    if (now - this.told < 100 && here < total) return;
    this.told = now;
    this.pace.push([now, here]);
    while (this.pace[0][0] < now - 8000) this.pace.shift();
    find('progress').value = Math.min(1, here / total);
    find('load-progress').textContent = `${megabytes(here)} of ${megabytes(total)} · ${Math.floor((100 * here) / total)} %${this.left(now)}`;
  }

  /** How long it may still take, by the last seconds' pace; nothing while that is a guess. */
  left(now) {
    const [[since, before]] = this.pace;
    if (now - since < 1000 || this.here <= before) return '';
    const seconds = ((this.total - this.here) * (now - since)) / (this.here - before) / 1000;
    return seconds < 90 ? ` · about ${Math.max(1, Math.round(seconds))} s left` : ` · about ${Math.round(seconds / 60)} min left`;
  }

  said({ sentence: words }) {
    sentence('notice', words);
  }

  paused() {
    find('load-start').textContent = 'Go on';
    this.tell('asking', {}, `Paused at ${megabytes(this.here)} of ${megabytes(this.total)}; what is here is kept.`, ['load-start']);
  }

  preparing() {
    find('progress').removeAttribute('value');
    this.tell('loading', {}, 'Preparing the model');
  }

  /** What a trial on the known text is of, and what it holds for: this build, this GPU, this browser. */
  trialOf(variant) {
    const { vendor, architecture, device } = this.machine.adapter ?? {};
    return [`${TRIED} ${this.manifest.id}`, [this.manifest.build, variant.name, vendor, architecture, device, navigator.userAgent].join(' ')];
  }

  ready({ threads, seconds, kept, trial }) {
    const { variant } = this.facts;
    this.facts = { variant, threads };
    this.report.ready({ threads, seconds, kept, trial });
    if (trial) keepRight(this.trialOf(variant));
    const where = variant.device === 'webgpu' ? 'on the GPU (WebGPU)' : `on the processor (${threads} thread${threads === 1 ? '' : 's'})`;
    this.tell('ready', this.facts, `The model is ready ${where}: ${variant.precision}, ${megabytes(variant.bytes)}`);
  }

  counted({ ask, tokens, refusal }) {
    this.counts.get(ask)?.({ tokens, refusal });
    this.counts.delete(ask);
  }

  piece(piece) {
    this.listener.piece(piece);
  }

  done(result) {
    this.report.note(result);
    this.listener.done(result);
    this.tell('ready', this.facts);
  }

  error({ stage, kind, message }) {
    if (kind === 'input') {
      this.listener.error(message, 'generate');
      this.tell('ready', this.facts);
    } else if (kind === 'broken') {
      this.broke(message);
    } else if (['missing', 'damaged', 'changed', 'insecure'].includes(kind)) {
      this.fail(message);
    } else if (kind === 'lost' || kind === 'memory') {
      const said = kind === 'lost' ? LOST : MEMORY;
      if (this.state === 'writing') this.listener.error(`The note was broken off. ${said}`, 'generate');
      this.fail(said);
    } else if (kind === 'wrong') {
      const said = `This GPU computes the model wrongly: ${message}.`;
      if (this.asked.device || !this.mayUseProcessor()) return this.fail(`${said} Its notes would not be of your visit.`);
      this.onProcessor(`${said} So the model runs on the processor: slower, and right.`);
    } else if (stage === 'generate' || stage === 'count') {
      this.listener.error(`Writing failed: ${message}. The model is being loaded again; a shorter transcript may help.`, 'generate');
      this.start();
    } else if (!this.retried && !this.asked.device && this.mayUseProcessor()) {
      this.onProcessor('WebGPU could not start the model, so it runs on the processor: slower, and otherwise the same.');
    } else {
      this.fail(`The model could not be loaded: ${message} Reload the page, or try a current Chrome, Edge or Safari.`);
    }
  }

  /** The connection, and not for a moment only: wait for the reader, or for the network to come back. */
  broke(message) {
    find('load-start').textContent = 'Go on';
    sentence('notice', '');
    sentence('load-error', `${message} It goes on where it was when the network is back.`);
    this.tell('asking', {}, `Stopped at ${megabytes(this.here)} of ${megabytes(this.total)}; what is here is kept.`, ['load-start']);
    addEventListener('online', (this.online = () => this.fetch()), { once: true });
  }

  fail(message) {
    this.close();
    sentence('notice', '');
    sentence('load-error', message);
    this.listener.error(message, 'load');
    this.tell('failed', {}, 'The model is not ready', this.mayUseProcessor() ? ['load-again', 'load-wasm'] : ['load-again']);
  }

  mayUseProcessor() {
    return this.facts.variant?.device === 'webgpu' && this.manifest.variants.some(({ name }) => name === 'wasm');
  }

  onProcessor(why) {
    this.retried = true;
    this.asked = { ...this.asked, device: 'wasm', dtype: null };
    sentence('notice', why);
    this.start();
  }

  tell(state, facts = {}, status = null, buttons = []) {
    this.state = find('loading').dataset.state = state;
    find('progress').hidden = state !== 'loading';
    find('load-progress').hidden = state !== 'loading' || !buttons.length;
    for (const id of BUTTONS) find(id).hidden = !buttons.includes(id);
    find('load-report').hidden = !this.machine;
    if (status) find('status').textContent = status;
    this.listener.state(state, facts);
  }
}

const megabytes = bytes => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Bytes that the browser would still keep for this page, as it says; null where it does not. */
async function freeSpace() {
  const { quota, usage } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
  return quota === undefined ? null : quota - usage;
}

// That a GPU stood its trial, remembered for each model where the browser allows it; else it is tried at each start.
const TRIED = 'scribeloop-gpu-was-right';

function wasRight([name, trial]) {
  try {
    return localStorage.getItem(name) === trial;
  } catch {
    return false;
  }
}

function keepRight([name, trial]) {
  try {
    localStorage.setItem(name, trial);
  } catch {
    // Then it is tried again.
  }
}

function sentence(id, text) {
  find(id).textContent = text;
  find(id).hidden = !text;
}

function press(id, act) {
  find(id).onclick = act;
}
