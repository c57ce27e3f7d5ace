// The texts: one element a line, each cut at every mark's boundary, so that overlapping and nested marks all show. A line is drawn
// again only when something in it changed.

const paneTexts = {}; // pane name -> the element that holds its text
const paneLines = {}; // pane name -> its lines in order: {start, end, node, plain, drawn}

// What is drawn on the texts comes from layers. Each names what it shows in a pane: [{start, end, id, tone, severity, tag}].
const layers = [errorLayer, omissionLayer, evidenceLayer, suggestionLayer];

const drawnMark = (mark) => ({ start: mark.start, end: mark.end, id: mark.id, tone: toneOf(mark), severity: mark.severity, tag: `${nameOf(mark)} ${shortOf(mark)}` });

function errorLayer(pane) {
  return desk.spans.filter((mark) => mark.side === pane).map(drawnMark);
}

function omissionLayer(pane) {
  return pane === "transcript" ? desk.omissions.map(drawnMark) : [];
}

function evidenceLayer(pane) {
  const linked = pane === "transcript" ? desk.spans.filter((mark) => mark.evidence) : [];
  return linked.map((mark) => ({ ...mark.evidence, id: mark.id, tone: "evidence", severity: null, tag: nameOf(mark) }));
}

// Makes the lines of a pane, still empty; their looks do not depend on marks.
function layPane(pane) {
  const speakers = [];
  paneLines[pane] = linesOf(points[pane]).map(({ start, end }) => {
    const text = points[pane].slice(start, end).join("");
    const { kind, lead, speaker } = pane === "transcript" ? turnLine(text) : noteLine(text);
    if (speaker && !speakers.includes(speaker)) speakers.push(speaker);
    const node = h("div", { class: `line line-${kind}`, "data-speaker": speaker && Math.min(3, speakers.indexOf(speaker) + 1) });
    return { start, end, node, split: start + lead, leadClass: speaker ? "speaker" : "lead", plain: text.length === end - start, drawn: null };
  });
  paneTexts[pane].replaceChildren(...paneLines[pane].map((line) => line.node));
}

// True when a line was drawn again.
function drawPane(pane) {
  const marks = layers.flatMap((layer) => layer(pane));
  const lane = lanes(marks);
  const over = new Map();
  for (const mark of marks) {
    for (let at = lineIndex(pane, mark.start); at < paneLines[pane].length && paneLines[pane][at].start < mark.end; at += 1) {
      over.set(at, [...(over.get(at) || []), mark]);
    }
  }
  const signature = (mark) => [mark.start, mark.end, mark.id, mark.tone, mark.severity, lane.get(mark)].join();
  const changed = paneLines[pane].filter((line, at) => {
    const here = over.get(at) || [];
    const now = here.map(signature).join(" ");
    if (line.drawn === now) return false;
    line.drawn = now;
    drawLine(pane, line, here, lane);
    return true;
  });
  renameTags(pane, marks);
  return changed.length > 0;
}

// One mark more renumbers those behind it; for that no line is drawn again.
function renameTags(pane, marks) {
  const tags = new Map(marks.map(({ id, tag }) => [id, tag]));
  for (const node of paneTexts[pane].querySelectorAll("[data-tag]")) {
    const tag = tags.get(node.dataset.id);
    if (node.dataset.tag !== tag) node.dataset.tag = tag;
  }
}

// The index of the line that holds this place.
function lineIndex(pane, offset) {
  let [low, high] = [0, paneLines[pane].length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (paneLines[pane][middle].start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function drawLine(pane, { start, end, split, leadClass, node }, marks, lane) {
  const lead = split > start ? h("span", { class: leadClass }, drawPieces(pane, start, split, marks, lane)) : "";
  node.replaceChildren(lead, ...drawPieces(pane, split, end, marks, lane));
}

function drawPieces(pane, start, end, marks, lane) {
  if (start >= end) return [];
  return segments(start, end, marks).map((piece) => drawPiece(pane, piece, lane));
}

// A piece under several marks is nested spans, one underline each; its text is in the innermost.
function drawPiece(pane, piece, lane) {
  let node = document.createTextNode(quoteOf(pane, piece.start, piece.end));
  for (const mark of [...piece.marks].sort((a, b) => lane.get(b) - lane.get(a)).toReversed()) {
    const last = mark.end === piece.end;
    node = h("span", {
      class: `mk mk-${mark.tone}${mark.severity === "major" ? " mk-major" : ""}${markClasses(mark.id)}`,
      "data-id": mark.id,
      "data-tag": last ? mark.tag : null,
      style: `--lane: ${Math.min(4, lane.get(mark))}`,
    }, node);
  }
  return node;
}

const markClasses = (id) => `${id === view.chosen ? " chosen" : ""}${id === view.lit ? " lit" : ""}`;

// Everything that belongs to one mark, in all texts and in the list, gets a class, and what had it loses it.
function showAs(name, id) {
  for (const node of root.querySelectorAll(`.${name}`)) node.classList.remove(name);
  if (id) for (const node of root.querySelectorAll(`[data-id="${CSS.escape(id)}"]`)) node.classList.add(name);
}

function light(id = null) {
  if (view.lit === id) return;
  view.lit = id;
  showAs("lit", id);
}

function onHover(event) {
  light(event.target.closest?.("[data-id]")?.dataset.id);
}

// Marks under a place, the shortest first: a click takes the innermost, the next click the one around it.
function onTextClick(event) {
  if (document.getSelection()?.isCollapsed === false) return;
  const ids = [];
  for (let node = event.target.closest(".mk"); node; node = node.parentElement.closest(".mk")) ids.push(node.dataset.id);
  if (!ids.length) return void (view.chosen || view.pending ? closeForm() : null);
  const length = (id) => { const mark = shownOf(id); return mark.end - mark.start; };
  const inner = [...new Set(ids)].sort((a, b) => length(a) - length(b));
  choose(inner[(inner.indexOf(view.chosen) + 1) % inner.length]);
}

function onSelected(event) {
  if (closed()) return;
  for (const [pane, box] of Object.entries(paneTexts)) {
    const range = selectedIn(box);
    const found = range && snap(points[pane], range, event?.altKey);
    if (!found) continue;
    document.getSelection().removeAllRanges();
    return void selected(pane, found);
  }
}

// Words were chosen, by pointer or key: for a mark that is waiting for its evidence, else for a new one.
function selected(pane, range) {
  if (view.linking) return linked(pane, range);
  Object.assign(view, { chosen: null, pending: { pane, ...range }, draft: freshDraft(pane) });
  follow(pane, range);
  showChosen();
}

function choose(id, scroll) {
  Object.assign(view, { chosen: id, pending: null, draft: null, linking: null, atEvidence: null });
  const { pane, start, end } = placeOf(shownOf(id));
  follow(pane, { start, end });
  if (scroll) bringIntoView(pane, { start, end });
  showChosen();
}

// The pane and range that a mark stands on.
const placeOf = (mark) => ({ pane: kindOf(mark) === "mark" ? mark.side : "transcript", start: mark.start, end: mark.end });

// What shows which mark or selection the form is about.
function showChosen() {
  showAs("chosen", view.chosen);
  paint("taking", view.pending ? [view.pending] : []);
  drawForm();
}

function drawMarks() {
  repaint(Object.keys(paneTexts).filter(drawPane));
  drawLists();
  drawTools();
}
