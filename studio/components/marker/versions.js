// Under the editor, on demand: what the correction changes in the note, and its older versions.

function showBelow(editor, name) {
  editor.below = name;
  drawBelow(editor);
}

function drawBelow(editor) {
  const box = root.querySelector(".pane-editor .below");
  if (!box || view.correcting !== editor.side) return;
  box.hidden = !editor.below;
  for (const name of ["changes", "versions"]) root.querySelector(`.show-${name}`).setAttribute("aria-pressed", String(editor.below === name));
  if (editor.below === "changes") drawChanges(editor, box);
  else if (editor.below === "versions") drawVersions(editor, box);
  else box.replaceChildren();
}

const oneLineEnd = (text) => text.replace(/\r\n?/g, "\n");

// The note with what was taken out struck through and what was put in underlined.
function changedText(side, text) {
  const pieces = wordDiff(oneLineEnd(desk.notes[side].text), oneLineEnd(text));
  const nodes = pieces.map(({ kind, text: piece }) => (kind === "same" ? piece : h(kind === "gone" ? "del" : "ins", {}, piece)));
  return pieces.some(({ kind }) => kind !== "same") ? nodes : null;
}

function changedPane(side, text) {
  const nodes = changedText(side, text);
  const name = fill(words.correcting.changes_title, { side: SIDE_NAMES[side] });
  return h("div", { class: "changed", tabindex: "0", role: "region", "aria-label": name }, nodes || h("p", { class: "hint" }, words.correcting.no_changes));
}

// While someone types, what is in view stays; at first it is the first change.
function drawChanges(editor, box) {
  const old = box.querySelector(":scope > .changed");
  const made = changedPane(editor.side, editor.area.value);
  const top = old?.scrollTop;
  box.replaceChildren(made);
  made.scrollTop = top ?? firstChange(made);
}

function firstChange(made) {
  const first = made.querySelector("del, ins");
  return first ? first.offsetTop - made.offsetTop - 40 : 0;
}

async function drawVersions(editor, box) {
  const answer = await ask({ do: "versions", review: desk.review.id, side: editor.side });
  if (editor.below !== "versions" || !box.isConnected) return;
  if (!answer?.ok) return void box.replaceChildren(h("p", { class: "hint" }, answer ? answer.sentence : words.desk.unreachable));
  const versions = answer.versions.toReversed();
  if (!versions.length) return void box.replaceChildren(h("p", { class: "hint" }, words.correcting.no_versions));
  const shown = h("div", { class: "old-version" });
  const list = h("ol", { class: "versions", "aria-label": words.correcting.versions }, versions.map((version) => h("li", {}, versionButton(editor, version, shown))));
  box.replaceChildren(list, shown);
  openVersion(editor, versions.find(({ version }) => version === editor.opened) || versions[0], shown);
}

function versionButton(editor, version, shown) {
  const facts = [clockTime(version.created), duration(version.active_seconds)];
  const open = () => { editor.opened = version.version; openVersion(editor, version, shown); };
  return button(fill(words.correcting.version_name, { n: version.version }), open, { class: "btn quiet", "data-version": version.version, title: facts.join(" · ") });
}

function openVersion(editor, version, shown) {
  const list = shown.previousElementSibling;
  for (const one of list.querySelectorAll("button")) one.setAttribute("aria-pressed", String(Number(one.dataset.version) === version.version));
  const current = oneLineEnd(version.text) === editor.area.value;
  const take = !closed() && !current && button(words.correcting.take_back, () => takeBack(editor, version.text), { class: "btn take-back" });
  const facts = fill(words.correcting.version_facts, { n: version.version, time: clockTime(version.created), seconds: duration(version.active_seconds) });
  shown.replaceChildren(h("div", { class: "version-head" }, h("span", { class: "hint" }, facts), current && !closed() ? h("span", { class: "badge" }, words.correcting.current) : "", take || ""), changedPane(editor.side, version.text));
}

// An older version becomes the newest. As typed text, so that the field's own undo can take it back.
function takeBack(editor, text) {
  const { area } = editor;
  area.focus();
  area.select();
  if (!document.execCommand("insertText", false, text)) area.value = text;
  area.setSelectionRange(0, 0);
  area.scrollTop = 0;
  editor.opened = null;
  keepCorrection(editor);
}
