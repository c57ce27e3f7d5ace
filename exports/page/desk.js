// What the page knows, and who hears when it changes. Texts are kept as they were given; offsets into them are code points.
//
// A visit:  {id, created, touched, revision, title, transcript, notes, shown, seconds, saved}
// A note:   {id, model, text, engine, prompt_hash, parameters, seconds, prompt_tokens, tokens, finish_reason, created,
//            spans, omissions, past, future, correction}; from its text on to `created` it never changes.
// A span:   {id, start, end, quote, label, severity, comment, created}; an omission has section and important_negative besides,
//           and its offsets are the transcript's.

import { newId } from './dom.js';

// `manifest` is the site's, with the facts of the model that is open in place of the first one's.
export const desk = { visit: null, visits: [], labels: null, manifest: null, examples: [], state: 'loading' };

// What is being looked at; never kept. mode: marks, correct, changes or both (the notes of two models); pending: {kind, start, end}.
export const view = { mode: 'marks', chosen: null, pending: null, draft: null };

const listeners = [];
export const listen = listener => listeners.push(listener);

/** what: "visit" (another one), "note" (another note, or another view of it), "marks", "typing" or "look" (nothing to be kept). */
export function tell(what) {
  for (const listener of listeners) listener(what);
}

export const now = () => new Date().toISOString();

export function newVisit(transcript = '', title = '') {
  const made = now();
  return { id: newId('visit'), created: made, touched: made, revision: 0, title, transcript, notes: [], shown: null, seconds: 0, saved: [] };
}

/** The models that the site holds: one, or the tuned one and its base. */
export const models = () => desk.manifest.models ?? [desk.manifest];

export const shownNote = () => desk.visit.notes.find(note => note.id === desk.visit.shown) ?? null;

/** What the clinician would sign: the correction where there is one. */
export const signed = note => note.correction?.text ?? note.text;

/** As a text field gives it back: it knows no other line ends. */
export const fieldText = text => text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');

export const isCorrected = note => note.correction !== null && note.correction.text !== fieldText(note.text);

export function showNote(id) {
  desk.visit.shown = id;
  Object.assign(view, { mode: 'marks', chosen: null, pending: null, draft: null });
  tell('note');
}

export function showMode(mode) {
  Object.assign(view, { mode, chosen: null, pending: null, draft: null });
  tell('note');
}
