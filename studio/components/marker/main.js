// Putting the desk together, and opening it.

const root = element.querySelector(".desk");

function topBar() {
  const title = desk.encounter.title || fill(words.desk.untitled, { id: desk.encounter.id });
  const facts = [desk.encounter.specialty, desk.encounter.synthetic && words.desk.invented, desk.review.version > 1 && fill(words.desk.version, { n: desk.review.version }), desk.looking];
  document.title = `${title} · ${words.desk.page_title}`;
  return h("header", { class: "bar" },
    h("a", { class: "brand", href: "/" }, "Scribeloop"),
    h("a", { class: "back", href: "/" }, words.desk.queue),
    h("h1", { title }, title), facts.filter(Boolean).map((fact) => h("span", { class: "badge" }, fact)),
    h("span", { class: "spread" }),
    h("span", { class: "told hint", role: "status" }),
    h("span", { class: "saving", role: "status" }),
    h("span", { class: "tools" },
      sides().length > 1 && button(words.desk.differences, toggleDifferences, { class: "btn quiet differ", key: "d", "aria-pressed": "false", title: words.desk.differences_meaning }),
      button(words.desk.undo, undo, { class: "btn quiet undo" }), button(words.desk.redo, redo, { class: "btn quiet redo" }),
      button(words.guideline.title, showGuideline, { class: "btn quiet guide", key: "g" }), h("look-switch"), button("?", showHelp, { class: "btn quiet", "aria-label": words.desk.help, title: words.desk.help })));
}

// Texts that are set anew, wider or larger, take what is painted behind them along.
const resized = new ResizeObserver((changes) => {
  repaint(Object.keys(paneTexts).filter((pane) => changes.some(({ target }) => target === paneTexts[pane])));
  placeForm();
});
const PANE_KEYS = { transcript: "t", left: "a", right: "b" };

function textPane(name, title, extra, notes) {
  const text = h("div", { class: `text text-${name}`, onmouseover: onHover, onmouseleave: () => light(), onclick: onTextClick });
  paneTexts[name] = text;
  resized.observe(text);
  const count = fill(words.desk.words, { n: (name === "transcript" ? desk.encounter.transcript : desk.notes[name].text).split(/\s+/).filter(Boolean).length });
  return h("section", { class: `pane pane-${name}` },
    h("header", { class: "pane-head" }, h("h2", {}, title), h("kbd", { "aria-hidden": "true" }, PANE_KEYS[name]), h("span", { class: "hint count" }, count), h("span", { class: "spread" }), extra),
    notes, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title, onfocus: (event) => onPaneFocus(event, name), onscroll: () => { placeForm(); rememberPlace(); } },
      h("div", { class: "ground", "aria-hidden": "true" }), text));
}

function notePane(side) {
  const note = desk.notes[side];
  const shortened = note.shortened_words > 0 && h("p", { class: "pane-note warning" }, fill(words.desk.shortened, { n: note.shortened_words }));
  const text = closed() ? words.correcting.read : note.correction ? words.correcting.resume : words.correcting.start;
  if (note.withheld) return withheldPane(side);
  const correct = (!closed() || note.correction) && button(text, () => correctSide(view.correcting === side ? null : side), { class: "btn correct", "aria-pressed": "false", key: "w" });
  const differing = h("p", { class: "pane-note differing", role: "status" });
  return textPane(side, fill(words.desk.note, { side: SIDE_NAMES[side] }), correct, [authorship(side), distance(side), shortened, differing].filter(Boolean));
}

// Draws the whole desk; used at the opening and when a review is closed or opened again.
function rebuild() {
  keepPlace();
  resized.disconnect();
  recallView();
  Object.assign(view, { chosen: null, lit: null, pending: null, draft: null, linking: null, correcting: null });
  painted.clear();
  entries.clear();
  Object.assign(undoing, desk.history || { past: [], future: [] });
  for (const side of Object.keys(editors)) delete editors[side];
  for (const pane of Object.keys(paneTexts)) delete paneTexts[pane];
  const linking = h("p", { class: "pane-note linking", role: "status" }, words.marking.linking);
  const reopened = desk.review.version > 1 && !closed() && h("p", { class: "pane-note warning" }, words.finishing.reopened);
  const find = button(words.finding.find, openFind, { class: "btn quiet", key: "/" });
  const transcript = textPane("transcript", words.desk.transcript, find, [findBar(), practiceLead(), linking, reopened].filter(Boolean));
  const notes = h("div", { class: "notes" }, h("div", { class: "note-panes" }, sides().map(notePane)), drawer());
  root.dataset.state = closed() ? "closed" : "draft";
  root.dataset.notes = String(sides().length);
  root.replaceChildren(topBar(), h("div", { class: "panes" }, transcript, notes), finishBar(), formBox, h("p", { class: "announcer", "aria-live": "polite" }));
  Object.keys(paneTexts).forEach(layPane);
  drawAll();
  recallPlace();
  drawPractice();
}

function drawAll() {
  drawEditor();
  drawMarks();
  drawDifferences();
  drawDrawer();
  showChosen();
  showSaving();
}

function showNothing(sentence, ...links) {
  root.dataset.state = "empty";
  root.replaceChildren(h("div", { class: "nothing" }, h("a", { class: "brand", href: "/" }, "Scribeloop"), h("p", {}, sentence), h("div", { class: "links" }, links)));
}

function showEmpty({ encounter, one }) {
  const id = encodeURIComponent(encounter);
  const write = h("a", { class: "link-button primary", href: `/notes?encounter=${id}` }, words.desk.write_notes);
  const single = one && h("a", { class: "link-button", href: `/review?encounter=${id}&outputs=${encodeURIComponent(one)}` }, words.desk.review_one);
  showNothing(one ? words.desk.needs_two : words.desk.needs_any, write, single || "", h("a", { class: "link-button", href: "/" }, words.desk.queue));
}

async function openDesk() {
  const query = new URLSearchParams(location.search);
  const request = query.has("review") ? { do: "look", review: query.get("review") } : { do: "open", encounter: query.get("encounter") };
  if (query.get("outputs")) request.outputs = query.get("outputs").split(",");
  const answer = await ask(request);
  const toQueue = h("a", { class: "link-button", href: "/" }, words.desk.queue);
  if (answer === undefined) return showNothing(words.desk.unreachable, button(words.desk.reload, () => location.reload(), { class: "btn primary" }));
  if (!answer.ok) return showNothing(answer.sentence, toQueue);
  if (answer.empty) return showEmpty(answer.empty);
  take(answer);
  return rebuild();
}

// A selection is taken when the pointer or key that made it is let go; on a touch screen when its handles have come to rest.
let pointerDown = false;
let resting = null;
const listeners = {
  pointerdown: () => { pointerDown = true; },
  pointerup: (event) => { pointerDown = false; if (event.pointerType !== "touch" && desk.review) setTimeout(() => onSelected(event), 0); },
  pointercancel: () => { pointerDown = false; },
  selectionchange: () => { clearTimeout(resting); resting = setTimeout(() => { if (!pointerDown && desk.review) onSelected(); }, 700); },
  keydown: onKey,
  visibilitychange: () => { if (document.hidden) { keepPlace(); flushEditors(); reportTime(); } },
};
for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
for (const name of ["pointerdown", "pointermove", "keydown", "wheel"]) document.addEventListener(name, signOfLife, { passive: true });
addEventListener("beforeunload", blockLeaving);
addEventListener("pagehide", keepPlace);
addEventListener("resize", placeForm);
addEventListener("online", pump);
setInterval(reportTime, 15000);
openDesk();
