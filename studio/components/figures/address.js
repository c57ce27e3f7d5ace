// What is chosen and which number is open stand in the address: it can be kept, sent, and gone back to.

const CHOICES = ["pair", "specialty", "split", "reviewer", "versions"];
const SLICE = "of-";

function chosenNow() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(CHOICES.filter((name) => query.has(name)).map((name) => [name, query.get(name)]));
}

// The number whose encounters are shown, or null.
function sliceNow() {
  const given = [...new URLSearchParams(location.search)].filter(([name]) => name.startsWith(SLICE));
  return given.length ? Object.fromEntries(given.map(([name, value]) => [name.slice(SLICE.length), value])) : null;
}

function addressOf(chosen, slice) {
  const query = new URLSearchParams(chosen);
  for (const [name, value] of Object.entries(slice || {})) query.set(SLICE + name, value);
  const text = query.toString();
  return text ? `${location.pathname}?${text}` : location.pathname;
}

// A number that leads to what it counts; nought of something, or no number, leads nowhere.
function numberLink(text, slice, count = 1) {
  if (!count || !slice) return h("span", { class: "nought" }, text);
  const onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openSlice(slice);
  };
  return h("a", { class: "number", href: addressOf(chosenNow(), slice), onclick }, text);
}
