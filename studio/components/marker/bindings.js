// Which key does what on the desk. The more particular comes first: a rating with the focus, the open form, then reading.

const inRating = ({ target }) => Boolean(target.closest?.(".rating"));
// Arrows belong to a focused choice, Enter and Space to a focused button.
const freeArrows = ({ target }) => !target.closest?.("input, select, [role=radiogroup], summary");
const freeEnter = ({ target }) => !target.closest?.("button, a, input, summary");
const formOpen = () => !closed() && !formBox.hidden && !suggestionOf(view.chosen);
const aboutSpan = () => (view.chosen ? kindOf(markOf(view.chosen)) === "mark" : view.pending.pane !== "transcript");
const onCursor = () => reading.on && !closed() && here() && (!view.linking || reading.pane === "transcript");
const digitLabel = (list, key) => list.find((label) => label.key === key);

function bindRatings() {
  bind("0 1 2 3 4 5", rateAndGoOn, inRating);
  bind("ArrowDown j", () => stepRating(1), inRating);
  bind("ArrowUp k", () => stepRating(-1), inRating);
  bind("a", () => ratingOf("left"), inRating);
  bind("b", () => ratingOf("right"), inRating);
}

function bindForm() {
  const spanOpen = () => formOpen() && aboutSpan();
  const omissionOpen = () => formOpen() && !aboutSpan();
  const newOmission = () => omissionOpen() && view.pending;
  const set = (fields) => { setField(fields); drawForm(); };
  const now = () => markOf(view.chosen) || view.draft;
  const graded = () => formOpen() && (omissionOpen() || view.pending || needsSeverity(now().label));
  bind("m", () => pickSeverity("major"), graded);
  bind("n", () => pickSeverity("minor"), graded);
  bind("c", () => formBox.querySelector("[data-field=comment]").focus(), formOpen);
  bind("e", startLinking, () => spanOpen() && view.chosen);
  bind("i", () => set({ important_negative: !now().important_negative }), omissionOpen);
  bind("a", () => addOmissions(["left"]), newOmission);
  bind("b", () => sides().includes("right") && addOmissions(["right"]), newOmission);
  bind("Enter", () => addOmissions(sides()), (event) => newOmission() && freeEnter(event));
  bind("Delete Backspace", () => deleteMark(markOf(view.chosen)), () => formOpen() && view.chosen);
  bind("1 2 3 4 5 6 7 8 9", ({ key }) => pickLabel(digitLabel(desk.labels.error, key).id), ({ key }) => spanOpen() && digitLabel(desk.labels.error, key));
  bind("1 2 3 4 5 6 7 8 9", ({ key }) => set(byDigit(key)), ({ key }) => omissionOpen() && byDigit(key));
  // Without the form a digit marks the words under the cursor at once.
  bind("1 2 3 4 5 6 7 8 9", ({ key }) => markCursor(key), ({ key }) => onCursor() && !view.linking && !formOpen() && canMark(key));
}

const canMark = (key) => (reading.pane === "transcript" ? digitLabel(desk.labels.omission, key) : digitLabel(desk.labels.error, key));

function markCursor(key) {
  takeCursor();
  if (aboutSpan()) return pickLabel(digitLabel(desk.labels.error, key).id);
  setField(byDigit(key));
  return drawForm();
}

function bindReading() {
  for (const [keys, unit, by] of [["ArrowDown", "sentence", 1], ["ArrowUp", "sentence", -1], ["ArrowRight", "word", 1], ["ArrowLeft", "word", -1], ["j", "line", 1], ["k", "line", -1]]) {
    bind(keys, () => step(unit, by), freeArrows);
    bind(`Shift+${keys.length > 1 ? keys : keys.toUpperCase()}`, () => stretch(reading.edge, unit, by), freeArrows);
  }
  bind("Alt+Shift+ArrowRight", () => stretch(reading.edge, "character", 1), freeArrows);
  bind("Alt+Shift+ArrowLeft", () => stretch(reading.edge, "character", -1), freeArrows);
  bind("x", otherEdge);
  bind("Home", () => toEnd(-1), freeArrows);
  bind("End", () => toEnd(1), freeArrows);
  bind("t", () => leaveFor("transcript"));
  bind("a", () => leaveFor("left"));
  bind("b", () => leaveFor("right"));
  bind("Enter", takeCursor, (event) => onCursor() && !formOpen() && freeEnter(event));
  bind(".", () => stepMark(1));
  bind(",", () => stepMark(-1));
  bind("v", jumpToEvidence);
}

function leaveFor(pane) {
  leaveForm();
  readPane(pane);
}

function bindSuggestions() {
  const open = () => suggestionOf(view.chosen);
  bind("y", () => answerSuggestion("take_over"), open);
  bind("n", () => answerSuggestion("turn_down"), open);
  bind("s", nextSuggestion, () => desk.suggestions);
}

function bindDesk() {
  bind("Escape", onEscape);
  bind("u Ctrl+z", undo);
  bind("Shift+U Ctrl+Shift+Z Ctrl+y", redo);
  bind("/", openFind);
  bind("d", toggleDifferences);
  bind("l", toMarks);
  bind("r", toRatings);
  bind("w", toggleCorrection);
  for (const [key, value] of [["A", "left"], ["B", "right"], ["T", "tie"], ["X", "neither"]]) bind(`Shift+${key}`, () => preferByKey(value));
  bind("Shift+N", () => toEncounter("next"));
  bind("Shift+P", () => toEncounter("previous"));
  bind("+", () => root.querySelector("look-switch")?.resize(1));
  bind("-", () => root.querySelector("look-switch")?.resize(-1));
  bind("Ctrl+Enter", askToSubmit, () => !closed());
  bind("?", showHelp);
}

// Esc closes what is open, the innermost first.
function onEscape({ target }) {
  if (!root.querySelector(".find").hidden && target.closest(".find")) return closeFind(false);
  if (isTyping(target)) return formBox.contains(target) ? formBox.focus() : target.blur();
  if (view.linking) return stopLinking();
  if (view.chosen || view.pending) return closeForm();
  return inRating({ target }) ? backToText() : undefined;
}

// The correction of the note that was read last, and back.
function toggleCorrection() {
  const opened = !view.correcting && root.querySelector(`.pane-${reading.note} .correct`);
  if (opened) return opened.click();
  correctSide(null);
  return backToText();
}

function preferByKey(value) {
  const input = root.querySelector(`.prefer-${value} input`);
  if (input && !input.disabled) input.click();
}

// To the marks, or, when their list has the focus, back to the text.
function toMarks() {
  const inside = document.activeElement?.closest?.(".mark-lists");
  if (inside) return backToText();
  pickTab("marks");
  return root.querySelector(".mark-lists .tag")?.focus();
}

function showHelp() {
  const rows = (keys) => h("table", { class: "keys" }, h("tbody", {}, keys.map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, key), h("td", {}, what)))));
  const groups = words.help.groups.map(([title, keys]) => h("section", {}, h("h3", {}, title), rows(keys)));
  const box = sheet(root, words.help.title, h("div", {}, singleKeysOff() && h("p", { class: "warning" }, words.help.off), h("p", {}, words.help.lead), h("div", { class: "key-groups" }, groups), h("p", { class: "hint" }, words.help.silent)), [closing(words.desk.close)]);
  box.classList.add("sheet-wide");
}

for (const fillIn of [bindRatings, bindSuggestions, bindForm, bindReading, bindDesk]) fillIn();
