// The plots: shares with their intervals, ratings and preferences as parts of a whole.

const BAR = 13;
const GAP = 3;

// The end of the axis: a round number above the largest interval.
function axisEnd(largest) {
  return [0.04, 0.08, 0.2, 0.4, 0.6, 0.8].find((end) => largest <= end) || 1;
}

function axisLines(svg, scale, end, top, bottom) {
  for (let step = 0; step <= 4; step += 1) {
    const at = (end * step) / 4;
    const x = Math.round(scale(at)) + 0.5;
    svg.append(s("line", { x1: x, x2: x, y1: top, y2: bottom, stroke: "var(--line)" }));
    svg.append(faint(x, bottom + 16, `${Math.round(at * 1000) / 10}`, { "text-anchor": step === 0 ? "start" : "middle" }));
  }
}

// Rows of bars, one per model, with the interval as a whisker and the share as text behind it.
function drawShares(plot, rows, severity, width) {
  const legend = shown.models.map((model, at) => [(x, y) => swatch(plot.id, at, x, y), model.name]);
  const { svg, top } = frame(plot.id, plot.title, plot.axis, legend, width);
  const left = Math.min(width * 0.34, 24 + Math.max(...rows.map((row) => measure(row.title))));
  const seen = rows.flatMap((row) => row.cells[severity]).filter((cell) => cell?.hits);
  const end = axisEnd(Math.max(0, ...seen.map((cell) => cell.high)));
  const scale = (part) => left + ((width - left - 44) * part) / end;
  const placed = [];
  let y = top;
  let heading = "";
  for (const row of rows) {
    if (row.heading !== heading) {
      heading = row.heading;
      y += placed.length ? 12 : 4;
      placed.push(label(0, y + 12, heading, { "font-weight": 620 }));
      y += 22;
    }
    const height = shown.models.length * (BAR + GAP);
    placed.push(label(left - 12, y + height / 2 + 3, fitted(row.title, left - 16), { "text-anchor": "end" }));
    row.cells[severity].forEach((cell, at) => {
      if (cell) placed.push(...shareBar(plot, row, severity, cell, at, y + at * (BAR + GAP), scale));
    });
    y += height + 7;
  }
  axisLines(svg, scale, end, top, y);
  svg.append(...placed);
  return finishFrame(svg, width, y + 24);
}

function shareBar(plot, row, severity, cell, at, y, scale) {
  const model = shown.models[at].name;
  const slice = cellSlice(row, severity, at);
  const start = scale(0);
  const middle = y + BAR / 2;
  const [low, high] = [scale(cell.low), scale(cell.high)];
  const field = s("rect", { x: start, y: y - 1, width: Math.max(high - start, 24) + 30, height: BAR + 2, fill: "transparent" });
  telling(field, fill(words.plots.tip, { ...cell, row: row.title, model }), slice, cell.hits);
  if (!cell.hits) return [faint(start + 6, y + BAR - 2, cell.per_100, { "font-size": 12 }), field];
  const look = { fill: seriesFill(plot.id, at), stroke: seriesColour(at) };
  const bar = s("rect", { x: start, y, width: Math.max(scale(cell.share) - start, 1), height: BAR, ...look });
  // Drawn twice, so that the line can be seen on a bar and beside it.
  const d = `M${low},${middle} H${high} M${low},${middle - 3.5} v7 M${high},${middle - 3.5} v7`;
  const line = (width, stroke) => s("path", { d, stroke, "stroke-width": width, fill: "none" });
  const whisker = [line(3.6, "var(--surface)"), line(1.3, "var(--ink)")];
  return [bar, ...whisker, label(high + 6, y + BAR - 2, cell.per_100, { "font-size": 12 }), field];
}

const cellSlice = (row, severity, at) => ({ ...row.slice, model: shown.models[at].id, ...(severity === "*" ? {} : { severity }) });

// Parts of a whole, side by side from 0 to 100; each has its number in it where there is room.
function stack(svg, parts, total, x, y, width, height) {
  let from = x;
  for (const part of parts) {
    const long = total ? (width * part.count) / total : 0;
    if (long > 0) {
      const box = { x: from, y, width: long, height };
      svg.append(s("rect", { ...box, fill: part.fill, stroke: "var(--surface)", "stroke-width": 1.5 }));
      const halo = part.halo ? { stroke: part.halo, "stroke-width": 3.5, "paint-order": "stroke" } : {};
      const look = { "text-anchor": "middle", "font-size": 12, "font-weight": 550, fill: part.ink, ...halo };
      if (measure(part.text, 12, 550) + 8 < long) svg.append(label(from + long / 2, y + height / 2 + 4.5, part.text, look));
      svg.append(telling(s("rect", { ...box, fill: "transparent" }), part.tip, part.slice, part.count));
    }
    from += long;
  }
}

const ratingFill = (value) => `var(--rating-${value})`;
const ratingInk = (value) => `var(--rating-ink-${value})`;

function drawRatings(plot, width) {
  const box = { width: 14, height: 10, stroke: "var(--line-strong)" };
  const boxAt = (value) => (x, y) => s("rect", { x, y, ...box, fill: ratingFill(value) });
  const legend = [1, 2, 3, 4, 5].map((value) => [boxAt(value), String(value)]);
  const { svg, top } = frame(plot.id, plot.title, plot.axis, legend, width);
  const left = Math.min(width * 0.34, 16 + Math.max(...shown.models.map((model) => measure(model.name))));
  const right = 104;
  let y = top;
  for (const row of plot.rows) {
    svg.append(label(0, y + 14, row.title, { "font-weight": 620 }));
    y += 22;
    row.cells.forEach((cell, at) => {
      svg.append(label(left - 10, y + 13, fitted(shown.models[at].name, left - 14), { "text-anchor": "end" }));
      const { id: model, name } = shown.models[at];
      const parts = cell.values.map((count, index) => {
        const value = String(index + 1);
        const tip = fill(words.plots.rating_tip, { row: row.title, model: name, value, hits: count, n: cell.n });
        return { count, text: value, fill: ratingFill(value), ink: ratingInk(value), slice: { ...row.slice, model, value }, tip };
      });
      stack(svg, parts, cell.n, left, y, width - left - right, 18);
      svg.append(label(width - right + 8, y + 13, cell.mean || "–", { "font-weight": 620 }));
      svg.append(faint(width, y + 13, `n ${cell.n}`, { "text-anchor": "end" }));
      y += 21;
    });
    y += 8;
  }
  return finishFrame(svg, width, y);
}

// The look of a part in a model's colour: on a pattern its text needs a halo.
function seriesLook(plot, at) {
  const solid = PATTERNS[at % PATTERNS.length] === "solid";
  return { fill: seriesFill(plot, at), ...(solid ? { ink: "var(--surface)" } : { ink: "var(--ink)", halo: "var(--surface)" }) };
}

function drawPreferences(plot, width) {
  const { svg, top } = frame(plot.id, plot.title, plot.axis, [], width);
  let y = top;
  for (const row of plot.rows) {
    const [first, second] = row.models.map((id) => shown.models.findIndex((model) => model.id === id));
    const looks = {
      first: seriesLook(plot.id, first), tie: { fill: "var(--sunken)", ink: "var(--ink)" },
      neither: { fill: "var(--muted)", ink: "var(--surface)" }, second: seriesLook(plot.id, second),
    };
    const parts = row.parts.map((part) => {
      const tip = fill(words.plots.preference_tip, { row: part.title, hits: part.hits, n: part.n });
      return { ...looks[part.outcome], count: part.hits, text: `${part.per_100} %`, slice: part.slice, tip };
    });
    svg.append(label(0, y + 14, row.title, { "font-weight": 620 }));
    svg.append(faint(width, y + 14, `n ${row.n}`, { "text-anchor": "end" }));
    stack(svg, parts, row.n, 0, y + 24, width, 26);
    svg.append(s("rect", { x: 0.5, y: y + 24.5, width: width - 1, height: 25, fill: "none", stroke: "var(--line-strong)" }));
    y += 70;
    let x = 0;
    for (const part of row.parts) {
      const text = `${part.title} ${part.hits}`;
      if (x > 0 && x + 20 + measure(text) > width) {
        x = 0;
        y += 20;
      }
      const box = { x, y: y - 10, width: 14, height: 10, fill: looks[part.outcome].fill, stroke: "var(--line-strong)" };
      svg.append(s("rect", box), label(x + 20, y, text));
      x += 38 + measure(text);
    }
    y += 26;
  }
  return finishFrame(svg, width, y - 8);
}
