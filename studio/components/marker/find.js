// Searching the transcript: plain words, whatever their case. The bar opens over the text; Esc leads back to where one was.

const finding = { hits: [], at: -1, from: null };
const fold = (point) => (/\s/u.test(point) ? " " : codePoints(point.toLowerCase()).length === 1 ? point.toLowerCase() : point);

// Every place of the words in the text, as {start, end}; they do not overlap.
function findAll(points, wanted) {
  const needle = codePoints(wanted).map(fold);
  const text = points.map(fold);
  const hits = [];
  for (let start = 0; needle.length && start + needle.length <= text.length; start += 1) {
    if (!needle.every((point, at) => point === text[start + at])) continue;
    hits.push({ start, end: start + needle.length });
    start += needle.length - 1;
  }
  return hits;
}

function findBar() {
  const input = h("input", { type: "search", "aria-label": words.finding.label, placeholder: words.finding.label, oninput: lookFor, onkeydown: onFindKey });
  return h("search", { class: "find", hidden: true }, input, h("span", { class: "hint found-count", role: "status" }),
    button("↑", () => toHit(-1), { class: "btn quiet", "aria-label": words.finding.previous, title: words.finding.previous }),
    button("↓", () => toHit(1), { class: "btn quiet", "aria-label": words.finding.next, title: words.finding.next }),
    button(words.finding.stay, () => closeFind(true), { class: "btn quiet", title: words.finding.stay_meaning }),
    button("×", () => closeFind(false), { class: "btn quiet", "aria-label": words.finding.back, title: words.finding.back }));
}

function openFind() {
  const bar = root.querySelector(".find");
  if (bar.hidden) finding.from = { pane: reading.pane, on: reading.on, top: topOf("transcript") };
  bar.hidden = false;
  placeForm();
  const input = bar.querySelector("input");
  input.focus();
  input.select();
  if (input.value) lookFor();
}

function lookFor() {
  const { value } = root.querySelector(".find input");
  const from = finding.from.top?.start || 0;
  finding.hits = findAll(points.transcript, value);
  // The first one from where the reader is, as in every editor.
  finding.at = finding.hits.findIndex((hit) => hit.end > from) - 1;
  if (finding.hits.length && finding.at === -2) finding.at = -1;
  toHit(1);
}

function toHit(by) {
  const { hits } = finding;
  if (hits.length) finding.at = (finding.at + by + hits.length) % hits.length;
  showHits();
  if (hits.length) bringIntoView("transcript", hits[finding.at]);
}

function showHits() {
  const { hits, at } = finding;
  const places = hits.map((hit) => ({ pane: "transcript", ...hit }));
  paint("found", places);
  paint("foundnow", places.slice(at, at + 1));
  const asked = root.querySelector(".find input").value;
  const count = hits.length ? fill(words.finding.count, { n: at + 1, all: hits.length }) : words.finding.none;
  root.querySelector(".found-count").textContent = asked ? count : "";
}

function onFindKey(event) {
  if (event.key === "Enter") takeKey(event, () => toHit(event.shiftKey ? -1 : 1));
  else if (event.key === "ArrowDown") takeKey(event, () => closeFind(true));
}

// Back to where the reader was, or, to stay, with the cursor on what was found.
function closeFind(stay) {
  const hit = finding.hits[finding.at];
  const { from } = finding;
  root.querySelector(".find").hidden = true;
  Object.assign(finding, { hits: [], at: -1, from: null });
  for (const name of ["found", "foundnow"]) paint(name, []);
  if (stay && hit) {
    reading.on = true;
    return setCursor("transcript", snap(points.transcript, hit, true) || hit);
  }
  Object.assign(reading, { pane: from.pane });
  if (from.top) scrollToTop("transcript", from.top);
  if (reading.on) showCursor();
  return placeForm();
}
