// The marks of the shown note: what they are called, changing them, taking changes back.

import { desk, now, shownNote, tell, view } from './desk.js';
import { newId } from './dom.js';
import { codePoints, shortened } from './text.js';

const TONES = { hallucination: 'hallucination', style: 'style' };

export const kindOf = mark => ('section' in mark ? 'omission' : 'span');
const listOf = kind => (kind === 'span' ? 'spans' : 'omissions');
export const labelsOf = kind => desk.labels.data[kind === 'span' ? 'error' : 'omission'];
export const labelOf = mark => labelsOf(kindOf(mark)).find(label => label.id === mark.label) ?? { id: mark.label, title: mark.label, meaning: '' };
export const needsSeverity = label => label.group !== 'not an error';
export const toneOf = (kind, label) => (kind === 'omission' ? 'omission' : TONES[label.group] ?? 'other');

/** The marks of a note in reading order: those on the note, then those on the transcript. */
export function inOrder(note) {
  const sorted = list => [...list].sort((a, b) => a.start - b.start || a.end - b.end);
  return [...sorted(note.spans), ...sorted(note.omissions)];
}

export const findMark = id => inOrder(shownNote()).find(mark => mark.id === id);

/** The number that text and list share, from 1. */
export const numberOf = mark => inOrder(shownNote()).findIndex(({ id }) => id === mark.id) + 1;

/** The number, and the type in a few letters. */
export function tagOf(mark) {
  const { id, title } = labelOf(mark);
  const others = labelsOf(kindOf(mark)).filter(label => label.id !== id).map(label => label.title);
  return `${numberOf(mark)} ${shortened(title, others)}`;
}

const quoteOf = (text, start, end) => codePoints(text).slice(start, end).join('');

export function addMark(label) {
  const { kind, start, end } = view.pending;
  const { severity, comment } = view.draft;
  const quote = quoteOf(kind === 'span' ? shownNote().text : desk.visit.transcript, start, end);
  const mark = { id: newId(kind === 'span' ? 'span' : 'omi'), start, end, quote, label: label.id, severity, comment, created: now() };
  if (kind === 'span' && !needsSeverity(label)) mark.severity = null;
  if (kind === 'omission') Object.assign(mark, { section: null, important_negative: false });
  Object.assign(view, { pending: null, draft: null, chosen: mark.id });
  change({ kind, id: mark.id, before: null, after: mark });
}

export const editMark = (mark, fields) => change({ kind: kindOf(mark), id: mark.id, before: mark, after: { ...mark, ...fields } });

/** Another type; an inference is no error and has no severity. */
export function relabel(mark, label) {
  const graded = kindOf(mark) === 'omission' || needsSeverity(label);
  editMark(mark, { label: label.id, severity: graded ? mark.severity ?? 'minor' : null });
}

export function deleteMark(mark) {
  if (view.chosen === mark.id) view.chosen = null;
  change({ kind: kindOf(mark), id: mark.id, before: mark, after: null });
}

function change(made) {
  const note = shownNote();
  note.past.push(made);
  note.future = [];
  apply(note, made);
  tell('marks');
}

function apply(note, { kind, id, after }) {
  const list = note[listOf(kind)];
  const at = list.findIndex(mark => mark.id === id);
  if (!after) list.splice(at, 1);
  else if (at < 0) list.push(after);
  else list[at] = after;
}

export function undo() {
  const note = shownNote();
  const made = note?.past.pop();
  if (!made) return;
  note.future.push(made);
  apply(note, { ...made, after: made.before });
  settle();
}

export function redo() {
  const note = shownNote();
  const made = note?.future.pop();
  if (!made) return;
  note.past.push(made);
  apply(note, made);
  settle();
}

function settle() {
  if (view.chosen && !findMark(view.chosen)) view.chosen = null;
  tell('marks');
}
