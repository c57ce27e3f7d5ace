// The keyboard. Silent while someone types; Esc always closes what is open.

function onKey(event) {
  if (!desk.review || root.querySelector("dialog[open]")) return;
  const { target, key } = event;
  if (key === "Escape") return onEscape(target);
  if (isTyping(target) || event.altKey) return;
  if (event.ctrlKey || event.metaKey) return onCommand(event);
  if (target.closest?.(".rating") && /^[0-5]$/.test(key)) return takeKey(event, () => rateByKey(target, key));
  const act = formKey(event) || { u: undo, U: redo, "?": showHelp }[key];
  if (act) takeKey(event, act);
}

function takeKey(event, act) {
  event.preventDefault();
  act();
}

function onEscape(target) {
  if (isTyping(target)) target.blur();
  if (view.linking) { view.linking = null; return drawForm(); }
  if (view.chosen || view.pending) closeForm();
  return undefined;
}

function onCommand(event) {
  const key = event.key.toLowerCase();
  if (key === "z") takeKey(event, event.shiftKey ? redo : undo);
  else if (key === "y") takeKey(event, redo);
}

// What a key does while words are selected or a mark is chosen; undefined when it does nothing there.
function formKey({ key, target }) {
  const mark = markOf(view.chosen);
  if (closed() || (!mark && !view.pending)) return undefined;
  // A focused button keeps Enter and Space for itself.
  if ((key === "Enter" || key === " ") && target.closest?.("button, a, input")) return undefined;
  const forSpan = mark ? kindOf(mark) === "mark" : view.pending.pane !== "transcript";
  const severity = { m: "major", n: "minor" }[key];
  if (severity && !(mark && forSpan && !needsSeverity(mark.label))) return () => pickSeverity(severity);
  if (key === "c") return () => formBox.querySelector("[data-field=comment]").focus();
  if (mark && (key === "Delete" || key === "Backspace")) return () => deleteMark(mark);
  return forSpan ? spanKey(key, mark) : omissionKey(key, mark);
}

function spanKey(key, mark) {
  const label = desk.labels.error.find((item) => item.key === key);
  if (label) return () => pickLabel(label.id);
  return mark && key === "e" ? startLinking : undefined;
}

function omissionKey(key, mark) {
  const label = desk.labels.omission.find((item) => item.key === key);
  const set = (fields) => { setField(fields); drawForm(); };
  if (label) return () => set({ label: label.id });
  if (key === "i") return () => set({ important_negative: !(mark || view.draft).important_negative });
  if (mark) return undefined;
  if (key === "Enter") return () => addOmissions(sides());
  const side = { a: "left", b: "right" }[key];
  return sides().includes(side) ? () => addOmissions([side]) : undefined;
}

function showHelp() {
  const rows = words.help.keys.map(([keys, what]) => h("tr", {}, h("th", { scope: "row" }, keys), h("td", {}, what)));
  sheet(words.help.title, h("div", {}, h("p", {}, words.help.lead), h("table", { class: "keys" }, h("tbody", {}, rows)), h("p", { class: "hint" }, words.help.silent)), [closing(words.desk.close)]);
}
