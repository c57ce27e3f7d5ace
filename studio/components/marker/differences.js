// What only one of the two notes says, word by word, shown in the panes themselves: an overline and a tint, which no mark has.

function toggleDifferences() {
  if (sides().length < 2) return;
  view.differences = !view.differences;
  drawDifferences();
}

function drawDifferences() {
  const shown = Boolean(view.differences) && sides().length > 1 && !sides().some((side) => desk.notes[side].withheld);
  root.dataset.differences = shown ? "yes" : "no";
  root.querySelector(".differ")?.setAttribute("aria-pressed", String(shown));
  const pieces = shown ? wordDiff(desk.notes.left.text, desk.notes.right.text) : [];
  const only = { left: placesOf(pieces, "gone", "left"), right: placesOf(pieces, "new", "right") };
  paint("onlyhere", [...only.left, ...only.right]);
  for (const side of sides()) {
    const count = only[side].reduce((sum, place) => sum + place.words, 0);
    const note = root.querySelector(`.pane-${side} .differing`);
    if (note) note.textContent = shown ? fill(words.reading.only_here, { n: count, side: SIDE_NAMES[side] }) : "";
  }
}

// Where in its text each piece of this kind stands, without the white space around it.
function placesOf(pieces, kind, pane) {
  const places = [];
  let at = 0;
  for (const piece of pieces) {
    if (piece.kind !== "same" && piece.kind !== kind) continue;
    const end = at + codePoints(piece.text).length;
    const range = piece.kind === kind && snap(points[pane], { start: at, end }, true);
    if (range) places.push({ pane, ...range, words: piece.text.split(/\s+/).filter(Boolean).length });
    at = end;
  }
  return places;
}
