// From mark to mark, and between a mark and its evidence.

// The marks in the order in which they are stepped through: by pane, then by place.
function marksInOrder() {
  const inPane = (pane) => [...desk.spans, ...desk.omissions].filter((mark) => placeOf(mark).pane === pane).sort((a, b) => a.start - b.start || a.end - b.end);
  return [...sides(), "transcript"].flatMap(inPane);
}

// From the chosen mark, else from the cursor, to the next one; round and round.
function stepMark(by) {
  const list = marksInOrder();
  if (!list.length) return;
  let to = list.findIndex((mark) => mark.id === view.chosen) + by;
  if (!view.chosen) {
    const first = list.findIndex(isAhead);
    to = (first < 0 ? list.length : first) - (by > 0 ? 0 : 1);
  }
  reading.on = true;
  choose(list.at(to % list.length).id, true);
}

function isAhead(mark) {
  if (!reading.on) return true;
  const { pane, start } = placeOf(mark);
  const order = [...sides(), "transcript"];
  const behind = order.indexOf(pane) - order.indexOf(reading.pane);
  return behind > 0 || (behind === 0 && start >= (here()?.start || 0));
}

// Between a mark and its evidence: to the evidence, and from there back. Without a chosen mark, from the evidence under the cursor.
function jumpToEvidence() {
  const mark = shownOf(view.chosen);
  if (!mark) return evidenceHere() && choose(evidenceHere().id, true);
  if (!mark.evidence) return undefined;
  const there = view.atEvidence === mark.id;
  view.atEvidence = there ? null : mark.id;
  const place = there ? placeOf(mark) : { pane: "transcript", ...mark.evidence };
  bringIntoView(place.pane, place);
  light(mark.id);
  return placeForm();
}

function evidenceHere() {
  const at = reading.pane === "transcript" && here();
  return at && desk.spans.find(({ evidence }) => evidence && evidence.start < at.end && evidence.end > at.start);
}
