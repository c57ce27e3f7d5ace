// The corrected note: starts as the model's note, is kept as a version at every pause, and never changes the note itself.

const PAUSE_MS = 1500;
const editors = {}; // side -> {area, kept, version, clock, below}, made once, so that a half-typed word survives switching panes

function editorFor(side) {
  if (editors[side]) return editors[side];
  const stored = desk.notes[side].correction;
  const title = fill(words.correcting.title, { side: SIDE_NAMES[side] });
  const area = h("textarea", { class: "editor", spellcheck: "true", "aria-label": title, value: stored ? stored.text : desk.notes[side].text });
  const hint = h("p", { class: "pane-note" }, fill(words.correcting.note, { side: SIDE_NAMES[side] }));
  const editor = { side, area, hint, timer: null, version: stored?.version || 0, clock: newClock(), below: null, note: h("span", { class: "version", role: "status" }) };
  // The field's own value: it has one kind of line end, whatever the note has.
  editor.kept = area.value;
  area.readOnly = closed();
  area.addEventListener("input", () => onTyping(editor));
  area.addEventListener("blur", () => keepCorrection(editor));
  editors[side] = editor;
  showVersion(editor);
  return editor;
}

function onTyping(editor) {
  clearTimeout(editor.timer);
  saver.unsent.add(editor.side);
  editor.timer = setTimeout(() => keepCorrection(editor), PAUSE_MS);
  showVersion(editor);
}

function keepCorrection(editor) {
  clearTimeout(editor.timer);
  const text = editor.area.value;
  saver.unsent.delete(editor.side);
  if (editor.below === "changes") drawBelow(editor);
  if (text === editor.kept || closed() || !text.trim()) return showVersion(editor);
  editor.kept = text;
  desk.notes[editor.side].correction = { version: editor.version, text };
  return save({ do: "correct", side: editor.side, text, editing: takeSeconds(editor.clock) }, (answer) => correctionKept(editor.side, text, answer.version));
}

function correctionKept(side, text, version) {
  desk.notes[side].correction = { version, text };
  const editor = editors[side];
  if (!editor) return;
  editor.version = version;
  showVersion(editor);
  if (editor.below === "versions") drawBelow(editor);
}

function showVersion(editor) {
  const { area, hint, note, kept, version } = editor;
  hint.hidden = version > 0;
  const empty = !area.value.trim();
  if (empty) note.textContent = words.correcting.empty;
  else if (area.value !== kept) note.textContent = words.correcting.typing;
  else note.textContent = version ? fill(words.correcting.version, { n: version }) : words.correcting.no_version;
}

function flushEditors() {
  for (const editor of Object.values(editors)) keepCorrection(editor);
}

// The editor stands in the other note's place, so that transcript, marked note and correction are side by side.
function correctSide(side) {
  if (side && desk.notes[side].withheld) return;
  if (view.correcting) keepCorrection(editors[view.correcting]);
  view.correcting = side;
  // On a low or narrow screen the lists make room for the editor.
  if (side && (innerHeight < 900 || innerWidth <= 1000)) view.drawer = false;
  drawDrawer();
  drawEditor();
  if (!side) return;
  const { area } = editorFor(side);
  area.setSelectionRange(0, 0);
  area.focus();
}

function drawEditor() {
  root.querySelector(".pane-editor")?.remove();
  const side = view.correcting;
  root.dataset.correcting = side || "none";
  for (const name of sides()) root.querySelector(`.pane-${name} .correct`)?.setAttribute("aria-pressed", String(side === name));
  if (!side) return;
  const pane = editorPane(editorFor(side));
  if (side === "right") root.querySelector(".pane-right").before(pane);
  else root.querySelector(".pane-left").after(pane);
  drawBelow(editors[side]);
}

// The time at work on a correction is counted here alone, between signs of life in the editor.
function editorPane(editor) {
  const { side, area, hint, note, clock: own } = editor;
  const title = fill(words.correcting.title, { side: SIDE_NAMES[side] });
  const other = sides().length > 1 ? (side === "left" ? "right" : "left") : side;
  const alive = () => tick(own);
  const toggle = (name) => button(words.correcting[name], () => showBelow(editor, editor.below === name ? null : name), { class: `btn quiet show-${name}`, "aria-pressed": "false", title: words.correcting.meanings[name] });
  return h("section", { class: "pane pane-editor", "aria-label": title, onkeydown: alive, onpointerdown: alive, oninput: alive, onwheel: alive, onfocusout: () => { own.last = 0; } },
    h("header", { class: "pane-head" }, h("h2", {}, title), note,
      button(fill(words.correcting.close, { side: SIDE_NAMES[other] }), () => correctSide(null), { class: "btn quiet close-editor" })),
    h("div", { class: "editor-tools" }, toggle("changes"), toggle("versions"), copyButton(words.correcting.copy, () => area.value)),
    hint, area, h("div", { class: "below", hidden: true }));
}

// How far the correction went; told when the review is closed.
function distance(side) {
  const { correction } = desk.notes[side];
  if (!closed() || correction?.word_distance === undefined) return null;
  const facts = { words: correction.word_distance, characters: correction.character_distance, time: duration(correction.editing_seconds) };
  return h("p", { class: "pane-note distance" }, fill(words.correcting.distance, facts));
}
