// Putting the page together, and drawing it anew when a choice, the width or the light changes.

const root = element.querySelector(".figures");
let shown = null;
const looks = { severity: "*", group: "hallucination" };
const redraws = [];

async function ask(request) {
  try {
    return await server.act(request);
  } catch {
    return undefined;
  }
}

async function load() {
  const answer = await ask({ do: "figures", chosen: chosenNow() });
  redraws.length = 0;
  if (!answer) return root.replaceChildren(h("p", { class: "empty-state", role: "alert" }, words.page.unreachable));
  if (!answer.ok) return root.replaceChildren(nothing(answer.sentence, words.page.show_all, location.pathname));
  if (answer.empty) return root.replaceChildren(nothing(answer.empty.sentence, words.page.to_queue, "/"));
  shown = answer.shown;
  const top = [summary(), choices(answer.choices)];
  if (shown.none) return root.replaceChildren(...top, nothing(shown.none, words.page.show_all, location.pathname));
  root.replaceChildren(...top, cards(), h("div", { class: "plots" }, ...shown.plots.map(plotCard)), exportSection(), tip);
  draw();
  return showSlice();
}

const nothing = (sentence, text, href) =>
  h("div", { class: "empty-state card" }, h("p", {}, sentence), h("a", { class: "link-button primary", href }, text));

function summary() {
  const unjudged = shown.unjudged && h("span", {}, " ", numberLink(shown.unjudged.text, shown.unjudged.slice), ".");
  const remark = shown.remark && h("p", { class: "sub" }, shown.remark);
  return h("div", { class: "summary" }, h("p", {}, h("b", {}, shown.summary), unjudged), remark);
}

function choices(given) {
  const one = ({ name, title, options, value }) => {
    const entries = options.map(([option, text]) => h("option", { value: option, selected: option === value }, text));
    return h("label", {}, h("span", {}, title), h("select", { name, onchange: choose }, ...entries));
  };
  const several = given.filter((choice) => choice.options.length > 1);
  return h("form", { class: "choices", onsubmit: (event) => event.preventDefault() }, ...several.map(one));
}

function choose(event) {
  const { name, value, options } = event.target;
  const chosen = chosenNow();
  if (value === options[0].value) delete chosen[name];
  else chosen[name] = value;
  history.pushState(null, "", addressOf(chosen, null));
  load().then(() => root.querySelector(`select[name="${name}"]`)?.focus());
}

function cards() {
  const line = ({ model, value, detail, slice }) => {
    const at = shown.models.findIndex((known) => known.id === model);
    const who = at < 0 ? null : h("span", { class: "who" }, legendMark(at), shown.models[at].name);
    const number = h("span", { class: "value" }, numberLink(value, slice));
    return h("div", { class: "line" }, who, number, h("span", { class: "detail" }, detail));
  };
  const card = ({ title, lines, rest }) =>
    h("section", { class: "card" }, h("h2", {}, title), ...lines.map(line), rest && h("p", { class: "detail" }, rest));
  return h("div", { class: "cards" }, ...shown.headline.map(card));
}

function legendMark(at) {
  legendMark.made = (legendMark.made || 0) + 1;
  const id = `legend-${legendMark.made}`;
  return s("svg", { width: 14, height: 10, "aria-hidden": "true" }, patterns(id), swatch(id, at, 0, 0));
}

// A row of buttons of which one is pressed.
function switchOf(title, options, name) {
  const choose = (value) => () => {
    looks[name] = value;
    draw();
  };
  const one = ([value, text]) =>
    h("button", { type: "button", "aria-pressed": String(looks[name] === value), onclick: choose(value) }, text);
  return h("span", { class: "switch", role: "group", "aria-label": title }, ...options.map(one));
}

function plotCard(plot) {
  const [tools, picture, table] = [h("div", { class: "tools" }), h("div", { class: "picture" }), h("div", {})];
  const top = plot.axis ? picture : h("h2", {}, plot.title);
  const card = h("section", { class: `card plot plot-${plot.id}`, "aria-label": plot.title }, tools, top, table);
  redraws.push(() => {
    tools.replaceChildren(...switches(plot), h("span", { class: "spread" }), saveButtons(plot, () => picture.firstElementChild));
    const width = Math.max(320, Math.floor(card.clientWidth - 34));
    if (plot.kind === "shares") {
      const rows = rowsOf(plot);
      picture.replaceChildren(drawShares(plot, rows, looks.severity, width));
      table.replaceChildren(sharesTable(plot, rows, looks.severity));
    } else if (plot.kind === "ratings") {
      picture.replaceChildren(drawRatings(plot, width));
      table.replaceChildren(ratingsTable(plot));
    } else if (plot.kind === "preferences") {
      picture.replaceChildren(drawPreferences(plot, width));
      table.replaceChildren(preferencesTable(plot));
    } else table.replaceChildren(editsTable(plot));
  });
  return card;
}

function switches(plot) {
  if (plot.kind !== "shares") return [];
  const groups = Object.entries(words.plots.groups).filter(([group]) => plot.rows.some((row) => row.slice.group === group));
  const severity = switchOf(words.plots.severity, Object.entries(words.plots.severities), "severity");
  return plot.grouped ? [switchOf(words.plots.count, groups, "group"), severity] : [severity];
}

const rowsOf = (plot) => (plot.grouped ? plot.rows.filter((row) => row.slice.group === looks.group) : plot.rows);

function draw() {
  const place = (node) => `${node.closest(".plot").className}/${node.textContent}`;
  const focused = document.activeElement?.matches?.(".figures .switch button") && place(document.activeElement);
  for (const redraw of redraws) redraw();
  if (focused) [...root.querySelectorAll(".switch button")].find((node) => place(node) === focused)?.focus();
}

// What the pointer rests on, said beside it.
const tip = h("div", { class: "plot-tip", hidden: true, "aria-hidden": "true" });
root.addEventListener("pointermove", (event) => {
  const told = event.target.closest?.("[data-tip]");
  tip.hidden = !told;
  if (!told) return;
  tip.textContent = told.dataset.tip;
  const below = event.clientY + 18;
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${below + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 10 : below}px`;
});
root.addEventListener("pointerleave", () => { tip.hidden = true; });

let lastWidth = 0;
new ResizeObserver(() => {
  if (root.clientWidth === lastWidth || !shown) return;
  lastWidth = root.clientWidth;
  draw();
}).observe(root);
addEventListener("popstate", load);
document.title = `${words.page.title} · Scribeloop`;
load();
