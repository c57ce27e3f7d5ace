// The list of the shown note's marks, under the note.

import { shownNote, view } from './desk.js';
import { button, h } from './dom.js';
import { deleteMark, findMark, inOrder, kindOf, labelOf, numberOf, toneOf } from './marks.js';
import { choose, rangeOf } from './panes.js';
import { WORDS } from './words.js';

const find = id => document.getElementById(id);

export function drawList() {
  const note = shownNote();
  const marks = note ? inOrder(note) : [];
  find('marks-count').textContent = String(marks.length);
  find('marks-none').hidden = marks.length > 0;
  find('marks-list').replaceChildren(...marks.map(entry));
  find('undo').disabled = !note?.past.length;
  find('redo').disabled = !note?.future.length;
}

function entry(mark) {
  const kind = kindOf(mark);
  const label = labelOf(mark);
  const number = numberOf(mark);
  const title = kind === 'omission' ? `${WORDS.omission}: ${label.title}` : label.title;
  const show = button(String(number), () => goTo(mark), { class: `tag tag-${toneOf(kind, label)}`, title: label.meaning, 'aria-label': `${WORDS.show} ${number}` });
  const severity = mark.severity && h('span', { class: `severity-${mark.severity}` }, WORDS[mark.severity]);
  const negative = mark.important_negative && h('span', { class: 'quiet' }, WORDS.negative);
  return h('li', { class: mark.id === view.chosen ? 'entry chosen' : 'entry', 'data-id': mark.id }, show,
    h('div', { class: 'entry-body' }, h('div', { class: 'entry-facts' }, title, severity, negative), h('q', {}, mark.quote),
      mark.comment ? h('p', { class: 'comment' }, mark.comment) : null),
    button(WORDS.delete, () => deleteMark(mark), { class: 'btn quiet', 'aria-label': `${WORDS.delete} ${number}` }));
}

export function goTo(mark) {
  choose(mark.id);
  rangeOf(kindOf(mark), mark).startContainer.parentElement?.scrollIntoView({ block: 'center' });
}

/** From the chosen mark to the next one, or the one before; round and round. */
export function stepMark(by) {
  const marks = shownNote() ? inOrder(shownNote()) : [];
  if (!marks.length) return;
  const at = marks.findIndex(({ id }) => id === view.chosen);
  goTo(marks.at(((at < 0 && by < 0 ? 0 : at) + by) % marks.length));
}
