// The last notes of two models, side by side. To mark or correct one of them, it is taken to the front.

import { desk, showMode, showNote, shownNote, view } from './desk.js';
import { button, h } from './dom.js';
import { WORDS } from './words.js';

const find = id => document.getElementById(id);

/** The last note of each model, the one that the page opened with first. */
function lastNotes() {
  const last = new Map();
  for (const note of desk.visit.notes) last.set(note.model.id, note);
  return [...last.values()];
}

export function drawComparing() {
  const notes = lastNotes();
  const both = view.mode === 'both';
  find('mode-both').hidden = notes.length < 2;
  find('mode-both').setAttribute('aria-pressed', String(both));
  find('both').hidden = !both;
  if (both) find('both').replaceChildren(...notes.map(column));
}

function column(note) {
  const front = note.id === shownNote()?.id;
  return h('section', { 'aria-label': note.model.name },
    h('div', { class: 'both-head' }, h('h3', {}, note.model.name), button(front ? WORDS.atFront : WORDS.toFront, () => showNote(note.id), { class: 'btn quiet' })),
    h('div', { class: 'text', tabindex: '0', role: 'group', 'aria-label': WORDS.noteOf(note.model.name) }, note.text));
}

export function openComparing() {
  find('mode-both').addEventListener('click', () => showMode('both'));
}
