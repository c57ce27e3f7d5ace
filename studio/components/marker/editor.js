// The corrected note: starts as the model's note, is kept as a version at every pause, and never changes the note itself.

const PAUSE_MS = 1500;
const editors = {}; // side -> {area, state, timer}, made once, so that a half-typed word survives switching panes

function editorFor(side) {
  if (editors[side]) return editors[side];
  const stored = desk.notes[side].correction;
  const name = SIDE_NAMES[side];
  const area = h("textarea", { class: "editor", spellcheck: "true", "aria-label": fill(words.correcting.title, { side: name }), value: stored ? stored.text : desk.notes[side].text });
  const editor = { side, area, timer: null, version: stored?.version || 0, note: h("span", { class: "version", role: "status" }) };
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
  if (text === editor.kept || closed()) return showVersion(editor);
  if (!text.trim()) return showVersion(editor);
  editor.kept = text;
  desk.notes[editor.side].correction = { version: editor.version, text };
  return save({ do: "correct", side: editor.side, text }, (answer) => correctionKept(editor.side, text, answer.version));
}

function correctionKept(side, text, version) {
  desk.notes[side].correction = { version, text };
  const editor = editors[side];
  if (!editor) return;
  editor.version = version;
  showVersion(editor);
}

function showVersion(editor) {
  const { area, note, kept, version } = editor;
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
  if (view.correcting) keepCorrection(editors[view.correcting]);
  view.correcting = side;
  // On a low screen the lists make room for the editor.
  if (side && innerHeight < 900) view.drawer = false;
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
  const editor = editorFor(side);
  const other = sides().length > 1 ? (side === "left" ? "right" : "left") : side;
  const pane = h("section", { class: "pane pane-editor", "aria-label": fill(words.correcting.title, { side: SIDE_NAMES[side] }) },
    h("header", { class: "pane-head" }, h("h2", {}, fill(words.correcting.title, { side: SIDE_NAMES[side] })), editor.note,
      button(fill(words.correcting.close, { side: SIDE_NAMES[other] }), () => correctSide(null), { class: "btn quiet" })),
    h("p", { class: "pane-note" }, fill(words.correcting.note, { side: SIDE_NAMES[side] })), editor.area);
  if (side === "right") root.querySelector(".pane-right").before(pane);
  else root.querySelector(".pane-left").after(pane);
}
