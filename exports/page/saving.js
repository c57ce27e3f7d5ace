// What the clinician takes along: the note by copy or as a file, and the corrections as a file for a studio.

import { addVersion, correctionsFile, exampleOf } from './corrections.js';
import { desk, isCorrected, shownNote, signed, view } from './desk.js';
import { button, h, sheet } from './dom.js';
import { fileName, saveFile } from './download.js';
import { documentReference } from './fhir.js';
import { inOrder } from './marks.js';
import { keep } from './visits.js';
import { WORDS } from './words.js';

const find = id => document.getElementById(id);
const say = text => { find('finish').textContent = text; };

function fail(error) {
  find('error').textContent = error.message;
  find('error').hidden = false;
}

const FORMS = {
  text: { ending: 'txt', type: 'text/plain;charset=utf-8', make: note => signed(note) },
  json: { ending: 'json', type: 'application/json', make: note => json(plain(note)) },
  fhir: { ending: 'fhir.json', type: 'application/fhir+json', make: async note => json(await documentReference(facts(note))) },
};
const json = value => `${JSON.stringify(value, null, 2)}\n`;
const facts = note => ({ text: signed(note), date: note.correction?.created ?? note.created, model: note.model.name });

function plain(note) {
  const { id, name, weights_sha256 } = note.model;
  const { transcript, title } = desk.visit;
  return {
    note: signed(note), corrected: isCorrected(note), written: note.created, model: { id, name, weights_sha256 }, engine: note.engine,
    finish_reason: note.finish_reason, title, transcript,
  };
}

export function drawSaving() {
  const note = shownNote();
  const busy = desk.state === 'writing';
  find('copy').disabled = !note || busy;
  find('save').disabled = !note || busy;
  find('downloads').hidden = !note || busy;
}

async function copy() {
  const shown = find(view.mode === 'correct' ? 'correction' : 'note');
  try {
    await navigator.clipboard.writeText(signed(shownNote()));
    say(WORDS.copied);
  } catch {
    if (shown.select) shown.select();
    else getSelection().selectAllChildren(shown);
    say(WORDS.copyByHand);
  }
}

async function download(form) {
  const { ending, type, make } = FORMS[form];
  find('downloads').open = false;
  try {
    const name = fileName('note', ending);
    saveFile(name, await make(shownNote()), type);
    say(WORDS.downloaded(name));
  } catch (error) {
    fail(error);
  }
}

/** Says what the file holds and what it will count as; only then is it made. */
export function askToSave() {
  const note = shownNote();
  if (!note || desk.state === 'writing') return;
  if (isCorrected(note) && !note.correction.text.trim()) return void fail(new Error(WORDS.emptyCorrection));
  const marks = inOrder(note).length;
  const found = marks || isCorrected(note) ? WORDS.saveFound(marks, isCorrected(note)) : WORDS.saveNothing;
  const counts = exampleOf(desk.visit.transcript, desk.examples) ? WORDS.saveExample : WORDS.saveReal;
  const body = h('div', { class: 'said' }, [found, WORDS.saveHolds, counts, WORDS.saveStays].map((text, at) => h('p', at === 2 ? { class: 'weighty' } : {}, text)));
  const go = async () => {
    box.close();
    await save(note).catch(fail);
  };
  const box = sheet(document.body, WORDS.saveTitle, body, [
    button(WORDS.cancel, () => box.close()),
    button(WORDS.saveYes, go, { class: 'btn primary', autofocus: true }),
  ]);
}

async function save(note) {
  addVersion(desk.visit, note, Math.round(desk.visit.seconds * 10) / 10);
  const name = fileName('corrections', 'jsonl');
  saveFile(name, await correctionsFile(desk.visit, desk), 'application/x-ndjson');
  keep();
  say(WORDS.saved(name));
}

export function openSaving() {
  find('copy').addEventListener('click', copy);
  find('save').addEventListener('click', askToSave);
  for (const form of Object.keys(FORMS)) find(`download-${form}`).addEventListener('click', () => download(form));
}
