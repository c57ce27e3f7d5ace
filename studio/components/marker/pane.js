// The texts: drawn line by line, cut at every mark's boundary, so that overlapping and nested marks all show.

const paneTexts = {}; // pane name -> the element that holds its text

// Marks that show in a pane, each {start, end, id, tone, severity, tag}; the last ones drawn are the passing ones.
function shownIn(pane) {
  const real = (mark) => ({ start: mark.start, end: mark.end, id: mark.id, tone: toneOf(mark), severity: mark.severity, tag: nameOf(mark) });
  if (pane !== "transcript") return desk.spans.filter((mark) => mark.side === pane).map(real);
  const evidence = desk.spans.filter((mark) => mark.evidence);
  return [
    ...desk.omissions.map(real),
    ...evidence.map((mark) => ({ ...mark.evidence, id: mark.id, tone: "evidence", severity: null, tag: nameOf(mark) })),
  ];
}

function drawPane(pane) {
  const box = paneTexts[pane];
  if (!box) return;
  const marks = shownIn(pane);
  const lane = lanes(marks);
  const pending = view.pending?.pane === pane ? [{ ...view.pending, passing: true }] : [];
  const speakers = [];
  const top = box.parentElement.scrollTop;
  box.replaceChildren(...linesOf(points[pane]).map((line) => drawLine(pane, line, [...marks, ...pending], lane, speakers)));
  box.parentElement.scrollTop = top;
}

function drawLine(pane, line, marks, lane, speakers) {
  const text = points[pane].slice(line.start, line.end).join("");
  const { kind, lead, speaker } = pane === "transcript" ? turnLine(text) : noteLine(text);
  const node = h("div", { class: `line line-${kind}` });
  if (speaker && !speakers.includes(speaker)) speakers.push(speaker);
  if (speaker) node.dataset.speaker = Math.min(3, speakers.indexOf(speaker) + 1);
  const split = line.start + lead;
  if (lead) node.append(h("span", { class: speaker ? "speaker" : "lead" }, drawPieces(pane, line.start, split, marks, lane)));
  node.append(...drawPieces(pane, split, line.end, marks, lane));
  return node;
}

function drawPieces(pane, start, end, marks, lane) {
  if (start >= end) return [];
  return segments(start, end, marks).map((piece) => drawPiece(pane, piece, lane));
}

// A piece under several marks is nested spans, one underline each; its text is in the innermost.
function drawPiece(pane, piece, lane) {
  const text = quoteOf(pane, piece.start, piece.end);
  const real = piece.marks.filter((mark) => !mark.passing).sort((a, b) => lane.get(b) - lane.get(a));
  let node = document.createTextNode(text);
  if (piece.marks.length > real.length) node = h("span", { class: "pending" }, node);
  for (const mark of real.toReversed()) {
    const last = mark.end === piece.end;
    node = h("span", {
      class: `mk mk-${mark.tone}${mark.severity === "major" ? " mk-major" : ""}${mark.id === view.chosen ? " mk-chosen" : ""}`,
      "data-id": mark.id,
      "data-tag": last ? mark.tag : null,
      style: `--lane: ${Math.min(4, lane.get(mark))}`,
    }, node);
  }
  return node;
}

// Lights everything that belongs to one mark, in all texts and in the list.
function light(id) {
  for (const node of root.querySelectorAll(".lit")) node.classList.remove("lit");
  if (id) for (const node of root.querySelectorAll(`[data-id="${CSS.escape(id)}"]`)) node.classList.add("lit");
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
  const length = (id) => { const mark = markOf(id); return mark.end - mark.start; };
  const inner = [...new Set(ids)].sort((a, b) => length(a) - length(b));
  choose(inner[(inner.indexOf(view.chosen) + 1) % inner.length]);
}

function onSelected(event) {
  if (closed()) return;
  for (const [pane, box] of Object.entries(paneTexts)) {
    const range = selectedIn(box);
    const found = range && snap(points[pane], range, event?.altKey);
    if (found) return void selected(pane, found);
  }
}

function selected(pane, range) {
  document.getSelection().removeAllRanges();
  if (view.linking) return linked(pane, range);
  Object.assign(view, { chosen: null, pending: { pane, ...range }, draft: freshDraft(pane) });
  drawMarks();
  drawForm();
}

function choose(id, scroll) {
  Object.assign(view, { chosen: id, pending: null, draft: null });
  drawMarks();
  if (scroll) root.querySelector(`.text [data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" });
  drawForm();
}

function drawMarks() {
  for (const pane of Object.keys(paneTexts)) drawPane(pane);
  drawLists();
  drawTools();
}
