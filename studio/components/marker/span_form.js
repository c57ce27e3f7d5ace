// Marking an error on words of a note: choosing a label makes the mark, and everything after that is saved as it is changed.

function spanForm(mark) {
  const side = mark ? mark.side : view.pending.pane;
  const now = mark || view.draft;
  const title = mark ? fill(words.marking.edit_title, { name: nameOf(mark), side: SIDE_NAMES[side] }) : fill(words.marking.error_title, { side: SIDE_NAMES[side] });
  const groups = [...new Set(desk.labels.error.map((label) => label.group))];
  const rows = groups.map((group) => {
    const options = desk.labels.error.filter((label) => label.group === group).map((label) => ({
      value: label.id, text: label.title, key: label.key, meaning: label.meaning, tone: { hallucination: "hallucination", style: "style" }[group] || "other",
    }));
    return h("div", { class: "label-group" }, h("span", { class: "group-name" }, group), choices("label", group, options, mark?.label, pickLabel));
  });
  return [
    formHead(title),
    ...rows,
    severityRow(now.severity, pickSeverity, mark && !needsSeverity(mark.label)),
    commentRow(now.comment, (comment) => setField({ comment })),
    mark ? evidenceRow(mark) : null,
    footRow(mark ? deleteButton(mark) : []),
  ].filter(Boolean);
}

const deleteButton = (mark) => button(words.marking.delete, () => deleteMark(mark), { class: "btn danger", key: "Del" });

function pickLabel(label) {
  const mark = markOf(view.chosen);
  if (mark) {
    const severity = needsSeverity(label) ? mark.severity || "minor" : null;
    editMark(mark, { label, severity });
    return drawForm();
  }
  const { pane: side, start, end } = view.pending;
  const severity = needsSeverity(label) ? view.draft.severity : null;
  const made = { id: newId("span"), side, start, end, quote: quoteOf(side, start, end), label, severity, comment: view.draft.comment, evidence: null };
  Object.assign(view, { pending: null, draft: null, chosen: made.id });
  paint("taking", []);
  change(addMark(made, "mark"));
  return showChosen();
}

function pickSeverity(severity) {
  setField({ severity });
  drawForm();
}

// Changes the chosen mark, or the draft of one.
function setField(fields) {
  const mark = markOf(view.chosen);
  if (mark) editMark(mark, fields);
  else if (view.draft) Object.assign(view.draft, fields);
}

function evidenceRow(mark) {
  const start = button(mark.evidence ? words.marking.change_evidence : words.marking.link_evidence, startLinking, { key: "e", "data-field": "evidence" });
  const show = mark.evidence && button(words.marking.show_evidence, jumpToEvidence, { class: "btn quiet", key: "v", "data-field": "show" });
  const remove = mark.evidence && button(words.marking.remove_evidence, () => { editMark(mark, { evidence: null }); drawForm(); }, { class: "btn quiet" });
  const quote = mark.evidence && h("q", { class: "evidence-quote" }, mark.evidence.quote);
  return h("div", { class: "field" }, h("span", { class: "field-name" }, words.marking.evidence), quote, show, start, remove);
}

// The cursor goes into the transcript and, once the evidence is chosen, back to where it was.
function startLinking() {
  if (!view.chosen || kindOf(markOf(view.chosen)) !== "mark") return;
  Object.assign(view, { linking: view.chosen, linkedFrom: reading.pane });
  drawForm();
  if (reading.on) readPane("transcript");
}

function stopLinking() {
  const back = view.linkedFrom;
  Object.assign(view, { linking: null, linkedFrom: null });
  if (reading.on) readPane(back);
  drawForm();
}

// While linking, only words of the transcript count.
function linked(pane, { start, end }) {
  if (pane !== "transcript") return;
  const mark = markOf(view.linking);
  editMark(mark, { evidence: { start, end, quote: quoteOf("transcript", start, end) } });
  stopLinking();
}
