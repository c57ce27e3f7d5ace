// What the clinician sees and does; the model and the panel that tells of its loading are in loading.js. Text reaches the page by
// textContent and value alone.
//
// In the address: ?device=webgpu|wasm and ?dtype=q4f16|q4 force a build, ?start downloads the model unasked,
// ?tokens=N bounds the note.
// Test hook: window.scribeloop = {state, variant, ids, promptIds, pieces: [{at, id, text}], result, error}, where state is
// loading, asking, ready, writing or failed; it only reports.

import { openClock } from './clock.js';
import { drawComparing, openComparing } from './compare.js';
import { modelRecord } from './corrections.js';
import { drawCorrecting, openCorrecting } from './correcting.js';
import { forgetPlaces } from './cursor.js';
import { desk, listen, models, now, showMode, showNote, shownNote, tell } from './desk.js';
import { clockTime, h, newId } from './dom.js';
import { drawForm } from './form.js';
import { clean, openDropping, readTranscript } from './intake.js';
import { openKeys } from './keys.js';
import { drawList } from './list.js';
import { openModel } from './loading.js';
import { redo, undo } from './marks.js';
import { drawPanes, openPanes } from './panes.js';
import { drawSaving, openSaving } from './saving.js';
import { beginVisit, drawVisits, keep, openVisits } from './visits.js';
import { askToWipe } from './wipe.js';
import { WORDS } from './words.js';

const find = id => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const report = (window.scribeloop = { state: 'loading', variant: null, ids: [], promptIds: [], pieces: [], result: null, error: null });
let site, model, before;
let toWrite = []; // the models whose notes were asked for and are not begun
let comparing = false;
let counting;
let tokens = null;
let tooLong = ''; // why the transcript cannot be read whole

function show(state) {
  report.state = desk.state = state;
  document.body.dataset.state = state;
  if (desk.visit) tell('look');
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
    // A stopped note's end is told before this.
    if (state === 'ready') {
      weighSoon();
      writeNext();
    }
    if (state === 'failed') toWrite = [];
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
    find('count').textContent = counted(result.tokens, result.seconds - result.firstTokenSeconds);
    sentence('finish', `${WORDS.endings[result.finishReason]} ${WORDS.read(result.promptIds.length, result.firstTokenSeconds)}`);
    if (result.finishReason === 'cancelled') toWrite = [];
    if (!result.text) return void showNote(before);
    const note = written(result);
    desk.visit.notes.push(note);
    showNote(note.id);
    if (comparing && !toWrite.length) showMode('both');
  },

  error(message, stage) {
    if (stage !== 'generate') {
      report.error = message;
      return;
    }
    toWrite = [];
    fail(message);
    find('count').textContent = '';
    showNote(before);
  },
};

/** The note as it is kept: what the model wrote, and how; then the marks and the correction, of which there is none yet. */
function written(result) {
  const { device, dtype, name, precision } = report.variant;
  const { config, inputs, build } = desk.manifest;
  return {
    id: newId('out'), model: modelRecord(desk.manifest), text: result.text, engine: `browser ${device} ${dtype}`, prompt_hash: inputs.prompt_hash,
    parameters: { ...config.decoding, max_new_tokens: maxNewTokens(), variant: name, precision, build },
    seconds: result.seconds, prompt_tokens: result.promptIds.length, tokens: result.tokens, finish_reason: result.finishReason,
    created: now(), spans: [], omissions: [], past: [], future: [], correction: null,
  };
}

/** Tokens, and how fast they came after the first (which waits for the whole transcript to be read). */
function counted(tokens, seconds) {
  const rate = tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : 0;
  const pace = rate >= 1 ? `, ${rate.toFixed(1)} per second` : rate > 0 ? `, one in ${(1 / rate).toFixed(1)} s` : '';
  return `${tokens} token${tokens === 1 ? '' : 's'}${pace}`;
}

const maxNewTokens = () => Number(asked.get('tokens')) || desk.manifest.config.max_new_tokens;

function generate() {
  Object.assign(report, { ids: [], promptIds: [], pieces: [], result: null, error: null });
  sentence('error', '');
  sentence('finish', '');
  before = desk.visit.shown;
  showNote(null);
  find('count').textContent = WORDS.reading;
  model.generate({ transcript: desk.visit.transcript, maxNewTokens: maxNewTokens() });
}

/** One model is open at a time: where it is another one's turn, it is closed and that one opened. */
function write(...facts) {
  comparing = facts.length > 1;
  toWrite = facts;
  writeNext();
}

function writeNext() {
  const [next] = toWrite;
  if (!next) return;
  if (next.id !== desk.manifest.id) return void use(next);
  toWrite.shift();
  generate();
}

function use(facts) {
  model?.close();
  desk.manifest = { ...site, ...facts };
  find('model').textContent = desk.manifest.name;
  find('models').value = desk.manifest.id;
  // Meta's licence asks for the words.
  find('built-with').hidden = !/^llama/i.test(desk.manifest.licence ?? '');
  const forced = { device: asked.get('device'), dtype: asked.get('dtype'), start: asked.has('start') };
  model = openModel(desk.manifest, forced, listener);
}

function draw(what) {
  forgetPlaces(what);
  if (what === 'visit') toWrite = [];
  if (desk.state !== 'writing' && what !== 'typing') drawPanes();
  if (what === 'visit') fillTranscript();
  drawTranscript();
  drawNotes();
  drawCorrecting();
  drawComparing();
  drawList();
  drawForm();
  drawSaving();
  drawVisits();
}

function weighSoon() {
  clearTimeout(counting);
  if (tooLong) sentence('error', (tooLong = ''));
  tokens = null;
  counting = setTimeout(weigh, 300);
}

/** The transcript in tokens, before anything is written: too long a one is refused now and not after a minute of reading. */
async function weigh() {
  const { id, transcript } = desk.visit;
  if (desk.state !== 'ready' || !transcript.trim()) return;
  const counted = await model.count({ transcript, maxNewTokens: maxNewTokens() });
  if (!counted || desk.visit.id !== id || desk.visit.transcript !== transcript || desk.state !== 'ready') return;
  tokens = counted.tokens;
  if (counted.refusal) sentence('error', (tooLong = counted.refusal));
  drawTranscript();
}

function fillTranscript() {
  find('transcript').value = desk.visit.transcript;
  find('transcript').scrollTop = 0;
  find('count').textContent = '';
  sentence('finish', '');
  sentence('error', '');
  weighSoon();
}

// What a note was written for must not change under its marks: from the first note on, a change begins another visit.
function drawTranscript() {
  const { notes, transcript } = desk.visit;
  const words = transcript.trim().split(/\s+/).filter(Boolean).length;
  const writing = desk.state === 'writing';
  find('size').textContent = words ? WORDS.words(words, tokens) : '';
  find('transcript').hidden = notes.length > 0;
  find('transcript').readOnly = writing;
  find('transcript-text').hidden = !notes.length;
  find('edit').hidden = !notes.length || writing;
  find('open').hidden = writing || notes.length > 0;
  find('examples-label').hidden = !desk.examples.length;
  find('examples').disabled = writing;
  find('generate').disabled = desk.state !== 'ready' || !words || Boolean(tooLong);
  find('generate').textContent = notes.length ? WORDS.writeAgain : WORDS.write;
  find('generate').classList.toggle('primary', !notes.length);
  find('write-both').hidden = models().length < 2 || writing;
  find('write-both').disabled = find('generate').disabled;
  find('models-label').hidden = models().length < 2;
  find('models').disabled = desk.state !== 'ready';
  find('stop').hidden = !writing;
  find('note').setAttribute('aria-busy', String(writing));
}

function drawNotes() {
  const { notes, shown } = desk.visit;
  const several = new Set(notes.map(note => note.model.id)).size > 1;
  find('notes-label').hidden = notes.length < 2 || desk.state === 'writing';
  find('notes').replaceChildren(...notes.map((note, at) => h('option', { value: note.id },
    WORDS.noteName(at + 1, clockTime(note.created).slice(0, 5), several ? note.model.name : ''))));
  if (shown) find('notes').value = shown;
}

function offer() {
  for (const [index, example] of desk.examples.entries()) find('examples').append(h('option', { value: String(index) }, example.title));
  find('examples').addEventListener('change', ({ target }) => {
    const example = desk.examples[Number(target.value || -1)];
    target.value = '';
    if (example) beginVisit(example.transcript, example.title);
  });
}

async function takeFile(file) {
  if (desk.state === 'writing') return;
  try {
    const { transcript, title } = await readTranscript(file);
    beginVisit(transcript, title);
  } catch (error) {
    fail(error.message);
  }
}

function listenToAll() {
  find('generate').addEventListener('click', () => write(desk.manifest));
  find('write-both').addEventListener('click', () => write(...models()));
  find('models').addEventListener('change', ({ target }) => use(models().find(({ id }) => id === target.value)));
  find('stop').addEventListener('click', () => model.stop());
  find('transcript').addEventListener('input', ({ target }) => {
    desk.visit.transcript = clean(target.value);
    weighSoon();
    tell('typing');
  });
  find('edit').addEventListener('click', () => {
    const { transcript, title } = desk.visit;
    beginVisit(transcript, title);
    find('transcript').focus();
  });
  find('open').addEventListener('click', () => find('file').click());
  find('file').addEventListener('change', ({ target }) => {
    if (target.files[0]) takeFile(target.files[0]);
    target.value = '';
  });
  find('notes').addEventListener('change', ({ target }) => showNote(target.value));
  find('undo').addEventListener('click', undo);
  find('redo').addEventListener('click', redo);
  find('wipe').addEventListener('click', () => askToWipe(() => model?.close()));
  openDropping(find('transcript-pane'), takeFile, fail);
  for (const open of [openPanes, openCorrecting, openComparing, openSaving, openKeys, openClock]) open();
  listen(draw);
  listen(what => { if (['note', 'marks', 'typing'].includes(what)) keep(); });
}

const json = async name => (await fetch(name, { cache: 'no-cache' })).json();

async function open() {
  show('loading');
  [site, desk.examples, desk.labels] = await Promise.all(['manifest.json', 'examples.json', 'labels.json'].map(json));
  desk.manifest = site;
  find('models').replaceChildren(...models().map(({ id, name }) => h('option', { value: id }, name)));
  offer();
  listenToAll();
  await openVisits();
  if (!shownNote() && desk.visit.notes.length) showNote(desk.visit.notes.at(-1).id);
  use(models()[0]);
}

open().catch(error => {
  fail(`This site is incomplete: ${error.message}. Build it again.`);
  show('failed');
});
