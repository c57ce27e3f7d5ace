// The visits on this device: the list, going from one to another, beginning and deleting one.

import { desk, newVisit, now, tell, view } from './desk.js';
import { button, clockTime, h, sheet } from './dom.js';
import { ChangedElsewhere, forgetVisit, keeper, readVisits } from './drafts.js';
import { WORDS } from './words.js';

const find = id => document.getElementById(id);
const drafts = keeper(showKept);
export const settled = () => drafts.settled();

/** The visits of earlier, and the last of them opened; a new one where there is none, or where none can be kept. */
export async function openVisits() {
  try {
    desk.visits = await readVisits();
  } catch (error) {
    showKept({ failed: error });
  }
  goTo(desk.visits[0] ?? newVisit());
  find('visits').addEventListener('change', ({ target }) => goTo(desk.visits.find(({ id }) => id === target.value)));
  find('new-visit').addEventListener('click', () => { beginVisit(); find('transcript').focus(); });
  find('forget').addEventListener('click', askToForget);
}

export function goTo(visit) {
  desk.visit = visit;
  Object.assign(view, { mode: 'marks', chosen: null, pending: null, draft: null });
  tell('visit');
}

/** A visit with this transcript; the present one where nothing is in it yet. */
export function beginVisit(transcript = '', title = '') {
  const { visit } = desk;
  if (visit.notes.length || visit.transcript) goTo(newVisit());
  if (transcript) {
    Object.assign(desk.visit, { transcript, title });
    keep();
  }
  tell('visit');
}

/** Keeps the present visit as it is now; one without a word is not worth it. */
export function keep() {
  const { visit } = desk;
  if (!visit.transcript && !visit.revision) return;
  visit.touched = now();
  desk.visits = [visit, ...desk.visits.filter(({ id }) => id !== visit.id)];
  drafts.keep(visit);
}

export function drawVisits() {
  const listed = desk.visits.some(({ id }) => id === desk.visit.id) ? desk.visits : [desk.visit, ...desk.visits];
  find('visits').replaceChildren(...listed.map(visit => h('option', { value: visit.id }, nameOf(visit))));
  find('visits').value = desk.visit.id;
  for (const id of ['visits', 'new-visit', 'forget']) find(id).disabled = desk.state === 'writing';
}

function nameOf(visit) {
  const words = visit.title || visit.transcript.trim().replace(/\s+/g, ' ').slice(0, 60) || WORDS.untitled;
  const made = new Date(visit.created);
  const today = made.toDateString() === new Date().toDateString();
  return `${today ? clockTime(made).slice(0, 5) : made.toLocaleDateString()}  ${words}`;
}

function showKept({ kept, failed }) {
  const box = find('kept');
  box.classList.toggle('bad', Boolean(failed));
  if (kept) box.textContent = WORDS.kept(clockTime(kept));
  else box.textContent = failed instanceof ChangedElsewhere ? WORDS.elsewhere : WORDS.notKept(failed.message || failed.name);
}

function askToForget() {
  const go = async () => {
    const { id } = desk.visit;
    box.close();
    await settled();
    await forgetVisit(id);
    desk.visits = desk.visits.filter(visit => visit.id !== id);
    goTo(desk.visits[0] ?? newVisit());
  };
  const box = sheet(document.body, WORDS.forgetTitle, h('p', {}, WORDS.forgetText), [
    button(WORDS.cancel, () => box.close()),
    button(WORDS.forgetYes, go, { class: 'btn danger' }),
  ]);
}
