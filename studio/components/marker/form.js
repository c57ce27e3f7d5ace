// The small form beside a selection or a chosen mark; what stands in it comes from span_form and omission_form.

const formBox = h("div", { class: "form", role: "dialog", tabindex: "-1", hidden: true });

function freshDraft(pane) {
  const common = { severity: "minor", comment: "" };
  return pane === "transcript" ? { ...common, label: null, section: null, important_negative: false } : common;
}

function closeForm() {
  if (formBox.contains(document.activeElement)) document.activeElement.blur();
  Object.assign(view, { chosen: null, pending: null, draft: null, linking: null, atEvidence: null });
  showChosen();
  if (reading.on) showCursor();
}

function drawForm() {
  const mark = view.chosen && markOf(view.chosen);
  const suggestion = suggestionOf(view.chosen);
  const about = mark || suggestion || view.pending;
  root.dataset.linking = view.linking ? "yes" : "no";
  formBox.hidden = !about || (closed() && !suggestion) || Boolean(view.linking);
  if (formBox.hidden) return;
  const forSpan = mark ? kindOf(mark) === "mark" : view.pending && view.pending.pane !== "transcript";
  const focused = formBox.contains(document.activeElement) ? document.activeElement.dataset.field : null;
  formBox.replaceChildren(...(suggestion ? suggestionForm(suggestion) : forSpan ? spanForm(mark) : omissionForm(mark)));
  if (focused) formBox.querySelector(`[data-field="${CSS.escape(focused)}"]`)?.focus();
  placeForm();
}

// Below the last line of what it is about, or above the first when there is no room; always inside the window.
function placeForm() {
  if (formBox.hidden) return;
  const place = view.chosen ? placeOf(shownOf(view.chosen)) : view.pending;
  const pieces = [...rangeOf(place).getClientRects()].filter((box) => box.width > 0);
  if (!pieces.length) return;
  const frame = paneTexts[place.pane].parentElement.getBoundingClientRect();
  const [first, last] = [pieces[0], pieces.at(-1)];
  const { offsetWidth: width, offsetHeight: height } = formBox;
  const room = 8;
  const below = Math.min(Math.max(last.bottom, frame.top), frame.bottom) + room;
  const above = Math.max(Math.min(first.top, frame.bottom), frame.top) - room - height;
  const top = below + height <= innerHeight - room ? below : Math.max(room, above);
  formBox.style.top = `${Math.max(room, Math.min(top, innerHeight - height - room))}px`;
  formBox.style.left = `${Math.max(room, Math.min(last.left - 24, innerWidth - width - room))}px`;
}

function formHead(title) {
  formBox.setAttribute("aria-label", title);
  return h("div", { class: "form-head" }, h("strong", {}, title), button("×", closeForm, { class: "btn quiet", "aria-label": words.desk.close }));
}

// A row of exclusive choices; each option is {value, text, key, meaning}.
function choices(name, label, options, current, onpick, disabled) {
  const row = options.map((option) => button(option.text, () => onpick(option.value), {
    class: "btn choice", key: option.key, title: option.meaning, disabled, "data-field": `${name}-${option.value}`,
    "aria-pressed": current === option.value ? "true" : "false", "data-tone": option.tone,
  }));
  return h("div", { class: "choices", role: "group", "aria-label": label }, row);
}

function severityRow(current, onpick, disabled) {
  const options = ["major", "minor"].map((value) => ({ value, text: words.marking[value], key: value === "major" ? "m" : "n", meaning: desk.labels.severity[value] }));
  const note = disabled ? h("span", { class: "hint" }, words.marking.no_severity) : null;
  return h("div", { class: "field" }, h("span", { class: "field-name" }, words.marking.severity), choices("severity", words.marking.severity, options, disabled ? null : current, onpick, disabled), note);
}

// A comment is kept when its field is left or after a pause, not at every key.
function commentRow(current, onkeep) {
  let timer = null;
  const input = h("input", { type: "text", value: current, placeholder: words.marking.comment_hint, "data-field": "comment", "aria-label": words.marking.comment });
  const keep = () => { clearTimeout(timer); saver.unsent.delete("comment"); if (input.value !== current) { current = input.value; onkeep(input.value); } };
  input.addEventListener("input", () => { saver.unsent.add("comment"); clearTimeout(timer); timer = setTimeout(keep, 1200); });
  input.addEventListener("blur", keep);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") { keep(); formBox.focus(); } });
  return h("label", { class: "field" }, h("span", { class: "field-name" }, words.marking.comment), input);
}

// The last row: moving the two ends, by a word, or with Alt by a character; and what else is offered.
function footRow(...more) {
  const nudge = (edge, by) => button(by > 0 ? "▸" : "◂", (event) => stretch(edge, event.altKey ? "character" : "word", by), {
    class: "btn nudge", "data-field": `${edge}${by}`, "aria-label": words.marking.nudges[edge][by > 0 ? 1 : 0], title: words.marking.nudges[edge][by > 0 ? 1 : 0],
  });
  const end = (edge) => h("span", { class: `nudges${reading.edge === edge ? " nudges-keys" : ""}` }, nudge(edge, -1), h("span", {}, words.marking.edges[edge]), nudge(edge, 1));
  return h("div", { class: "form-foot" }, end("start"), end("end"), h("kbd", { "aria-hidden": "true", title: words.marking.nudge_keys }, "⇧←→ x"), h("span", { class: "spread" }), more);
}
