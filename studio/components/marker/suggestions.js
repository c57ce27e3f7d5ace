// What a model judge would mark, after the first review: a list and a layer of their own, taken over or turned down one by one.

const suggestionOf = (id) => desk.suggestions?.marks.find((mark) => mark.id === id);
// Whatever stands in the texts under this id: a mark of the reviewer's, or a suggestion.
const shownOf = (id) => markOf(id) || suggestionOf(id);
const suggestionName = (mark) => `S${desk.suggestions.marks.indexOf(mark) + 1}`;
const answering = { now: false };

function suggestionLayer(pane) {
  if (!desk.suggestions || !view.drawer || view.tab !== "suggestions") return [];
  const drawn = ({ start, end }, mark, tone) => ({ start, end, id: mark.id, tone, severity: null, tag: `${suggestionName(mark)} ${shortOf(mark)}` });
  const { marks } = desk.suggestions;
  const own = marks.filter((mark) => placeOf(mark).pane === pane).map((mark) => drawn(mark, mark, "suggestion"));
  const linked = pane === "transcript" ? marks.filter((mark) => mark.evidence) : [];
  return [...own, ...linked.map((mark) => drawn(mark.evidence, mark, "evidence"))];
}

function suggestionPanel() {
  if (!desk.suggestions) return null;
  const { by, marks } = desk.suggestions;
  const lead = h("p", { class: "hint" }, marks.length ? fill(words.suggestions.lead, { by }) : words.suggestions.none);
  return h("div", { class: "panel panel-suggestions", onmouseover: onHover, onmouseleave: () => light(), onfocusin: onHover },
    lead, h("ol", {}, marks.map(suggestionEntry)));
}

function suggestionEntry(mark) {
  const act = (does) => () => { choose(mark.id); answerSuggestion(does); };
  const actions = [
    button(words.suggestions.take, act("take_over"), { class: "btn quiet take-over" }),
    button(words.suggestions.down, act("turn_down"), { class: "btn quiet turn-down" }),
  ];
  const entry = named(markEntry(mark, actions), suggestionName(mark));
  entry.querySelector(".entry-facts").prepend(h("span", { class: "fact" }, fill(words.desk.note, { side: SIDE_NAMES[mark.side] })));
  return entry;
}

function suggestionForm(mark) {
  const title = kindOf(mark) === "omission" ? words.suggestions.omission_title : words.suggestions.title;
  const label = labelOf(mark);
  const facts = [h("b", {}, label.title), mark.severity && h("span", { class: `severity severity-${mark.severity}` }, words.marking[mark.severity])];
  const evidence = mark.evidence && [h("q", { class: "evidence-quote" }, mark.evidence.quote), button(words.marking.show_evidence, jumpToEvidence, { class: "btn quiet", key: "v" })];
  return [
    formHead(fill(title, { name: suggestionName(mark), side: SIDE_NAMES[mark.side] })),
    h("div", { class: "field" }, facts),
    h("p", { class: "hint" }, label.meaning),
    mark.comment ? h("p", {}, mark.comment) : null,
    evidence ? h("div", { class: "field" }, evidence) : null,
    h("div", { class: "form-foot" }, button(words.suggestions.take, () => answerSuggestion("take_over"), { class: "btn primary take-over", key: "y" }),
      button(words.suggestions.down, () => answerSuggestion("turn_down"), { class: "btn turn-down", key: "n" })),
  ].filter(Boolean);
}

// The one after the chosen one, round and round, with the list open.
function nextSuggestion() {
  if (view.tab !== "suggestions" || !view.drawer) pickTab("suggestions");
  const { marks } = desk.suggestions;
  if (!marks.length) return;
  reading.on = true;
  choose(marks[(marks.findIndex(({ id }) => id === view.chosen) + 1) % marks.length].id, true);
}

// The answer brings the review as it is then: taken over, the mark stands in a later version, open to be changed.
async function answerSuggestion(does) {
  const mark = suggestionOf(view.chosen);
  if (!mark || answering.now) return;
  answering.now = true;
  flushEditors();
  const answer = (await settled()) ? await ask({ do: does, review: desk.review.id, mark: mark.id }) : { sentence: words.finishing.wait };
  answering.now = false;
  if (!answer?.ok) return void tell(answer ? answer.sentence : words.desk.unreachable);
  const at = desk.suggestions.marks.indexOf(mark);
  const { correcting } = view;
  take(answer);
  rebuild();
  if (correcting) correctSide(correcting);
  const { marks } = desk.suggestions;
  if (marks.length) choose(marks[Math.min(at, marks.length - 1)].id, true);
}
