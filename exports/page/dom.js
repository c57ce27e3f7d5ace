// Making nodes. Text goes in as text, always; there is no innerHTML in any part.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "htmlFor") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

// A button that says what it does; keys, if given, are shown beside its words.
export function button(text, onclick, { key, ...attributes } = {}) {
  return h("button", { type: "button", class: "btn", onclick, ...attributes }, text, key ? h("kbd", { "aria-hidden": "true" }, key) : null);
}

// Makes these nodes the children, moving and removing as few as that takes.
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => { if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] || null); });
}

// Words with their {places} filled in.
export const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

// A fresh id of the shape that the store gives.
export function newId(kind) {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return `${kind}-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export const clockTime = (moment) => new Date(moment).toLocaleTimeString("en-GB");
export const isTyping = (node) => node instanceof HTMLElement && (node.matches("textarea, select, input:not([type=radio], [type=checkbox])") || node.isContentEditable);

// A modal sheet of the browser's own kind, in an element: it keeps the focus and closes on Esc.
export function sheet(within, title, body, actions) {
  const box = h("dialog", { class: "sheet", "aria-label": title }, h("h2", {}, title), body, h("div", { class: "sheet-actions" }, actions));
  box.addEventListener("close", () => box.remove());
  within.append(box);
  box.showModal();
  box.scrollTop = 0;
  return box;
}
