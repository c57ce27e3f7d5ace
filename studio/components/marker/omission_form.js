// Marking on the transcript what a note leaves out. "Missing from" makes the mark: one for each note that lacks it.

function omissionForm(mark) {
  const now = mark || view.draft;
  const title = mark ? fill(words.marking.omission_edit_title, { side: SIDE_NAMES[mark.side] }) : words.marking.omission_title;
  const set = (fields) => { setField(fields); drawForm(); };
  const labels = desk.labels.omission.map((label) => ({ value: label.id, text: label.title, key: label.key, meaning: label.meaning, tone: "omission" }));
  const sections = desk.labels.section.map((section) => ({ value: section.id, text: section.title, key: sectionKey(section) }));
  const negative = h("input", { type: "checkbox", checked: now.important_negative, "data-field": "negative", onchange: (event) => set({ important_negative: event.target.checked }) });
  return [
    formHead(title),
    choices("label", words.marking.omission, labels, now.label, (label) => set({ label })),
    severityRow(now.severity, (severity) => set({ severity })),
    h("div", { class: "field" }, h("span", { class: "field-name" }, words.marking.section), choices("section", words.marking.section, sections, now.section, (section) => set({ section: section === now.section ? null : section }))),
    h("label", { class: "field check", title: words.marking.important_negative_meaning }, negative, words.marking.important_negative, h("kbd", { "aria-hidden": "true" }, "i")),
    commentRow(now.comment, (comment) => setField({ comment })),
    mark ? null : missingFrom(),
    footRow(mark ? deleteButton(mark) : []),
  ].filter(Boolean);
}

// Sections take the digits that the labels leave.
function sectionKey(section) {
  const free = codePoints("123456789").filter((digit) => !digitLabel(desk.labels.omission, digit));
  return free[desk.labels.section.indexOf(section)];
}

// What a digit chooses in the form of an omission; undefined when it chooses nothing.
function byDigit(key) {
  const label = digitLabel(desk.labels.omission, key);
  if (label) return { label: label.id };
  const section = desk.labels.section.find((item) => sectionKey(item) === key);
  const now = markOf(view.chosen) || view.draft;
  return section && { section: now.section === section.id ? null : section.id };
}

function missingFrom() {
  const disabled = !view.draft.label;
  const one = (side) => button(fill(words.desk.note, { side: SIDE_NAMES[side] }), () => addOmissions([side]), { class: "btn", key: SIDE_NAMES[side].toLowerCase(), disabled });
  const both = sides().length > 1 && button(words.marking.missing_both, () => addOmissions(sides()), { class: "btn", key: "↵", disabled });
  const why = disabled ? h("span", { class: "hint" }, words.marking.choose_label) : null;
  return h("div", { class: "form-foot missing-from" }, h("span", { class: "field-name" }, words.marking.missing_from), sides().map(one), both, why);
}

function addOmissions(lacking) {
  if (!view.draft?.label || !view.pending) return;
  const { start, end } = view.pending;
  const made = lacking.map((side) => ({ id: newId("omi"), side, start, end, quote: quoteOf("transcript", start, end), ...view.draft }));
  change(...made.map((mark) => addMark(mark, "omission")));
  closeForm();
}
