// The encounters behind a number, in a sheet over the page.

let openBox = null;

function openSlice(slice) {
  history.pushState(null, "", addressOf(chosenNow(), slice));
  return showSlice();
}

// Shows what the address says is open, or closes what is not any more.
async function showSlice() {
  const slice = sliceNow();
  openBox?.remove();
  openBox = null;
  if (!slice) return;
  const answer = await ask({ do: "behind", slice, chosen: chosenNow() });
  const list = h("ol", { class: "behind-list" });
  const title = answer?.ok ? answer.title : answer ? answer.sentence : words.page.unreachable;
  const caution = answer?.ok && !answer.all_mine && h("p", { class: "caution" }, words.behind.caution);
  const close = h("button", { type: "button", class: "wide", onclick: () => openBox.close() }, words.behind.close);
  openBox = h("dialog", { class: "behind", "aria-label": title }, h("header", {}, h("h2", {}, title), close), caution, list);
  openBox.addEventListener("close", onClosed);
  openBox.addEventListener("click", (event) => { if (event.target === openBox) openBox.close(); });
  root.append(openBox);
  openBox.showModal();
  if (answer?.ok) addFound(list, answer, slice);
}

function onClosed() {
  openBox?.remove();
  openBox = null;
  if (sliceNow()) history.pushState(null, "", addressOf(chosenNow(), null));
}

function addFound(list, answer, slice) {
  list.append(...answer.found.map(foundEntry));
  if (answer.next === null) return;
  const more = async (event) => {
    event.currentTarget.disabled = true;
    const next = await ask({ do: "behind", slice, chosen: chosenNow(), start: answer.next });
    line.remove();
    if (next?.ok) addFound(list, next, slice);
  };
  const line = h("li", {}, h("button", { type: "button", class: "wide", onclick: more }, words.behind.more));
  list.append(line);
}

function foundEntry(found) {
  const part = (name, text) => text && h("span", { class: name }, text);
  const fact = ({ quote, what, comment, by }) =>
    h("li", {}, quote && h("q", {}, quote), part("what", what), part("comment", comment), part("by", by));
  const facts = h("ul", {}, ...found.facts.map(fact));
  return h("li", {}, h("a", { href: found.href }, found.title), part("sub", found.sub), facts, part("sub", found.more));
}
