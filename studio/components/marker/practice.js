// The practice visit: the desk says what to do, and at the end what was planted, beside what the reviewer made of it.

function practiceLead() {
  if (!desk.practice) return null;
  return h("p", { class: "pane-note practice-lead" }, closed() ? words.practice.closed : words.practice.lead);
}

// Shows the planted places in the texts and the sheet about them; called when the desk is drawn.
function drawPractice() {
  root.dataset.practice = desk.practice ? "yes" : "no";
  const feedback = desk.practice?.feedback;
  paint("planted", feedback ? feedback.planted.map(({ place }) => place) : []);
  if (feedback) showFeedback();
}

function showFeedback() {
  const { planted, besides } = desk.practice.feedback;
  const count = (outcome) => planted.filter((one) => one.outcome === outcome).length;
  const summary = fill(words.practice.summary, { found: count("found"), all: planted.length });
  const body = h("div", { class: "feedback" }, h("p", {}, summary), h("ol", {}, planted.map(plantedItem)),
    besides.length ? [h("h3", {}, words.practice.besides), h("ul", {}, besides.map(besidesItem)), h("p", { class: "hint" }, words.practice.besides_meaning)] : null);
  const box = sheet(root, words.practice.title, body, [
    button(words.practice.look, (event) => event.target.closest("dialog").close(), { class: "btn look" }),
    button(words.practice.again, again, { class: "btn again" }), h("a", { class: "link-button primary", href: "/" }, words.practice.to_queue)]);
  box.classList.add("sheet-wide");
}

const labelTitle = ({ kind, label }) => desk.labels[kind === "error" ? "error" : "omission"].find((one) => one.id === label)?.title || label;
const markFacts = (one) => [one.kind === "omission" ? `${words.marking.omission}: ${labelTitle(one)}` : labelTitle(one), one.severity && words.marking[one.severity].toLowerCase()].filter(Boolean).join(", ");

function plantedItem(one) {
  const where = fill(one.kind === "omission" ? words.marking.omission_edit_title : words.desk.note, { side: SIDE_NAMES[one.side] });
  const tone = { found: "good", otherwise: "warn", missed: "bad" }[one.outcome];
  const yours = one.yours && h("p", { class: "yours" }, h("b", {}, words.practice.yours), ` ${markFacts(one.yours)} `, h("q", {}, one.yours.quote));
  return h("li", { class: `planted planted-${one.outcome}` }, h("span", { class: `badge badge-${tone}` }, words.practice.outcomes[one.outcome]),
    h("div", {}, h("p", {}, h("span", { class: "hint" }, `${where} · `), h("b", {}, markFacts(one)), " ", h("q", {}, one.quote)), h("p", { class: "why" }, one.why), yours));
}

function besidesItem(one) {
  return h("li", {}, h("span", { class: "hint" }, `${fill(words.desk.note, { side: SIDE_NAMES[one.side] })} · `), h("b", {}, markFacts(one)), " ", h("q", {}, one.quote));
}

async function again() {
  const answer = await ask({ do: "again" });
  if (!answer?.ok) return void tell(answer ? answer.sentence : words.desk.unreachable);
  root.querySelector("dialog[open]")?.close();
  take(answer);
  return rebuild();
}

function practiceBar() {
  return h("footer", { class: "finish" }, h("span", { class: "question" }, words.practice.done), h("span", { class: "spread" }),
    button(words.practice.show, showFeedback, { class: "btn show-feedback" }), button(words.practice.again, again, { class: "btn quiet again" }),
    h("a", { class: "link-button primary", href: "/" }, words.practice.to_queue));
}
