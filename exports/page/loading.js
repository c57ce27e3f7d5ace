// A model from its download to its last token: the worker, its second try on the processor, and the panel that tells about it.
//
//   const model = openModel(manifest, asked, listener);
//   model.generate({ transcript, maxNewTokens });   once it is ready; ends with done or with error
//   model.stop();                                   the note ends where it is: done with finishReason "cancelled"
//   model.close();                                  frees its memory; nothing more is heard of it, and another one may be opened
//
// `manifest` is a site's manifest.json, with `base` (an address that ends in "/") where its files are not beside the page.
// `asked` {device, dtype} forces a build; either may be null. Of one page one model is open at a time: the panel is one.
// `listener` hears, each in the page's own thread:
//   state(state, facts)   loading; ready, with {variant, threads}; writing; failed (for good: close it)
//   piece({text, id, tokens, seconds, since})
//   done({ids, promptIds, text, tokens, seconds, firstTokenSeconds, finishReason})
//   error(sentence, stage)   stage "generate": the reader's page shows it, and a state follows; "load": the panel shows it itself

const find = id => document.getElementById(id);

export function openModel(manifest, asked, listener) {
  return new OpenModel(manifest, asked, listener);
}

class OpenModel {
  constructor(manifest, asked, listener) {
    Object.assign(this, { manifest, asked, listener, worker: null, variant: null, retried: false });
    sentence('notice', '');
    sentence('load-error', '');
    this.start(asked.device, asked.dtype);
  }

  generate({ transcript, maxNewTokens }) {
    this.tell('writing', {});
    this.worker.postMessage({ type: 'generate', transcript, maxNewTokens });
  }

  stop() {
    this.worker.postMessage({ type: 'stop' });
  }

  close() {
    this.worker?.terminate();
    this.worker = null;
  }

  start(device, dtype) {
    this.close();
    const worker = (this.worker = new Worker('worker.js', { type: 'module' }));
    worker.onmessage = ({ data }) => worker === this.worker && this[`on_${data.type}`](data);
    worker.onerror = event => this.on_error({ stage: 'load', kind: 'machine', message: event.message || 'the worker could not start' });
    find('progress').removeAttribute('value');
    this.tell('loading', {}, 'Loading the model');
    const base = this.manifest.base ?? new URL('.', location.href).href;
    worker.postMessage({ type: 'load', base, manifest: this.manifest, device, dtype });
  }

  tell(state, facts, status) {
    find('progress').hidden = state !== 'loading';
    if (status) find('status').textContent = status;
    this.listener.state(state, facts);
  }

  on_progress({ loaded, total }) {
    find('progress').value = Math.min(1, loaded / total);
    const whole = loaded >= total;
    find('status').textContent = whole ? 'Preparing the model' : `Loading the model: ${megabytes(loaded)} of ${megabytes(total)}`;
    if (whole) find('progress').removeAttribute('value');
  }

  on_ready({ variant, notice, threads }) {
    this.variant = variant;
    const where = variant.device === 'webgpu' ? 'on the GPU (WebGPU)' : `on the processor (${threads} thread${threads === 1 ? '' : 's'})`;
    if (notice) sentence('notice', notice);
    this.tell('ready', { variant, threads }, `The model is ready ${where}: ${variant.precision}, ${megabytes(variant.bytes)}`);
  }

  on_piece(piece) {
    this.listener.piece(piece);
  }

  on_done(result) {
    this.listener.done(result);
    this.tell('ready', {});
  }

  on_error({ stage, kind, message }) {
    if (kind === 'input') {
      this.listener.error(message, 'generate');
      this.tell('ready', {});
    } else if (stage === 'load' && !this.retried && !this.asked.device && this.hasWasm()) {
      this.retried = true;
      sentence('notice', 'WebGPU could not start the model, so it runs on the processor: slower, and otherwise the same.');
      this.start('wasm', null);
    } else if (stage === 'generate') {
      this.listener.error(`Writing failed: ${message}. The model is being loaded again; a shorter transcript may help.`, 'generate');
      this.start(this.variant.device, this.variant.dtype);
    } else {
      const said = `The model could not be loaded: ${message} Reload the page, or try a current Chrome, Edge or Safari.`;
      sentence('load-error', said);
      this.listener.error(said, 'load');
      this.tell('failed', {}, 'Not ready');
    }
  }

  hasWasm() {
    return this.manifest.variants.some(variant => variant.name === 'wasm');
  }
}

export const megabytes = bytes => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function sentence(id, text) {
  find(id).textContent = text;
  find(id).hidden = !text;
}
