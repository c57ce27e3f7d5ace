// Steps through a text for the reading cursor: sentences, words, characters. For the look of the desk alone: nothing is counted
// from it. All offsets are code points.

import { WORD, codePoints, isGlued, linesOf, noteLine, snap, turnLine } from './text.js';

const LATIN_SHORT = "dr mr mrs ms mx prof st no nos vs e.g i.e ca approx resp incl excl fig dept jr sr";
const NEVER_LAST = new Set(LATIN_SHORT.split(" ")); // a capital after these goes on with the sentence
const MAY_BE_LAST = new Set("mg mcg µg g kg ml l cm mm min hr hrs wk wks mo yr yrs tab tabs cap caps etc pt pts a.m p.m".split(" "));
const BEGINS = /[\p{Lu}\p{Lt}\p{Lo}\p{N}\p{Extended_Pictographic}"“‘«([<¿¡]/u;
const CLOSES = /["”’»')\]]/u;
const BULLET = /^(\s*(?:[-*•–]|\(?\d{1,2}[.)]|[a-z][.)])\s+)(?=\S)/u;

// The sentences of a text as {start, end} without the white space around them. A line end always ends one; the speaker of a turn,
// the title of a line and a list's number stand outside.
export function sentencesOf(points, spoken) {
  return linesOf(points).flatMap((line) => sentencesOfLine(points, line, spoken));
}

function sentencesOfLine(points, { start, end }, spoken) {
  const text = points.slice(start, end).join("");
  const { lead } = spoken ? turnLine(text) : noteLine(text);
  const bullet = BULLET.exec(points.slice(start + lead, end).join(""));
  const from = start + lead + (bullet ? codePoints(bullet[1]).length : 0);
  // A title that has its line to itself is read as one.
  const begin = points.slice(from, end).some((point) => /\S/u.test(point)) ? from : start;
  const found = [];
  let at = begin;
  for (let to = begin + 1; to <= end; to += 1) {
    if (to < end && !endsAt(points, begin, to, end)) continue;
    const sentence = snap(points, { start: at, end: to }, true);
    if (sentence) found.push(sentence);
    at = to;
  }
  return found;
}

// Whether a sentence ends just before this place: a stop, whatever closes after it, white space, and something that can begin one.
function endsAt(points, begin, at, end) {
  if (!/\s/u.test(points[at])) return false;
  let last = at - 1;
  while (last > begin && CLOSES.test(points[last])) last -= 1;
  if (!/[.!?…]/u.test(points[last])) return false;
  if (points[last] !== ".") return true;
  let next = at;
  while (next < end && /\s/u.test(points[next])) next += 1;
  if (next >= end || !BEGINS.test(points[next])) return next >= end;
  return !isShort(points, begin, last, points.slice(next, next + 2).join(""));
}

// Whether the full stop at this place belongs to a short form such as Dr., J. or (before a word in capitals or a number) mg.
function isShort(points, begin, stop, next) {
  let start = stop;
  while (start > begin && /[\p{L}\p{M}\p{N}.]/u.test(points[start - 1])) start -= 1;
  const word = points.slice(start, stop).join("");
  const known = word.toLowerCase();
  if (NEVER_LAST.has(known) || /^\p{Lu}$/u.test(word)) return true;
  const dotted = MAY_BE_LAST.has(known) || /^(?:\p{L}\.)+\p{L}$/u.test(word);
  return dotted && !/^\p{Lu}\p{Ll}/u.test(next);
}

// What each place is for steps by word. What is joined to a sign (an accent, a skin colour) is as the sign is, and 1.5, 120/80 and
// follow-up are one word each.
function kindsOf(points) {
  const isWord = (at) => at >= 0 && at < points.length && WORD.test(points[at]);
  const kinds = [];
  for (const [at, point] of points.entries()) {
    if (isGlued(points, at)) kinds.push(kinds[at - 1]);
    else if (/\s/u.test(point)) kinds.push("space");
    else if (isWord(at) || (/[-.,:/]/.test(point) && isWord(at - 1) && isWord(at + 1))) kinds.push("word");
    else kinds.push(/[.,;:!?…"“”«»()[\]]/u.test(point) ? "stop" : "sign");
  }
  return kinds;
}

// The words of a text as {start, end}, emoji and signs such as < among them, full stops and the like left out.
export function wordsOf(points) {
  const kinds = kindsOf(points);
  const found = [];
  for (const [at, kind] of kinds.entries()) {
    if (kind !== "word" && kind !== "sign") continue;
    if (at > 0 && kinds[at - 1] === kind) found.at(-1).end = at + 1;
    else found.push({ start: at, end: at + 1 });
  }
  return found;
}

// The next place, in this direction, where a range may begin or end: never inside a sign, and never with bare white space gained.
export function nextCharacter(points, at, step, isEnd) {
  let to = at + step;
  const inside = () => to > 0 && to < points.length;
  while (inside() && (isGlued(points, to) || /\s/u.test(points[isEnd ? to - 1 : to]))) to += step;
  return Math.max(0, Math.min(points.length, to));
}
