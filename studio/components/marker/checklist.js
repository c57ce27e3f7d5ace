// What a submission would leave open: a line for each, which leads to where it is mended.

function gapList(gaps) {
  return h("ul", { class: "missing" }, gaps.map((gap) => h("li", {}, button(gap.sentence, (event) => leadTo(gap, event.target.closest("dialog")), { class: "gap-line" }))));
}

function leadTo(gap, dialog) {
  dialog.close();
  const { at, side } = gap;
  if (at === "note") return root.querySelector(`.pane-${side} .agree`)?.focus();
  if (at === "ratings") return toRating(gap);
  if (at === "preference") return root.querySelector(".preference input").focus();
  if (at === "correction") return toCorrection(gap);
  if (view.correcting && view.correcting !== side) correctSide(null);
  pickTab("marks");
  return readPane(side);
}

function toRating({ side, dimension }) {
  pickTab("ratings");
  root.querySelector(`input[name="rating-${CSS.escape(side)}-${CSS.escape(dimension)}"]`)?.focus();
}

// To the correction, with the words selected that should have been corrected.
function toCorrection({ side, quote }) {
  if (view.correcting !== side) correctSide(side);
  if (!quote) return;
  const { area } = editors[side];
  const at = area.value.indexOf(quote);
  if (at < 0) return;
  area.setSelectionRange(at, at + quote.length);
  // Leaving the field and coming back makes the browser scroll to the selection.
  area.blur();
  area.focus();
}
