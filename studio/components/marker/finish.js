// Submitting, and what is shown once the review is closed.

function finishBar() {
  if (closed()) return closedBar();
  return h("footer", { class: "finish" }, preference(), button(words.finishing.submit, askToSubmit, { class: "btn primary submit" }));
}

async function askToSubmit() {
  flushEditors();
  closeForm();
  if (!(await settled())) return void sheet(words.finishing.title, h("p", {}, words.finishing.wait), [closing(words.finishing.back)]);
  const answer = await ask({ do: "check", review: desk.review.id });
  if (!answer?.ok) return void sheet(words.finishing.title, h("p", {}, answer ? answer.sentence : words.finishing.wait), [closing(words.finishing.back)]);
  const complete = answer.missing.length === 0;
  const body = complete ? h("p", {}, words.finishing.complete) : h("div", {}, h("p", {}, words.finishing.incomplete), h("ul", { class: "missing" }, answer.missing.map((gap) => h("li", {}, gap))));
  const go = button(complete ? words.finishing.submit : words.finishing.anyway, (event) => { event.target.closest("dialog").close(); submit(); }, { class: "btn primary confirm" });
  return void sheet(words.finishing.title, body, [closing(words.finishing.back), go]);
}

const closing = (text) => button(text, (event) => event.target.closest("dialog").close());

// Waits a moment for the queue to empty.
async function settled() {
  for (let tries = 0; tries < 40 && saver.queue.length; tries += 1) await new Promise((resolve) => { setTimeout(resolve, 50); });
  return saver.queue.length === 0;
}

function submit() {
  save({ do: "submit" }, (answer) => { take(answer); rebuild(); });
}

function closedBar() {
  const toQueue = h("a", { class: "link-button", href: "/" }, words.finishing.to_queue);
  const next = desk.next && h("a", { class: "link-button primary", href: `/review?encounter=${encodeURIComponent(desk.next)}` }, words.finishing.next);
  const chosen = desk.review.preference && h("span", { class: "badge badge-good" }, words.judging[desk.review.preference]);
  return h("footer", { class: "finish" },
    h("span", { class: "question" }, fill(words.finishing.submitted, { time: new Date(desk.review.submitted).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }) })), chosen,
    h("span", { class: "spread" }), button(words.finishing.reopen, reopen, { class: "btn quiet" }), toQueue, next);
}

async function reopen() {
  const answer = await ask({ do: "reopen", review: desk.review.id });
  if (!answer?.ok) return;
  take(answer);
  rebuild();
}

// Who wrote a note; known only after the review was submitted.
function authorship(side) {
  const by = desk.reveal?.[side];
  if (!by) return null;
  const kind = words.finishing.kinds[by.kind] || by.kind;
  const finish = words.finishing.finishes[by.finish_reason] || by.finish_reason;
  const facts = fill(words.finishing.facts, { kind, engine: by.engine, seconds: by.seconds.toFixed(1), tokens: by.tokens, finish });
  return h("p", { class: "pane-note authorship" }, h("b", {}, fill(words.finishing.written_by, { name: by.name })), ` ${facts}`);
}
