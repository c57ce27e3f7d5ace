// Reading and choosing words by keys: the text with the focus has a cursor, which is the browser's own selection. Arrows move it by
// word and sentence, with Shift they stretch it, and Enter or a digit marks it.

import { boxOf, canMark, rangeOf, selection, take, textOf } from './panes.js';
import { sentencesOf, wordsOf } from './sentences.js';
import { codePoints } from './text.js';

const STEPS = { ArrowRight: ['word', 1], ArrowLeft: ['word', -1], ArrowDown: ['sentence', 1], ArrowUp: ['sentence', -1] };
const at = { span: null, omission: null };

const focused = () => Object.keys(at).find(kind => document.activeElement === boxOf(kind)) ?? null;

function stepsOf(kind, unit) {
  const points = codePoints(textOf(kind));
  return unit === 'word' ? wordsOf(points) : sentencesOf(points, kind === 'omission');
}

/** True when the key was one of the cursor's. */
export function onCursorKey(event) {
  const kind = focused();
  if (!kind || !canMark() || event.ctrlKey || event.metaKey || event.altKey) return false;
  const step = STEPS[event.key];
  if (step) return move(kind, ...step, event.shiftKey);
  if (event.key !== 'Enter') return false;
  return takeHere();
}

/** Opens the form for the cursor's words; false when there is no cursor. */
export function takeHere() {
  const kind = focused();
  const here = kind && (selection()?.kind === kind ? selection() : at[kind]);
  if (!here || !canMark()) return false;
  take(kind, here);
  return true;
}

function move(kind, unit, by, stretching) {
  const list = stepsOf(kind, unit);
  const here = at[kind];
  if (!list.length) return true;
  if (!here) return place(kind, list[0]);
  if (stretching) {
    const ends = list.map(({ end }) => end);
    const end = by > 0 ? ends.find(place => place > here.end) : ends.findLast(place => place < here.end && place > here.start);
    return place(kind, { start: here.start, end: end ?? here.end });
  }
  const next = by > 0 ? list.find(({ start }) => start >= here.end) : list.findLast(({ end }) => end <= here.start);
  return place(kind, next ?? here);
}

function place(kind, range) {
  at[kind] = { start: range.start, end: range.end };
  const found = rangeOf(kind, range);
  const chosen = document.getSelection();
  chosen.removeAllRanges();
  chosen.addRange(found);
  found.startContainer.parentElement?.scrollIntoView({ block: 'nearest' });
  // A selection is not read out by itself.
  document.getElementById('spoken').textContent = codePoints(textOf(kind)).slice(range.start, range.end).join('');
  return true;
}

/** Another visit or note has other places. */
export function forgetPlaces(what) {
  if (what === 'visit') at.omission = null;
  if (what === 'visit' || what === 'note') at.span = null;
}
