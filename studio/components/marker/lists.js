// The drawer under the notes: what is marked in each note, and the ratings.

const entries = new Map(); // mark id -> {mark, node}: an entry is made again only when its mark changed

function drawLists() {
  const box = root.querySelector(".mark-lists");
  if (!box) return;
  for (const id of entries.keys()) if (!markOf(id)) entries.delete(id);
  if (!box.children.length) box.append(...sides().map(markList));
  for (const [index, side] of sides().entries()) {
    const marks = numbered(side);
    box.children[index].querySelector(".hint").hidden = marks.length > 0;
    arrange(box.children[index].querySelector("ol"), marks.map(entryFor));
  }
}

function markList(side) {
  const name = fill(words.desk.note, { side: SIDE_NAMES[side] });
  const empty = h("p", { class: "hint" }, closed() ? words.marking.closed_none : words.marking.none_note);
  return h("section", { class: "mark-list", "aria-label": name }, sides().length > 1 ? h("h3", {}, name) : null, empty, h("ol"));
}

function entryFor(mark) {
  let known = entries.get(mark.id);
  if (known?.mark !== mark) entries.set(mark.id, (known = { mark, node: markEntry(mark, markActions(mark)) }));
  return named(known.node, nameOf(mark));
}

function named(entry, name) {
  const tag = entry.querySelector(".tag");
  if (tag.textContent !== name) {
    tag.textContent = name;
    tag.setAttribute("aria-label", `${words.marking.show}: ${name}`);
  }
  return entry;
}

const markActions = (mark) => closed() ? null : [
  button(words.marking.edit, () => choose(mark.id, true), { class: "btn quiet" }),
  button(words.marking.delete, () => deleteMark(mark), { class: "btn quiet" }),
];

function markEntry(mark, actions) {
  const label = labelOf(mark);
  const omission = kindOf(mark) === "omission";
  const section = omission && mark.section && desk.labels.section.find((item) => item.id === mark.section)?.title;
  const facts = [
    omission ? `${words.marking.omission}: ${label.title}` : label.title,
    mark.severity && h("span", { class: `severity severity-${mark.severity}` }, words.marking[mark.severity]),
    section && h("span", { class: "fact" }, section),
    mark.important_negative && h("span", { class: "fact" }, words.marking.important_negative),
    mark.evidence && h("button", { type: "button", class: "fact fact-evidence", title: mark.evidence.quote, onclick: () => { choose(mark.id, true); jumpToEvidence(); } }, words.marking.evidence),
  ].filter(Boolean);
  const show = button("", () => choose(mark.id, true), { class: `tag tag-${toneOf(mark)}`, title: label.meaning });
  return h("li", { class: `entry${markClasses(mark.id)}`, "data-id": mark.id }, show,
    h("div", { class: "entry-body" }, h("div", { class: "entry-facts" }, facts), h("q", {}, mark.quote), mark.comment ? h("p", { class: "comment" }, mark.comment) : null),
    actions && h("span", { class: "entry-actions" }, actions));
}

// Tabs, counts, undo and redo: everything that only mirrors the state.
function drawTools() {
  const tools = root.querySelector(".tools");
  if (!tools) return;
  tools.querySelector(".undo").disabled = closed() || !undoing.past.length;
  tools.querySelector(".redo").disabled = closed() || !undoing.future.length;
  const all = desk.labels.dimension.length * sides().length;
  const done = sides().reduce((sum, side) => sum + Object.keys(desk.ratings[side]).length, 0);
  root.querySelector(".tab-marks .count").textContent = String(desk.spans.length + desk.omissions.length);
  if (desk.suggestions) root.querySelector(".tab-suggestions .count").textContent = String(desk.suggestions.marks.length);
  root.querySelector(".tab-ratings .count").textContent = fill(words.judging.rated, { done, all });
}

function pickTab(tab) {
  Object.assign(view, { tab, drawer: true });
  drawDrawer();
  rememberPlace();
}

function drawDrawer() {
  root.dataset.drawer = view.drawer ? "open" : "shut";
  for (const tab of tabs()) {
    const open = view.drawer && view.tab === tab;
    root.querySelector(`.tab-${tab}`).setAttribute("aria-expanded", String(open));
    root.querySelector(`.panel-${tab}`).hidden = !open;
  }
  // The judge's marks stand in the texts only while their list is open.
  if (desk.suggestions) drawMarks();
}

const tabs = () => ["marks", "ratings", ...(desk.suggestions ? ["suggestions"] : [])];

function drawer() {
  const tab = (name, text, key) => h("button", { type: "button", class: `tab tab-${name}`, onclick: () => (view.drawer && view.tab === name ? toggleDrawer() : pickTab(name)) }, text, h("span", { class: "count" }), h("kbd", { "aria-hidden": "true" }, key));
  const toggleDrawer = () => { view.drawer = !view.drawer; drawDrawer(); rememberPlace(); };
  return h("section", { class: "drawer" },
    h("div", { class: "tabs" }, tab("marks", words.desk.marks_tab, "l"), tab("ratings", words.desk.ratings_tab, "r"), desk.suggestions && tab("suggestions", words.desk.suggestions_tab, "s")),
    h("div", { class: "panel panel-marks mark-lists", onmouseover: onHover, onmouseleave: () => light(), onfocusin: onHover }),
    h("div", { class: "panel panel-ratings" }, ratingsTable(), h("p", { class: "anchor", "aria-live": "polite" }, words.judging.anchor_hint)),
    suggestionPanel());
}
