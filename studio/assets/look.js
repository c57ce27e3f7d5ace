// How the studio looks to one person in one browser: light, dark or as the system says; how large texts to be read are; and
// whether keys of a single character act. The same switch stands in the bar of every page.
{
  const KEY = "scribeloop.look";
  const words = JSON.parse(document.querySelector("#look-words").textContent);
  const SIZES = [1, 2, 3, 4];
  const system = matchMedia("(prefers-color-scheme: dark)");
  const look = { theme: "system", size: 2, keys: "on", ...stored() };

  function stored() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  }

  function apply() {
    Object.assign(document.documentElement.dataset, { size: look.size, keys: look.keys });
    document.body.classList.toggle("dark", look.theme === "system" ? system.matches : look.theme === "dark");
    for (const node of document.querySelectorAll("look-switch button")) node.setAttribute("aria-pressed", String(String(look[node.name]) === node.value));
  }

  function choose(name, value) {
    look[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(look));
    } catch {
      // Without storage the choice holds for this page.
    }
    apply();
  }

  function make(tag, attributes, ...children) {
    const node = Object.assign(document.createElement(tag), attributes);
    node.append(...children);
    return node;
  }

  function row(name, values) {
    const buttons = values.map((value) => make("button", { type: "button", name, value, className: `look-${name}-${value}`, title: words[name][value], ariaLabel: words[name][value], onclick: () => choose(name, value) }, name === "size" ? "A" : words[name][value]));
    const line = make("div", { className: "look-row" }, ...buttons);
    line.setAttribute("role", "group");
    line.setAttribute("aria-label", words[`${name}_title`]);
    return make("div", {}, make("span", { className: "look-title" }, words[`${name}_title`]), line);
  }

  class LookSwitch extends HTMLElement {
    connectedCallback() {
      if (this.children.length) return;
      const summary = make("summary", { title: words.title, ariaLabel: words.title }, "Aa");
      const box = make("details", {}, summary, make("div", { className: "look-menu" }, row("size", SIZES), row("theme", ["light", "dark", "system"]), row("keys", ["on", "off"])));
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !box.open) return;
        event.stopPropagation();
        box.open = false;
        summary.focus();
      });
      this.append(box);
      apply();
    }

    resize(by) {
      choose("size", SIZES[Math.max(0, Math.min(SIZES.length - 1, SIZES.indexOf(look.size) + by))]);
    }
  }

  if (!customElements.get("look-switch")) {
    customElements.define("look-switch", LookSwitch);
    document.addEventListener("click", ({ target }) => {
      for (const box of document.querySelectorAll("look-switch details[open]")) if (!box.contains(target)) box.open = false;
    });
    system.addEventListener("change", apply);
    // Gradio sets the class by itself when a page starts and when the system changes; the reader's choice holds.
    new MutationObserver(apply).observe(document.body, { attributeFilter: ["class"] });
    apply();
  }
}
