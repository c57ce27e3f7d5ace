// What the reader sees and does; the model and the panel that tells of its loading are in loading.js. Text reaches the page by
// textContent and value alone.
//
// In the address: ?device=webgpu|wasm and ?dtype=q4f16|q4 force a build, ?start downloads the model unasked,
// ?tokens=N bounds the note.
// Test hook: window.scribeloop = {state, variant, ids, promptIds, pieces: [{at, id, text}], result, error}, where state is
// loading, asking, ready, writing or failed; it only reports.

import { openModel } from './loading.js';

const find = id => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const report = (window.scribeloop = { state: 'loading', variant: null, ids: [], promptIds: [], pieces: [], result: null, error: null });
let manifest, model, counting, refused = '';

const ENDINGS = { stop: 'Finished.', length: 'Stopped at the length limit; the note may be unfinished.', cancelled: 'Stopped.' };

function show(state) {
  report.state = state;
  document.body.dataset.state = state;
  find('generate').disabled = state !== 'ready' || !find('transcript').value.trim();
  find('stop').hidden = state !== 'writing';
  find('transcript').readOnly = state === 'writing';
  find('note').setAttribute('aria-busy', String(state === 'writing'));
}

function sentence(id, text) {
  find(id).textContent = text;
  find(id).hidden = !text;
}

function fail(message) {
  report.error = message;
  sentence('error', message);
}

const listener = {
  state(state, { variant }) {
    if (variant) report.variant = variant;
    show(state);
    if (state === 'ready') measure();
  },

  piece({ text, id, tokens, seconds, since }) {
    report.pieces.push({ at: performance.now(), id, text });
    report.ids.push(id);
    const note = find('note');
    const following = note.scrollHeight - note.scrollTop - note.clientHeight < 40;
    note.append(document.createTextNode(text));
    if (following) note.scrollTop = note.scrollHeight;
    find('count').textContent = counted(tokens, seconds - since);
  },

  done(result) {
    report.result = result;
    report.promptIds = result.promptIds;
    // Equal but for a last character that its tokens never completed.
    if (find('note').textContent !== result.text) find('note').textContent = result.text;
    find('count').textContent = counted(result.tokens, result.seconds - result.firstTokenSeconds);
    const read = `${result.promptIds.length} tokens read in ${result.firstTokenSeconds.toFixed(1)} s.`;
    sentence('finish', `${ENDINGS[result.finishReason]} ${read}`);
    find('copy').disabled = !result.text;
  },

  error(message, stage) {
    if (stage === 'generate') {
      fail(message);
      find('count').textContent = '';
    } else {
      report.error = message;
    }
  },
};

/** Tokens, and how fast they came after the first (which waits for the whole transcript to be read). */
function counted(tokens, seconds) {
  const rate = tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : 0;
  const pace = rate >= 1 ? `, ${rate.toFixed(1)} per second` : rate > 0 ? `, one in ${(1 / rate).toFixed(1)} s` : '';
  return `${tokens} token${tokens === 1 ? '' : 's'}${pace}`;
}

function generate() {
  Object.assign(report, { ids: [], promptIds: [], pieces: [], result: null, error: null });
  sentence('error', '');
  sentence('finish', '');
  find('note').textContent = '';
  find('copy').disabled = true;
  find('count').textContent = 'Reading the transcript';
  model.generate({ transcript: find('transcript').value, maxNewTokens: noteTokens() });
}

const noteTokens = () => Number(asked.get('tokens')) || manifest.config.max_new_tokens;

async function copy() {
  try {
    await navigator.clipboard.writeText(find('note').textContent);
    sentence('finish', 'Copied.');
  } catch {
    getSelection().selectAllChildren(find('note'));
    sentence('finish', 'The browser does not allow copying; the note is selected, so press Ctrl+C or Cmd+C.');
  }
}

function measure() {
  const words = find('transcript').value.trim().split(/\s+/).filter(Boolean).length;
  find('size').textContent = words ? `${words} word${words === 1 ? '' : 's'}` : '';
  find('generate').disabled = report.state !== 'ready' || !words;
  clearTimeout(counting);
  if (refused) sentence('error', (refused = ''));
  if (words && report.state === 'ready') counting = setTimeout(weigh, 300);
}

/** The transcript in tokens, before anything is written: too long a one is refused now and not after a minute of reading. */
async function weigh() {
  if (report.state !== 'ready') return;
  const transcript = find('transcript').value;
  const counted = await model.count({ transcript, maxNewTokens: noteTokens() });
  if (!counted || find('transcript').value !== transcript || report.state !== 'ready') return;
  find('size').textContent += `, ${counted.tokens} tokens with the instructions`;
  if (!counted.refusal) return;
  sentence('error', (refused = counted.refusal));
  find('generate').disabled = true;
}

function offer(examples) {
  for (const [index, example] of examples.entries()) {
    const option = document.createElement('option');
    option.value = String(index);
    option.textContent = example.title;
    find('examples').append(option);
  }
  find('examples-label').hidden = !examples.length;
  find('examples').addEventListener('change', event => {
    if (event.target.value === '' || report.state === 'writing') return;
    find('transcript').value = examples[Number(event.target.value)].transcript;
    find('transcript').scrollTop = 0;
    measure();
  });
}

const json = async name => (await fetch(name, { cache: 'no-cache' })).json();

async function open() {
  find('generate').addEventListener('click', generate);
  find('stop').addEventListener('click', () => model.stop());
  find('copy').addEventListener('click', copy);
  find('transcript').addEventListener('input', measure);
  show('loading');
  let examples;
  [manifest, examples] = await Promise.all([json('manifest.json'), json('examples.json')]);
  find('model').textContent = manifest.name;
  offer(examples);
  const forced = { device: asked.get('device'), dtype: asked.get('dtype'), start: asked.has('start') };
  model = openModel(manifest, forced, listener);
}

open().catch(error => {
  fail(`This site is incomplete: ${error.message}. Build it again.`);
  show('failed');
});
