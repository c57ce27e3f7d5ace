// The tables beneath the plots; every count leads to the encounters behind it.

const head = (text, more = {}) => h("th", { scope: "col", ...more }, text);
const cellOf = (...content) => h("td", {}, ...content);
const columns = words.plots.columns;
const thousands = (n) => n.toLocaleString("en-GB");

// ``heads`` are one row of heads or several.
function tableOf(title, heads, body) {
  const table = h("table", {}, h("thead", {}, ...heads.map((row) => h("tr", {}, ...row))), h("tbody", {}, ...body));
  return h("div", { class: "listing figures-table", tabindex: "0", role: "region", "aria-label": title }, table);
}

function sharesTable(plot, rows, severity) {
  const models = shown.models.map((model) => head(model.name, { class: "model", scope: "colgroup", colspan: 3 }));
  const each = shown.models.flatMap(() => [head(columns.notes, { class: "model" }), head(columns.share), head(columns.marks)]);
  const body = [];
  let heading = "";
  for (const row of rows) {
    if (row.heading !== heading) {
      heading = row.heading;
      body.push(h("tr", { class: "heading" }, h("th", { scope: "colgroup", colspan: each.length + 1 }, heading)));
    }
    const cells = row.cells[severity].flatMap((cell, at) => shareCells(row, severity, cell, at));
    body.push(h("tr", {}, h("th", { scope: "row" }, row.title), ...cells));
  }
  return tableOf(plot.title, [[head(columns[plot.id], { rowspan: 2 }), ...models], each], body);
}

function shareCells(row, severity, cell, at) {
  if (!cell) return [cellOf("–"), cellOf(""), cellOf("")];
  const slice = cellSlice(row, severity, at);
  const of = ` ${columns.of} ${thousands(cell.n)}`;
  const notes = h("td", { class: "model" }, numberLink(thousands(cell.hits), slice, cell.hits), of);
  const share = cellOf(cell.per_100, h("span", { class: "range" }, ` (${cell.range})`));
  return [notes, share, cellOf(numberLink(thousands(cell.marks), slice, cell.marks))];
}

// The head of a row that goes on over several lines.
const rowHead = (row, at, lines) => (at === 0 ? h("th", { scope: "rowgroup", rowspan: lines }, row.title) : null);

function ratingsTable(plot) {
  const names = ["dimension", "model", "mean", "n", "1", "2", "3", "4", "5", "not_judged"];
  const count = (n, slice) => cellOf(numberLink(thousands(n), slice, n));
  const body = plot.rows.flatMap((row) => row.cells.map((cell, at) => {
    const slice = { ...row.slice, model: shown.models[at].id };
    const values = cell.values.map((n, index) => count(n, { ...slice, value: String(index + 1) }));
    const counts = [count(cell.n, slice), ...values, count(cell.not_judged, { ...slice, value: "" })];
    const lead = [rowHead(row, at, row.cells.length), cellOf(shown.models[at].name), cellOf(h("b", {}, cell.mean || "–"))];
    return h("tr", { class: at === 0 ? "first" : null }, ...lead, ...counts);
  }));
  return tableOf(plot.title, [names.map((name) => head(columns[name] || name))], body);
}

function preferencesTable(plot) {
  const body = plot.rows.flatMap((row) => {
    const lines = [...row.parts, { title: columns.open, hits: row.open.hits, slice: row.open.slice }];
    return lines.map((part, at) => {
      const of = part.range ? ` ${columns.of} ${thousands(part.n)}` : "";
      const share = part.range ? [part.per_100, h("span", { class: "range" }, ` (${part.range})`)] : [];
      return h("tr", { class: at === 0 ? "first" : null }, rowHead(row, at, lines.length), cellOf(part.title),
        cellOf(numberLink(thousands(part.hits), part.slice, part.hits), of), cellOf(...share));
    });
  });
  return tableOf(plot.title, [[head(columns.pair), head(columns.outcome), head(columns.n_compared), head(columns.share)]], body);
}

function editsTable(plot) {
  const names = ["model", "corrected", "words", "characters", "minutes"];
  const name = (id) => shown.models.find((model) => model.id === id).name;
  const body = plot.rows.map((row) => {
    const range = (column) => row.ranges[column] && h("span", { class: "range" }, ` (${row.ranges[column]})`);
    const texts = ["words", "characters", "minutes"].map((column) => cellOf(row[column] || "–", range(column)));
    return h("tr", {}, h("th", { scope: "row" }, name(row.model)), cellOf(numberLink(thousands(row.n), row.slice, row.n)), ...texts);
  });
  return tableOf(plot.title, [names.map((column) => head(columns[column]))], body);
}

// Each plot as rows for a CSV file, heads first; shares with every severity.
function csvRows(plot) {
  if (plot.kind === "shares") {
    const numbers = ["hits", "n", "share", "low", "high", "marks"];
    const lines = (row) => Object.entries(row.cells).flatMap(([severity, cells]) => cells.map((cell, at) => {
      const where = [row.title, row.slice.group, severity === "*" ? "" : severity, shown.models[at].id];
      return cell && [...where, ...numbers.map((name) => cell[name])];
    }));
    const heads = [plot.id, "group", "severity", "model", "notes_with_one", "notes", "share", "low_95", "high_95", "marks"];
    return [heads, ...plot.rows.flatMap(lines).filter(Boolean)];
  }
  if (plot.kind === "ratings") {
    const line = (row, cell, at) => [row.slice.dimension, shown.models[at].id, cell.mean, cell.n, ...cell.values, cell.not_judged];
    const rows = plot.rows.flatMap((row) => row.cells.map((cell, at) => line(row, cell, at)));
    return [["dimension", "model", "mean", "n", "1", "2", "3", "4", "5", "not_judged"], ...rows];
  }
  if (plot.kind === "preferences") {
    const line = (row, part) => [...row.models, part.outcome, part.hits, part.n, part.share, part.low, part.high];
    const rows = plot.rows.flatMap((row) => row.parts.map((part) => line(row, part)));
    return [["first", "second", "outcome", "reviews", "of", "share", "low_95", "high_95"], ...rows];
  }
  const medians = ["words", "characters", "minutes"];
  const heads = ["model", "corrected_notes", ...medians.flatMap((name) => [`${name}_median`, `${name}_median_95`])];
  return [heads, ...plot.rows.map((row) => [row.model, row.n, ...medians.flatMap((name) => [row[name], row.ranges[name]])])];
}
