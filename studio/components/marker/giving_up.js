// Ending a review without a judgement: a reason from a short list, and words where none of them fits.

function askToGiveUp() {
  flushEditors();
  closeForm();
  const gap = h("p", { class: "gap", role: "alert" });
  const comment = h("textarea", { class: "own-words", rows: "2", "aria-label": words.giving_up.comment, placeholder: words.giving_up.comment });
  const reasons = h("fieldset", { class: "reasons" }, h("legend", {}, words.giving_up.question),
    Object.entries(words.giving_up.reasons).map(([reason, text]) => h("label", {}, h("input", { type: "radio", name: "reason", value: reason, onchange: () => { gap.textContent = ""; } }), h("span", {}, text))));
  const body = h("div", { class: "giving-up" }, h("p", {}, words.giving_up.meaning), keptAnyway(), reasons, comment, gap);
  const end = (event) => {
    const lacking = lackingReason(reasons, comment);
    if (!lacking) return giveUp(event.target.closest("dialog"), reasons, comment);
    gap.textContent = lacking.sentence;
    return lacking.place.focus();
  };
  sheet(root, words.giving_up.title, body, [closing(words.finishing.back), button(words.giving_up.confirm, end, { class: "btn primary confirm" })]);
  reasons.querySelector("input").focus();
}

// What is marked already is not lost, and counts nowhere; said only to whom has marked something.
function keptAnyway() {
  const done = desk.spans.length + desk.omissions.length + sides().reduce((sum, side) => sum + Object.keys(desk.ratings[side]).length, 0);
  return done ? h("p", {}, words.giving_up.kept) : "";
}

function lackingReason(reasons, comment) {
  const chosen = reasons.querySelector("input:checked");
  if (!chosen) return { sentence: words.giving_up.no_reason, place: reasons.querySelector("input") };
  if (chosen.value === "other" && !comment.value.trim()) return { sentence: words.giving_up.no_words, place: comment };
  return null;
}

function giveUp(dialog, reasons, comment) {
  dialog.close();
  const reason = reasons.querySelector("input:checked").value;
  save({ do: "give_up", reason, comment: comment.value.trim() }, (answer) => { take(answer); rebuild(); });
}

bind("Shift+C", askToGiveUp, () => !closed() && !desk.practice);
