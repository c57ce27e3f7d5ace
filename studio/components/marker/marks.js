// The marks: what is known of them here, changing them, taking changes back.

const desk = { review: null, encounter: null, notes: {}, spans: [], omissions: [], ratings: {}, labels: null, reveal: null, history: null, suggestions: null };
const view = { tab: "marks", drawer: true, chosen: null, lit: null, pending: null, draft: null, linking: null, correcting: null };
const undoing = { past: [], future: [] };
const points = {}; // the texts as arrays of code points: transcript, left, right
const SIDE_NAMES = { left: "A", right: "B" };

const closed = () => desk.review.status !== "draft";
const sides = () => Object.keys(desk.notes);
const markOf = (id) => desk.spans.find((mark) => mark.id === id) || desk.omissions.find((mark) => mark.id === id);
const kindOf = (mark) => ("section" in mark ? "omission" : "mark");
const labelOf = (mark) => {
  const list = kindOf(mark) === "mark" ? desk.labels.error : desk.labels.omission;
  const same = (label) => label.id === mark.label;
  return list.find(same) || desk.labels.retired.find((label) => same(label) && label.kind === (kindOf(mark) === "mark" ? "error" : "omission")) || { id: mark.label, title: mark.label, group: "", meaning: "" };
};
// How a mark looks: its group as a word for the style sheet.
const toneOf = (mark) => (kindOf(mark) === "omission" ? "omission" : { hallucination: "hallucination", style: "style" }[labelOf(mark).group] || "other");
// The type in a few letters, for the texts, where types of one group are drawn alike.
function shortOf(mark) {
  const { id, title } = labelOf(mark);
  const all = desk.labels[kindOf(mark) === "mark" ? "error" : "omission"];
  return shortened(title, all.filter((label) => label.id !== id).map((label) => label.title));
}

const needsSeverity = (label) => [...desk.labels.error, ...desk.labels.retired].find((item) => item.id === label)?.group !== "not an error";
const quoteOf = (pane, start, end) => points[pane].slice(start, end).join("");

// Marks of one note in reading order, with the numbers that text and list share.
function numbered(side) {
  const inOrder = (list) => list.filter((mark) => mark.side === side).sort((a, b) => a.start - b.start || a.end - b.end);
  return [...inOrder(desk.spans), ...inOrder(desk.omissions)];
}

// Names such as A3 are the same in the texts and in the list. They are counted once for each state of the marks.
const naming = { names: null };

function nameOf(mark) {
  naming.names ||= new Map(sides().flatMap((side) => numbered(side).map(({ id }, index) => [id, `${SIDE_NAMES[side]}${index + 1}`])));
  return naming.names.get(mark.id);
}

function setMark(id, mark, kind) {
  naming.names = null;
  const list = kind === "mark" ? "spans" : "omissions";
  const at = desk[list].findIndex((item) => item.id === id);
  if (!mark) desk[list].splice(at, at < 0 ? 0 : 1);
  else if (at < 0) desk[list].push(mark);
  else desk[list][at] = mark;
}

// One change is {step, kind, id, before, after}; before null adds, after null deletes. Changes of one step are undone together.
function apply({ step, kind, id, after }) {
  setMark(id, after, kind);
  if (!after) return save({ do: "unmark", id, step });
  const { side, ...mark } = after;
  return save({ do: kind, side, mark, step });
}

const reversed = ({ before, after, ...rest }) => ({ ...rest, before: after, after: before });

function change(...changes) {
  const step = newId("step");
  const made = changes.map((one) => ({ ...one, step }));
  undoing.past.push(made);
  undoing.future = [];
  made.forEach(apply);
  drawMarks();
}

function undo() {
  const changes = undoing.past.pop();
  if (!changes || closed()) return;
  undoing.future.push(changes);
  changes.toReversed().map(reversed).forEach(apply);
  afterUndo();
}

function redo() {
  const changes = undoing.future.pop();
  if (!changes || closed()) return;
  undoing.past.push(changes);
  changes.forEach(apply);
  afterUndo();
}

function afterUndo() {
  if (view.chosen && !markOf(view.chosen)) closeForm();
  drawMarks();
  drawForm();
}

const addMark = (mark, kind) => ({ kind, id: mark.id, before: null, after: mark });

function editMark(mark, fields) {
  change({ kind: kindOf(mark), id: mark.id, before: mark, after: { ...mark, ...fields } });
}

function deleteMark(mark) {
  if (view.chosen === mark.id) closeForm();
  change({ kind: kindOf(mark), id: mark.id, before: mark, after: null });
}

// What an act that is waiting to be saved does to the state here, when that state was just fetched anew.
function applyLocally(act) {
  if (act.do === "mark" || act.do === "omission") setMark(act.mark.id, { ...act.mark, side: act.side }, act.do);
  else if (act.do === "unmark") for (const kind of ["mark", "omission"]) setMark(act.id, null, kind);
  else if (act.do === "rate") desk.ratings[act.side][act.dimension] = act.value;
  else if (act.do === "prefer") desk.review.preference = act.preference;
  else if (act.do === "correct") desk.notes[act.side].correction = { version: desk.notes[act.side].correction?.version || 0, text: act.text };
}

// Takes over an answer that carries the whole review.
function take(answer) {
  const { ok, saved, ...shown } = answer;
  const { encounter, notes } = Object.assign(desk, shown);
  naming.names = null;
  steps.clear();
  points.transcript = codePoints(encounter.transcript);
  for (const side of sides()) points[side] = codePoints(notes[side].text);
}
