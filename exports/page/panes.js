// The two texts that are marked: the transcript (what a note leaves out) and the note as the model wrote it.

import { desk, shownNote, tell, view } from './desk.js';
import { h } from './dom.js';
import { findMark, kindOf, labelOf, tagOf, toneOf } from './marks.js';
import { codePoints, lanes, linesOf, noteLine, segments, selectedIn, snap, turnLine } from './text.js';

const boxes = { span: document.getElementById('note'), omission: document.getElementById('transcript-text') };
export const boxOf = kind => boxes[kind];
export const textOf = kind => (kind === 'span' ? shownNote()?.text : desk.visit.transcript) ?? '';

export function drawPanes() {
  for (const kind of Object.keys(boxes)) drawPane(kind);
}

function drawPane(kind) {
  const note = shownNote();
  const points = codePoints(textOf(kind));
  const marks = note ? [...(kind === 'span' ? note.spans : note.omissions).map(shown), ...taking(kind)] : [];
  const lane = lanes(marks);
  const speakers = [];
  const lines = linesOf(points).map(({ start, end }) => {
    const text = points.slice(start, end).join('');
    const { kind: look, lead, speaker } = kind === 'span' ? noteLine(text) : turnLine(text);
    if (speaker && !speakers.includes(speaker)) speakers.push(speaker);
    const pieces = (from, to) => (from < to ? segments(from, to, marks).map(piece => drawPiece(points, piece, lane)) : []);
    return h('div', { class: `line line-${look}`, 'data-speaker': speaker && Math.min(3, speakers.indexOf(speaker) + 1) },
      lead ? h('span', { class: speaker ? 'speaker' : 'lead' }, pieces(start, start + lead)) : null, pieces(start + lead, end));
  });
  boxes[kind].replaceChildren(...lines);
}

const shown = mark => ({ ...mark, tone: toneOf(kindOf(mark), labelOf(mark)), tag: tagOf(mark) });

const taking = kind => (view.pending?.kind === kind ? [{ ...view.pending, id: 'taking', tone: 'taking', tag: null }] : []);

// A piece under several marks is nested spans, one underline each; its text is in the innermost.
function drawPiece(points, piece, lane) {
  let node = document.createTextNode(points.slice(piece.start, piece.end).join(''));
  for (const mark of [...piece.marks].sort((a, b) => lane.get(a) - lane.get(b))) {
    const grave = mark.severity === 'major' ? ' mk-major' : '';
    const chosen = mark.id === view.chosen ? ' chosen' : '';
    node = h('span', { class: `mk mk-${mark.tone}${grave}${chosen}`, 'data-id': mark.id, 'data-tag': mark.end === piece.end ? mark.tag : null }, node);
    node.style.setProperty('--lane', Math.min(4, lane.get(mark)));
  }
  return node;
}

/** The DOM range of a place in a text. */
export function rangeOf(kind, { start, end }) {
  const points = codePoints(textOf(kind));
  const unit = at => points.slice(0, at).join('').length;
  const range = document.createRange();
  for (const [place, set] of [[unit(start), 'setStart'], [unit(end), 'setEnd']]) {
    const walker = document.createTreeWalker(boxes[kind], NodeFilter.SHOW_TEXT);
    let [at, node] = [place, walker.nextNode()];
    // A start belongs to the text that begins there, an end to the one that ends there.
    while (node && (set === 'setStart' ? at >= node.length : at > node.length)) {
      at -= node.length;
      node = walker.nextNode();
    }
    if (node) range[set](node, at);
  }
  return range;
}

/** Words were chosen, by pointer or key: the form opens for them. */
export function take(kind, { start, end }) {
  if (!canMark()) return;
  Object.assign(view, { chosen: null, pending: { kind, start, end }, draft: { severity: 'minor', comment: '' } });
  document.getSelection().removeAllRanges();
  tell('look');
}

export const canMark = () => Boolean(shownNote()) && view.mode === 'marks' && desk.state !== 'writing';

export function choose(id) {
  Object.assign(view, { chosen: id, pending: null, draft: null });
  tell('look');
}

function letGo() {
  if (view.chosen || view.pending) choose(null);
}

/** The words that are selected now, grown to whole ones; with Alt exactly as they are. */
export function selection(exact = false) {
  for (const [kind, box] of Object.entries(boxes)) {
    const range = box.checkVisibility() && selectedIn(box);
    const found = range && snap(codePoints(textOf(kind)), range, exact);
    if (found) return { kind, ...found };
  }
  return null;
}

// A click takes the innermost mark, the next click the one around it.
function onClick(event) {
  if (!document.getSelection().isCollapsed || !canMark()) return;
  const ids = [];
  for (let node = event.target.closest('.mk'); node; node = node.parentElement.closest('.mk')) ids.push(node.dataset.id);
  const length = id => { const mark = findMark(id); return mark.end - mark.start; };
  const inner = [...new Set(ids)].filter(findMark).sort((a, b) => length(a) - length(b));
  if (inner.length) choose(inner[(inner.indexOf(view.chosen) + 1) % inner.length]);
  else letGo();
}

/** Listens to pointers. A finger's selection has no end of its own: it is over when it rests. */
export function openPanes() {
  let touching = false;
  let begunInside = false;
  let resting;
  const taken = exact => {
    const found = begunInside && canMark() && selection(exact);
    if (found) take(found.kind, found);
  };
  document.addEventListener('pointerdown', ({ pointerType, target }) => {
    touching = pointerType === 'touch';
    begunInside = Object.values(boxes).some(box => box.contains(target));
  });
  document.addEventListener('pointerup', event => { if (!touching) setTimeout(() => taken(event.altKey)); });
  document.addEventListener('selectionchange', () => {
    clearTimeout(resting);
    if (touching) resting = setTimeout(taken, 700);
  });
  for (const box of Object.values(boxes)) box.addEventListener('click', onClick);
}
