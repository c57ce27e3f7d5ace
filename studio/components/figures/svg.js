// Drawing. A plot is one SVG with its title and legend in it, so that a saved file says by itself what it shows. Colours are tokens
// of the studio's sheet, and every series has a pattern too: solid, hatched, dotted, crossed.

const SVG = "http://www.w3.org/2000/svg";
const FONT = "system-ui, -apple-system, Segoe UI, Roboto, sans-serif";
const PATTERNS = ["hatched", "solid", "dotted", "crossed"];

function s(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const PLAIN = { fill: "var(--ink)", "font-size": 13, "font-family": FONT };
const label = (x, y, text, more = {}) => s("text", { x, y, ...PLAIN, ...more }, text);
const faint = (x, y, text, more = {}) => label(x, y, text, { fill: "var(--muted)", ...more });

// The width of text as it is drawn.
const measure = (() => {
  const context = document.createElement("canvas").getContext("2d");
  return (text, size = 13, weight = 400) => {
    context.font = `${weight} ${size}px ${FONT}`;
    return context.measureText(text).width;
  };
})();

// Text cut to a width, with the whole of it as its title.
function fitted(text, width, weight) {
  if (measure(text, 13, weight) <= width) return text;
  let end = text.length;
  while (end > 1 && measure(`${text.slice(0, end)}…`, 13, weight) > width) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

const seriesColour = (at) => `var(--series-${at % PATTERNS.length})`;
const seriesFill = (plot, at) => {
  const pattern = at % PATTERNS.length;
  return PATTERNS[pattern] === "solid" ? seriesColour(at) : `url(#${plot}-series-${pattern})`;
};

// The patterns of a plot, under ids of its own: ids are the page's, not the drawing's.
function patterns(plot) {
  const line = (at, d, width) => s("path", { d, stroke: seriesColour(at), "stroke-width": width, fill: "none" });
  const box = { width: 6, height: 6 };
  const tile = (at, mark) => {
    const ground = s("rect", { ...box, fill: "var(--surface)" });
    return s("pattern", { id: `${plot}-series-${at}`, ...box, patternUnits: "userSpaceOnUse" }, ground, mark);
  };
  const hatch = line(0, "M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2", 1.6);
  const dot = s("circle", { cx: 3, cy: 3, r: 1.5, fill: seriesColour(2) });
  return s("defs", {}, tile(0, hatch), tile(2, dot), tile(3, line(3, "M0,3 h6 M3,0 v6", 1.2)));
}

function swatch(plot, at, x, y) {
  return s("rect", { x: x + 0.5, y: y + 0.5, width: 13, height: 9, fill: seriesFill(plot, at), stroke: seriesColour(at) });
}

// The frame of a plot: background, title, what the axis counts, and entries of a legend as [draw, text]. Gives the SVG and the y
// below all that.
function frame(plot, title, axis, legend, width) {
  const svg = s("svg", { xmlns: SVG, width, role: "img", "aria-label": `${title}. ${axis}`, "font-family": FONT });
  svg.append(patterns(plot), s("rect", { class: "ground", width: "100%", height: "100%", fill: "var(--surface)" }));
  svg.append(label(0, 18, title, { "font-size": 16, "font-weight": 620 }), faint(0, 38, axis));
  let x = 0;
  let y = 60;
  for (const [draw, text] of legend) {
    const needed = 20 + measure(text) + 18;
    if (x > 0 && x + needed > width) {
      x = 0;
      y += 20;
    }
    svg.append(draw(x, y - 10), label(x + 20, y, text));
    x += needed;
  }
  return { svg, top: legend.length ? y + 14 : 48 };
}

function finishFrame(svg, width, height) {
  svg.setAttribute("height", Math.ceil(height));
  svg.setAttribute("viewBox", `0 0 ${width} ${Math.ceil(height)}`);
  return svg;
}

// Marks in a plot that say what they are under the pointer, and open what they count.
function telling(node, text, slice, count) {
  node.dataset.tip = text;
  if (count) {
    node.classList.add("opens");
    node.addEventListener("click", () => openSlice(slice));
  }
  return node;
}
