// Rating by keys: one key leads to the first open rating, a digit rates and goes on to the next, arrows and letters go about.

const ratingGroups = (side) => [...root.querySelectorAll(`.rating:has([name^="rating-${side}-"])`)];

function focusRating(group) {
  const input = group?.querySelector("input:checked") || group?.querySelector("input");
  input?.focus();
  group?.scrollIntoView({ block: "nearest" });
}

const isOpen = (group) => !group.querySelector("input:checked");

// To the ratings, or, from within them, back to the text.
function toRatings() {
  if (document.activeElement?.closest?.(".rating")) return backToText();
  pickTab("ratings");
  const groups = sides().flatMap(ratingGroups);
  return focusRating(groups.find(isOpen) || groups[0]);
}

function backToText() {
  document.activeElement?.blur();
  if (reading.on) showCursor();
}

// Down the column of one note, then on at the top of the other's.
function stepRating(by) {
  const groups = sides().flatMap(ratingGroups);
  const at = groups.indexOf(document.activeElement.closest(".rating"));
  focusRating(groups[at + by]);
}

// The same dimension of the other note.
function ratingOf(side) {
  const group = document.activeElement.closest(".rating");
  const row = sides().map((name) => ratingGroups(name).indexOf(group)).find((at) => at >= 0);
  focusRating(ratingGroups(side)[row]);
}

function rateAndGoOn({ target, key }) {
  rateByKey(target, key);
  stepRating(1);
}
