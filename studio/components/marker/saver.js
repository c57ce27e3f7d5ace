// Saving: each act is sent at once, one after the other, so that the revision is always known. An act that fails stays in the
// queue and is tried again; leaving the page is blocked until the queue is empty.

const saver = { queue: [], sending: false, failures: 0, timer: null, trouble: null, last: null, unsent: new Set() };
const ANSWER_LIMIT_MS = 15000;

// One request to the desk; undefined when the server did not answer (Gradio's client swallows the reason).
async function ask(request) {
  const late = new Promise((resolve) => { setTimeout(resolve, ANSWER_LIMIT_MS); });
  try {
    return await Promise.race([server.act(request), late]);
  } catch {
    return undefined;
  }
}

function save(act, done) {
  const waiting = saver.queue.findLast((item) => item.act.do === act.do);
  // A newer text of the same correction takes the place of one that was not sent yet.
  if (act.do === "correct" && waiting && waiting.act.side === act.side && !(saver.sending && waiting === saver.queue[0])) {
    Object.assign(waiting.act, { text: act.text, editing: waiting.act.editing + act.editing });
  } else {
    saver.queue.push({ act, done });
  }
  pump();
}

async function pump() {
  clearTimeout(saver.timer);
  if (saver.sending || saver.trouble || !saver.queue.length) return showSaving();
  saver.sending = true;
  showSaving();
  const item = saver.queue[0];
  const seconds = takeSeconds(clock);
  const answer = await ask({ ...item.act, review: desk.review.id, seen: desk.review.revision, seconds });
  saver.sending = false;
  if (answer === undefined) { clock.counted += seconds; return retryLater(); }
  saver.failures = 0;
  if (!answer.ok) return refused(answer);
  saver.queue.shift();
  saver.last = answer.saved;
  if (answer.revision !== undefined) desk.review.revision = answer.revision;
  if (item.done) item.done(answer);
  return pump();
}

function retryLater() {
  const seconds = Math.min(10, 2 ** saver.failures);
  saver.failures += 1;
  saver.timer = setTimeout(pump, seconds * 1000);
  showSaving(seconds);
}

// The server answered, and said no: the sentence is shown, and nothing more is sent until the reviewer has chosen.
function refused(answer) {
  saver.trouble = answer;
  showSaving();
}

// Takes what is stored; with keep, what could not be saved is then done again on top of it.
async function reloadReview(keep) {
  const answer = await ask({ do: "open", encounter: desk.encounter.id });
  if (!answer?.ok) return;
  if (keep) flushEditors();
  const waiting = keep ? saver.queue : [];
  const { correcting } = view;
  Object.assign(saver, { queue: [], trouble: null, failures: 0 });
  saver.unsent.clear();
  take(answer);
  for (const { act } of waiting) {
    rememberStep(act);
    applyLocally(act);
  }
  rebuild();
  if (correcting) correctSide(correcting);
  for (const { act, done } of waiting) save(act, done);
}

const unsaved = () => saver.queue.length > 0 || saver.unsent.size > 0;

function showSaving(seconds) {
  const box = root.querySelector(".saving");
  if (!box) return;
  box.dataset.tone = saver.trouble || saver.failures ? "bad" : saver.queue.length ? "busy" : "good";
  if (saver.trouble) {
    const sentence = fill(words.saving.refused, { sentence: saver.trouble.sentence });
    const reload = button(words.saving.reload, () => reloadReview(false));
    const again = saver.trouble.kind === "Conflict" && button(words.saving.reload_keep, () => reloadReview(true));
    box.replaceChildren(sentence, reload, again || "");
  } else if (saver.failures) {
    if (seconds) box.replaceChildren(fill(words.saving.failed, { n: seconds }), button(words.saving.retry, pump));
  } else if (saver.queue.length) {
    box.replaceChildren(words.saving.saving);
  } else {
    box.replaceChildren(saver.last ? fill(words.saving.saved, { time: clockTime(saver.last) }) : words.saving.unchanged);
  }
}

function blockLeaving(event) {
  flushEditors();
  if (unsaved()) event.preventDefault();
}

// Time at work: the seconds between signs of life, pauses of more than 30 s left out. It travels with every act, and by itself
// while someone only reads.
const IDLE_SECONDS = 30;
const newClock = () => ({ last: 0, counted: 0 });
const clock = newClock();

function tick(one) {
  const moment = performance.now() / 1000;
  const passed = moment - one.last;
  if (one.last && passed <= IDLE_SECONDS) one.counted += passed;
  one.last = moment;
}

const signOfLife = () => tick(clock);

function takeSeconds(one) {
  const seconds = one.counted;
  one.counted = 0;
  return seconds;
}

async function reportTime() {
  if (clock.counted < 1 || !desk.review || desk.review.status !== "draft") return;
  const seconds = takeSeconds(clock);
  const answer = await ask({ do: "seconds", review: desk.review.id, seconds });
  if (!answer?.ok) clock.counted += seconds;
}
