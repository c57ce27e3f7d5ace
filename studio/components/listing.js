// Draws a Listing. Everything that comes from data goes in by textContent; a link is taken only when it is a path of this app
// or of this machine.
const SAFE = /^(\/(?!\/)|http:\/\/(127\.0\.0\.1|localhost)[:/])/;

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined && text !== null) node.textContent = String(text);
  return node;
}

function drawCell(cell) {
  const box = make("td");
  const parts = Array.isArray(cell) ? cell : [cell];
  for (const part of parts) {
    const item = part !== null && typeof part === "object" ? part : { text: part };
    let node = make(item.href && SAFE.test(item.href) ? "a" : "span", item.badge ? `badge badge-${item.badge}` : "", item.text);
    if (node.tagName === "A") {
      node.href = item.href;
      if (item.href.startsWith("http")) { node.target = "_blank"; node.rel = "noopener"; }
      if (item.button) node.className = "link-button";
    }
    box.append(node);
    if (item.sub) box.append(make("div", "sub", item.sub));
  }
  return box;
}

function draw() {
  const root = element.querySelector(".listing");
  const value = props.value;
  root.replaceChildren();
  // Not asked yet is not empty: before the page has its answer nothing is said.
  root.hidden = !value;
  if (!value) return;
  if (!value.rows.length) {
    root.append(make("div", "empty-state", value.empty || "Nothing here yet."));
    return;
  }
  const table = make("table");
  const head = make("tr");
  for (const name of value.columns) {
    // A column of buttons has no name, and a heading that is empty is none.
    const cell = make(name ? "th" : "td", "", name);
    if (name) cell.scope = "col";
    head.append(cell);
  }
  const top = make("thead");
  top.append(head);
  const body = make("tbody");
  for (const row of value.rows) {
    const line = make("tr");
    for (const cell of row) line.append(drawCell(cell));
    body.append(line);
  }
  table.append(top, body);
  root.append(table);
}

watch("value", draw);
draw();
