// Submitting, and what is shown once the review is closed.

function finishBar() {
  if (closed()) return desk.practice ? practiceBar() : closedBar();
  const giveUpButton = !desk.practice && button(words.giving_up.start, askToGiveUp, { class: "btn quiet give-up", key: "C" });
  return h("footer", { class: "finish" }, preference(), h("span", { class: "spread" }), giveUpButton,
    button(words.finishing.submit, askToSubmit, { class: "btn primary submit" }));
}

async function askToSubmit() {
  flushEditors();
  closeForm();
  if (!(await settled())) return void sheet(root, words.finishing.title, h("p", {}, words.finishing.wait), [closing(words.finishing.back)]);
  const answer = await ask({ do: "check", review: desk.review.id });
  if (!answer?.ok) return void sheet(root, words.finishing.title, h("p", {}, answer ? answer.sentence : words.finishing.wait), [closing(words.finishing.back)]);
  const complete = answer.missing.length === 0;
  const body = complete ? h("p", {}, desk.practice ? words.practice.complete : words.finishing.complete) : h("div", {}, h("p", {}, words.finishing.incomplete), gapList(answer.missing));
  const go = button(complete ? words.finishing.submit : words.finishing.anyway, (event) => { event.target.closest("dialog").close(); submit(); }, { class: "btn primary confirm" });
  return void sheet(root, words.finishing.title, body, [closing(words.finishing.back), go]);
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
  const { review, pace } = desk;
  const time = new Date(review.submitted).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const median = pace.median === null ? "" : ` ${fill(words.finishing.median, { time: duration(pace.median) })}`;
  const toQueue = h("a", { class: "link-button", href: "/" }, words.finishing.to_queue);
  const next = desk.next && h("a", { class: "link-button primary", href: `/review?encounter=${encodeURIComponent(desk.next)}` }, words.finishing.next);
  return h("footer", { class: "finish" },
    h("div", { class: "outcome" }, h("span", { class: "question" }, fill(review.cannot_judge ? words.giving_up.ended : words.finishing.submitted, { time })), verdict(),
      h("span", { class: "hint pace" }, fill(words.finishing.pace, { time: duration(pace.seconds) }) + median)),
    h("span", { class: "spread" }), review.cannot_judge ? null : copyButton(words.finishing.copy_final, finalText),
    desk.looking ? null : button(review.cannot_judge ? words.giving_up.reopen : words.finishing.reopen, reopen, { class: "btn quiet reopen" }), toQueue, next);
}

function verdict() {
  const { preference: chosen, cannot_judge: reason, cannot_judge_comment: comment } = desk.review;
  if (reason) return h("span", { class: "reason" }, [reason !== "other" && words.giving_up.reasons[reason], comment].filter(Boolean).join(" "));
  return chosen && h("span", { class: "badge badge-good" }, words.judging[chosen]);
}

// The outcome of the review: the final side's correction, else its note.
function finalText() {
  const { correction, text } = desk.notes[desk.final];
  return correction ? correction.text : text;
}

async function reopen() {
  const answer = await ask({ do: "reopen", review: desk.review.id });
  if (!answer?.ok) return void tell(answer ? answer.sentence : words.desk.unreachable);
  take(answer);
  return rebuild();
}

// A stretch of time as people say it.
function duration(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? fill(words.finishing.seconds, { s: whole }) : fill(words.finishing.minutes, { m: Math.floor(whole / 60), s: whole % 60 });
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
