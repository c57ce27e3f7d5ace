// The reading cursor: a range in one pane that keys move by sentence, line or word, and stretch. It is what Enter and the digits
// mark. It shows once a key has moved it; whoever reads with the mouse never sees it.

// at: pane -> {start, end}; note: the side that was read last
const reading = { on: false, pane: "transcript", note: "left", edge: "end", at: {} };
const steps = new Map(); // pane and unit -> the ranges that the cursor steps through, found when first needed

const here = () => reading.at[reading.pane];

function stepsOf(pane, unit) {
  const key = `${pane} ${unit}`;
  if (!steps.has(key)) steps.set(key, findSteps(pane, unit));
  return steps.get(key);
}

function findSteps(pane, unit) {
  if (unit === "word") return wordsOf(points[pane]);
  const sentences = sentencesOf(points[pane], pane === "transcript");
  if (unit === "sentence") return sentences;
  // A line, or a turn, is its first sentence to its last.
  const found = new Map();
  for (const { start, end } of sentences) {
    const line = lineIndex(pane, start);
    found.set(line, { start: found.get(line)?.start ?? start, end });
  }
  return [...found.values()];
}

// The pane that keys act on gets the focus, so that the browser's own keys (Page Down, Space) scroll it too.
function readPane(pane) {
  if (!paneTexts[pane]) return;
  if (sides().includes(pane)) reading.note = pane;
  // The editor stands in its place.
  if (!paneTexts[pane].checkVisibility()) correctSide(null);
  Object.assign(reading, { on: true, pane });
  setCursor(pane, here() || firstInView(pane));
}

// Whoever comes to a pane by Tab reads there, as after the pane's own key.
function onPaneFocus({ target }, pane) {
  if (pane !== reading.pane && target.matches(":focus-visible")) readPane(pane);
}

function firstInView(pane) {
  const sentences = stepsOf(pane, "sentence");
  const top = topOf(pane)?.start || 0;
  return sentences.find((sentence) => sentence.start >= top) || sentences.at(-1) || null;
}

function setCursor(pane, range) {
  // A note that is held back has nothing to stand on, but its button can be reached from its pane.
  if (!range) return showCursor();
  placeCursor(pane, range);
  bringIntoView(pane, range, false);
  return announce(pane, range);
}

function placeCursor(pane, { start, end }) {
  Object.assign(reading, { pane, edge: "end", note: pane === "transcript" ? reading.note : pane });
  reading.at[pane] = { start, end };
  showCursor();
  rememberPlace();
}

function showCursor() {
  root.dataset.reading = reading.on ? reading.pane : "none";
  paint("reading", reading.on && here() && !view.chosen && !view.pending ? [{ pane: reading.pane, ...here() }] : []);
  // Which end the keys move is seen when it is the unusual one.
  const atStart = reading.on && here() && reading.edge === "start";
  paint("edge", atStart ? [{ pane: reading.pane, start: here().start, end: here().start + 1 }] : []);
  const scroll = paneTexts[reading.pane]?.parentElement;
  if (reading.on && !formBox.contains(document.activeElement)) scroll?.focus({ preventScroll: true });
}

// What the cursor is on, for those who hear the page.
function announce(pane, { start, end }) {
  const voice = root.querySelector(".announcer");
  if (voice) voice.textContent = quoteOf(pane, start, end);
}

// What was chosen by other means: the cursor goes on from there, but only for whom it shows.
function follow(pane, range) {
  if (reading.on) placeCursor(pane, range);
}

// On to the next unit, or back to the one before. From a whole sentence or line the first step by something smaller goes into it.
function step(unit, by) {
  leaveForm();
  const { pane } = reading;
  if (!reading.on || !here()) return readPane(pane);
  const { start, end } = here();
  const list = stepsOf(pane, unit);
  const into = list.filter((item) => item.start >= start && item.end <= end);
  const whole = ["sentence", "line"].some((larger) => stepsOf(pane, larger).some((item) => item.start === start && item.end === end));
  if (whole && into.length > 1) return setCursor(pane, into.at(by > 0 ? 0 : -1));
  const around = (item) => item.start <= start && item.end >= end && item.end - item.start > end - start;
  const next = by > 0 ? list.find((item) => item.start >= end) : list.findLast((item) => item.end <= start || around(item));
  return setCursor(pane, next || here());
}

// Reading on closes the form; but for a mark that waits for its evidence one has to read on.
function leaveForm() {
  if (!view.linking && (view.chosen || view.pending)) closeForm();
}

function toEnd(by) {
  leaveForm();
  reading.on = true;
  setCursor(reading.pane, stepsOf(reading.pane, "sentence").at(by > 0 ? -1 : 0));
}

// Moves one end of a range: to the next place where a unit has such an end, never past the other end.
function stretched(pane, { start, end }, edge, unit, by) {
  const at = edge === "end" ? end : start;
  let to;
  if (unit === "character") {
    to = nextCharacter(points[pane], at, by, edge === "end");
  } else {
    const ends = stepsOf(pane, unit).map((item) => item[edge]);
    to = by > 0 ? ends.find((place) => place > at) : ends.findLast((place) => place < at);
  }
  const range = edge === "end" ? { start, end: to } : { start: to, end };
  return to !== undefined && range.start < range.end ? range : { start, end };
}

// Stretches what is being worked on: the chosen mark, else the words that the form is open for, else the cursor's.
function stretch(edge, unit, by) {
  const mark = !view.linking && markOf(view.chosen);
  if (mark) return resize(mark, edge, unit, by);
  const at = view.pending || (reading.on && here() && { pane: reading.pane, ...here() });
  if (!at) return readPane(reading.pane);
  const range = stretched(at.pane, at, edge, unit, by);
  if (view.pending) Object.assign(view.pending, range);
  if (reading.on) {
    reading.at[at.pane] = range;
    showCursor();
    announce(at.pane, range);
  }
  if (view.pending) showChosen();
  return seeEdge(at.pane, range, edge);
}

function resize(mark, edge, unit, by) {
  if (closed()) return;
  const { pane, ...range } = placeOf(mark);
  const { start, end } = stretched(pane, range, edge, unit, by);
  if (start === mark.start && end === mark.end) return;
  editMark(mark, { start, end, quote: quoteOf(pane, start, end) });
  if (reading.on) reading.at[pane] = { start, end };
  announce(pane, { start, end });
  seeEdge(pane, { start, end }, edge);
  drawForm();
}

function seeEdge(pane, { start, end }, edge) {
  bringIntoView(pane, edge === "end" ? { start: end - 1, end } : { start, end: start + 1 }, false);
}

function otherEdge() {
  reading.edge = reading.edge === "end" ? "start" : "end";
  showCursor();
  drawForm();
}

// Enter: the form for the cursor's words, with the focus in it; while a mark waits for its evidence, these words are it.
function takeCursor() {
  selected(reading.pane, here());
  if (!formBox.hidden) formBox.focus({ preventScroll: true });
}
