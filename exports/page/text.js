// Places in a text. All offsets are Unicode code points into the stored text, as in Python; the browser counts UTF-16 units.

export const codePoints = (text) => Array.from(text);
export const WORD = /[\p{L}\p{N}\p{M}_'’]/u;
const JOINER = /[\p{M}\u200d\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/u;

// The code point offset of a DOM place inside root, whose text nodes together are the stored text.
export function pointAt(root, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(root);
  range.setEnd(node, offset);
  return codePoints(range.toString()).length;
}

// The part of the document's selection that lies in root, as {start, end}, or null.
export function selectedIn(root) {
  const selection = document.getSelection();
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(root) || !root.contains(selection.anchorNode)) return null;
  const inStart = root.contains(range.startContainer);
  const inEnd = root.contains(range.endContainer);
  const start = inStart ? pointAt(root, range.startContainer, range.startOffset) : 0;
  const end = inEnd ? pointAt(root, range.endContainer, range.endOffset) : codePoints(root.textContent).length;
  return start < end ? { start, end } : null;
}

// Whether what stands here is joined to what stands before it: an accent, part of an emoji sequence.
export const isGlued = (points, at) => at > 0 && at < points.length && (JOINER.test(points[at]) || points[at - 1] === "\u200d");

// Without the white space at both ends and, unless exact, grown to whole words; null when nothing is left. Never cuts between a
// sign and what is joined to it (accents, emoji sequences).
export function snap(points, { start, end }, exact) {
  while (start < end && /\s/u.test(points[start])) start += 1;
  while (end > start && /\s/u.test(points[end - 1])) end -= 1;
  if (start >= end) return null;
  const inWord = (at) => at > 0 && at < points.length && WORD.test(points[at - 1]) && WORD.test(points[at]);
  while (isGlued(points, start) || (!exact && inWord(start))) start -= 1;
  while (isGlued(points, end) || (!exact && inWord(end))) end += 1;
  return { start, end };
}

// The lines of a text with their line ends, as {start, end} in code points.
export function linesOf(points) {
  const lines = [];
  let start = 0;
  for (let at = 0; at < points.length; at += 1) {
    if (points[at] === "\n") {
      lines.push({ start, end: at + 1 });
      start = at + 1;
    }
  }
  if (start < points.length) lines.push({ start, end: points.length });
  return lines;
}

// Gives each mark the lowest lane that no overlapping mark has, so that their underlines stand below each other.
export function lanes(marks) {
  const ends = [];
  const lane = new Map();
  for (const mark of [...marks].sort((a, b) => a.start - b.start || b.end - a.end)) {
    let free = ends.findIndex((end) => end <= mark.start);
    if (free < 0) free = ends.length;
    ends[free] = mark.end;
    lane.set(mark, free);
  }
  return lane;
}

// Cuts [start, end) at every boundary of the marks in it: [{start, end, marks}], each piece with the marks over it.
export function segments(start, end, marks) {
  const over = marks.filter((mark) => mark.start < end && mark.end > start);
  const cuts = new Set([start, end]);
  for (const mark of over) {
    if (mark.start > start) cuts.add(mark.start);
    if (mark.end < end) cuts.add(mark.end);
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((from, index) => {
    const to = sorted[index + 1];
    return { start: from, end: to, marks: over.filter((mark) => mark.start <= from && mark.end >= to) };
  });
}

const SHOUTED = /^[^\p{Ll}]*\p{Lu}{2}[^\p{Ll}]*$/u;
const MARKDOWN_HEADING = /^(#{1,4} .+|\*\*[^*]+\*\*:?)$/;
const SPEAKER = /^(\[[^\]\n]{1,30}\]:?|[^\s:[][^:\n]{0,30}:)\s+/u;
const LEAD = /^(\p{Lu}[\p{L} /()-]{2,40}:)(?=\s|$)/u;

// What a line of a note is, for its looks alone: a heading, a line that begins with a title, or plain text.
export function noteLine(line) {
  const bare = line.trim();
  if (bare.length < 60 && (MARKDOWN_HEADING.test(bare) || (SHOUTED.test(bare) && !/\d/.test(bare)))) return { kind: "heading", lead: 0 };
  const lead = LEAD.exec(line);
  return { kind: bare ? "plain" : "blank", lead: lead ? codePoints(lead[1]).length : 0 };
}

// What a line of a transcript is: a turn with its speaker, or the going on of one.
export function turnLine(line) {
  const found = SPEAKER.exec(line);
  if (!found) return { kind: line.trim() ? "more" : "blank", lead: 0 };
  return { kind: "turn", lead: codePoints(found[0]).length, speaker: found[1].replace(/[[\]:]/g, "").trim().toLowerCase() };
}

// The beginning of a label's title: three letters, or as many as it takes to differ from the other labels.
export function shortened(title, others) {
  let length = 3;
  while (length < title.length && others.some((other) => beginning(other, length) === beginning(title, length))) length += 1;
  return beginning(title, length);
}

// A word that lacks only one or two letters more is not cut.
function beginning(title, length) {
  const letters = [...title.toLowerCase()];
  const space = letters.indexOf(" ", length);
  const end = space < 0 ? letters.length : space;
  return letters.slice(0, end - length <= 2 ? end : length).join("").trim();
}
