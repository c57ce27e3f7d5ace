// The small form beside chosen words or a chosen mark. Choosing a type makes the mark; what is changed after that is kept at once.

import { desk, tell, view } from './desk.js';
import { button, h } from './dom.js';
import { addMark, deleteMark, editMark, findMark, kindOf, labelsOf, numberOf, relabel, toneOf } from './marks.js';
import { boxOf, choose, rangeOf } from './panes.js';
import { WORDS } from './words.js';

const box = document.getElementById('form');
let drawn = null;
export const formOpen = () => !box.hidden;
const about = () => (view.chosen ? findMark(view.chosen) : null);
const current = () => about() ?? view.draft;
export const formKind = () => (about() ? kindOf(about()) : view.pending?.kind);

export function drawForm() {
  const mark = about();
  const wasOpen = formOpen();
  box.hidden = !mark && !view.pending;
  if (box.hidden) return;
  const kind = formKind();
  const { comment, ...rest } = current();
  const now = JSON.stringify([kind, view.chosen, view.pending, rest]);
  if (wasOpen && now === drawn) {
    // Redrawn for a comment, the form would take the button away that is being pressed.
    const input = box.querySelector('[data-field=comment]');
    if (document.activeElement !== input) input.value = comment;
    return;
  }
  drawn = now;
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.field : null;
  const title = mark ? WORDS.editTitle(numberOf(mark)) : kind === 'span' ? WORDS.errorTitle : WORDS.omissionTitle;
  box.setAttribute('aria-label', title);
  box.replaceChildren(
    h('div', { class: 'form-head' }, h('strong', {}, title), button('×', closeForm, { class: 'btn quiet', 'aria-label': WORDS.close })),
    ...labelRows(kind, mark),
    severityRow(kind, mark),
    ...(mark && kind === 'omission' ? [placeRow(mark)] : []),
    commentRow(mark),
    ...(mark ? [h('div', { class: 'form-foot' }, button(WORDS.delete, () => { deleteMark(mark); boxOf(kind).focus(); }, { class: 'btn danger', key: 'Del', 'data-field': 'delete' }))] : []),
  );
  place(kind, mark ?? view.pending);
  if (focused) box.querySelector(`[data-field="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  else if (!wasOpen || !box.contains(document.activeElement)) box.focus({ preventScroll: true });
}

export function closeForm() {
  const kind = formKind();
  choose(null);
  if (kind) boxOf(kind).focus({ preventScroll: true });
}

function pickLabel(label) {
  if (!label) return;
  if (about()) relabel(about(), label);
  else addMark(label);
}

export const pickDigit = key => pickLabel(labelsOf(formKind()).find(label => label.key === key));

/** Changes the chosen mark, or the draft of one. */
function setField(fields) {
  if (about()) return editMark(about(), fields);
  Object.assign(view.draft, fields);
  return tell('look');
}

export function setSeverity(severity) {
  if (current().severity !== null) setField({ severity });
}

export const toComment = () => box.querySelector('[data-field=comment]').focus();
export const deleteChosen = () => about() && deleteMark(about());

function labelRows(kind, mark) {
  const groups = Map.groupBy(labelsOf(kind), label => label.group ?? WORDS.omission);
  return [...groups].map(([group, labels]) => h('div', { class: 'field' }, h('span', { class: 'field-name' }, group),
    h('div', { class: 'choices', role: 'group', 'aria-label': group }, labels.map(label => button(label.title, () => pickLabel(label), {
      class: 'btn choice', key: label.key, title: label.meaning, 'data-field': `label-${label.id}`,
      'aria-pressed': String(mark?.label === label.id), 'data-tone': toneOf(kind, label),
    })))));
}

function severityRow(kind, mark) {
  const ungraded = mark && kind === 'span' && mark.severity === null;
  const options = ['major', 'minor'].map(value => button(WORDS[value], () => setSeverity(value), {
    class: 'btn choice', key: value === 'major' ? 'm' : 'n', title: desk.labels.data.severity[value], disabled: Boolean(ungraded),
    'data-field': `severity-${value}`, 'aria-pressed': String(current().severity === value),
  }));
  return h('div', { class: 'field' }, h('span', { class: 'field-name' }, WORDS.severity),
    h('div', { class: 'choices', role: 'group', 'aria-label': WORDS.severity }, options),
    ungraded ? h('span', { class: 'quiet' }, WORDS.noSeverity) : null);
}

// Where in the note the missing fact belongs, and whether it is a "no" that one would document.
function placeRow(mark) {
  const sections = [['', WORDS.noSection], ...desk.labels.data.section.map(({ id, title }) => [id, title])];
  const select = h('select', { 'aria-label': WORDS.section, 'data-field': 'section', onchange: ({ target }) => setField({ section: target.value || null }) },
    sections.map(([value, text]) => h('option', { value }, text)));
  select.value = mark.section ?? '';
  const negative = h('input', { type: 'checkbox', checked: mark.important_negative, 'data-field': 'negative', onchange: ({ target }) => setField({ important_negative: target.checked }) });
  return h('div', { class: 'field' }, h('span', { class: 'field-name' }, WORDS.section), select, h('label', { class: 'check' }, negative, WORDS.negative));
}

// Kept when the field is left; a mark that is deleted meanwhile takes its comment with it.
function commentRow(mark) {
  const id = mark?.id;
  const keep = ({ target }) => {
    if (id ? findMark(id) && findMark(id).comment !== target.value : view.draft && view.draft.comment !== target.value) {
      if (id) editMark(findMark(id), { comment: target.value });
      else Object.assign(view.draft, { comment: target.value });
    }
  };
  const input = h('input', { type: 'text', value: current().comment, placeholder: WORDS.commentHint, 'aria-label': WORDS.comment, 'data-field': 'comment', onchange: keep });
  // A new mark's comment must be there before its type is chosen by a click.
  if (!id) input.addEventListener('input', keep);
  return h('div', { class: 'field' }, h('span', { class: 'field-name' }, WORDS.comment), input);
}

// Below the last line of what it is about, or above the first where there is no room below; on a phone the style sheet puts it at
// the bottom of the screen.
function place(kind, range) {
  const pieces = [...rangeOf(kind, range).getClientRects()].filter(({ width }) => width > 0);
  if (!pieces.length) return;
  const frame = boxOf(kind).getBoundingClientRect();
  const inside = y => Math.min(Math.max(y, frame.top), frame.bottom);
  const [first, last, room] = [pieces[0], pieces.at(-1), 8];
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = inside(last.bottom) + room;
  const top = below + height <= innerHeight - room ? below : inside(first.top) - room - height;
  box.style.setProperty('--top', `${Math.max(room, Math.min(top, innerHeight - height - room))}px`);
  box.style.setProperty('--left', `${Math.max(room, Math.min(last.left - 24, innerWidth - width - room))}px`);
}
