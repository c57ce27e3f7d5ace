// Where the reviewer left off: what was at the top of each pane, the cursor, the open tab. Kept in this browser for the last
// reviews; places only, never words.

const PLACES = "scribeloop.places";
const MOST_PLACES = 60;
let remembering = null;

// The line at the top of a pane, by its place in the text, and how many pixels of it are hidden.
function topOf(pane) {
  const top = paneTexts[pane].parentElement.getBoundingClientRect().top;
  const line = paneLines[pane].find(({ node }) => node.getBoundingClientRect().bottom > top + 1);
  return line && { start: line.start, hidden: Math.round(top - line.node.getBoundingClientRect().top) };
}

function scrollToTop(pane, { start, hidden }) {
  const frame = paneTexts[pane].parentElement;
  const line = paneLines[pane][lineIndex(pane, start)];
  if (line) frame.scrollTop += line.node.getBoundingClientRect().top - frame.getBoundingClientRect().top + hidden;
}

function rememberPlace() {
  clearTimeout(remembering);
  remembering = setTimeout(keepPlace, 400);
}

function keepPlace() {
  clearTimeout(remembering);
  if (!desk.review || !paneTexts.transcript?.isConnected) return;
  const tops = Object.fromEntries(Object.keys(paneTexts).filter((pane) => paneTexts[pane].checkVisibility()).map((pane) => [pane, topOf(pane)]));
  const { on, pane, at } = reading;
  const place = { when: Date.now(), tops, reading: { on, pane, at }, tab: view.tab, drawer: view.drawer };
  const kept = Object.entries(storedPlaces()).filter(([id]) => id !== desk.review.id);
  const newest = [...kept, [desk.review.id, place]].sort((a, b) => b[1].when - a[1].when).slice(0, MOST_PLACES);
  try {
    localStorage.setItem(PLACES, JSON.stringify(Object.fromEntries(newest)));
  } catch {
    // A full or forbidden storage costs the place, not the work.
  }
}

function storedPlaces() {
  try {
    return JSON.parse(localStorage.getItem(PLACES)) || {};
  } catch {
    return {};
  }
}

// Before the desk is drawn: which tab; after: where in the texts.
function recallView() {
  const place = storedPlaces()[desk.review.id];
  if (place) Object.assign(view, { tab: tabs().includes(place.tab) ? place.tab : "marks", drawer: place.drawer });
}

function recallPlace() {
  const place = storedPlaces()[desk.review.id];
  if (!place) return;
  const fits = (pane, range) => paneTexts[pane] && range?.start >= 0 && range.start < range.end && range.end <= points[pane].length;
  const at = Object.fromEntries(Object.entries(place.reading.at).filter(([pane, range]) => fits(pane, range)));
  Object.assign(reading, { on: place.reading.on, pane: paneTexts[place.reading.pane] ? place.reading.pane : "transcript", edge: "end", at });
  for (const [pane, top] of Object.entries(place.tops)) if (paneTexts[pane] && top) scrollToTop(pane, top);
  showCursor();
}
