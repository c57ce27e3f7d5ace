// Between offsets in a text and what is on the screen: ranges, boxes painted behind the words, scrolling.

const painted = new Map(); // what is painted, by name -> [{pane, start, end}]

// A place on the screen: the text node and the offset in it. At an end it is behind what it ends, not before what follows.
function placeAt(pane, offset, isEnd) {
  const line = paneLines[pane][lineIndex(pane, isEnd ? offset - 1 : offset)];
  const walker = document.createTreeWalker(line.node, NodeFilter.SHOW_TEXT);
  let left = offset - line.start;
  let node = walker.nextNode();
  for (let next = node; next; next = walker.nextNode()) {
    node = next;
    const count = line.plain ? node.length : codePoints(node.data).length;
    if (left < count || (isEnd && left === count)) break;
    left -= count;
  }
  return [node, line.plain ? left : codePoints(node.data).slice(0, left).join("").length];
}

function rangeOf({ pane, start, end }) {
  const range = document.createRange();
  range.setStart(...placeAt(pane, start, false));
  range.setEnd(...placeAt(pane, end, true));
  return range;
}

// Paints boxes behind these places; they are no part of the text, so the marks above them stay as they are.
function paint(name, places) {
  const panes = new Set([...(painted.get(name) || []), ...places].map((place) => place.pane));
  painted.set(name, places);
  for (const pane of panes) if (paneTexts[pane]) paintPane(name, pane, places.filter((place) => place.pane === pane));
}

function paintPane(name, pane, places) {
  const ground = paneTexts[pane].previousElementSibling;
  const layer = ground.querySelector(`.paint-${name}`) || ground.appendChild(h("div", { class: `paint paint-${name}` }));
  // Measuring makes the browser lay the page out, so it is done only for something.
  const from = places.length && ground.getBoundingClientRect();
  layer.replaceChildren(...places.flatMap((place) => boxesOf(place, from)).map((style) => h("i", { style })));
}

// One box a line, joined where the pieces of several marks meet.
function boxesOf(place, from) {
  const lines = [];
  for (const { left, top, right, bottom, width } of rangeOf(place).getClientRects()) {
    const last = lines.at(-1);
    if (width === 0) continue;
    if (last && Math.abs(last.bottom - bottom) < 4 && left <= last.right + 1 && right >= last.left - 1) {
      Object.assign(last, { left: Math.min(left, last.left), right: Math.max(right, last.right), top: Math.min(top, last.top), bottom: Math.max(bottom, last.bottom) });
    } else {
      lines.push({ left, top, right, bottom });
    }
  }
  return lines.map(({ left, top, right, bottom }) => `left: ${left - from.left}px; top: ${top - from.top}px; width: ${right - left}px; height: ${bottom - top}px`);
}

// After lines of these panes were drawn again, or stand elsewhere, the boxes follow.
function repaint(panes = Object.keys(paneTexts)) {
  for (const [name, places] of painted) {
    for (const pane of panes) {
      const there = places.filter((place) => place.pane === pane);
      if (there.length) paintPane(name, pane, there);
    }
  }
}

// Scrolls as little as leaves some lines around the place; with center, to the middle of the pane.
function bringIntoView(pane, { start, end }, center = true) {
  const frame = paneTexts[pane].parentElement;
  const { top, bottom } = rangeOf({ pane, start, end }).getBoundingClientRect();
  const box = frame.getBoundingClientRect();
  const margin = Math.min(64, box.height / 5);
  const above = top - box.top - margin;
  const below = bottom - box.bottom + margin;
  if (above < 0 || below > 0) {
    // A place that is longer than the pane is read from its beginning.
    const jump = Math.max(Math.abs(above), Math.abs(below)) > box.height / 2;
    const middle = top - box.top - (box.height - Math.min(bottom - top, box.height)) / 2;
    frame.scrollTop += center || jump ? middle : above < 0 ? above : Math.min(below, above);
  }
  frame.closest(".pane").scrollIntoView({ block: "nearest", inline: "nearest" });
}
