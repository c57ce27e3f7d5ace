// The keyboard. Silent while someone types; a key with Ctrl or Alt is the browser's, but for Ctrl+Enter and undo. Who dictates can
// switch off the keys of a single character.

import { showMode, shownNote, view } from './desk.js';
import { button, h, isTyping, sheet } from './dom.js';
import { onCursorKey, takeHere } from './cursor.js';
import { closeForm, deleteChosen, formKind, formOpen, pickDigit, setSeverity, toComment } from './form.js';
import { stepMark } from './list.js';
import { labelsOf, redo, undo } from './marks.js';
import { boxOf } from './panes.js';
import { toggleCorrecting } from './correcting.js';
import { askToSave } from './saving.js';
import { WORDS } from './words.js';

const OFF = 'scribeloop-keys-off';
const isOff = () => document.documentElement.dataset.keys === 'off';
const digits = '123456789'.split('');

const inForm = {
  m: () => setSeverity('major'),
  n: () => setSeverity('minor'),
  c: toComment,
  Delete: deleteChosen,
  Backspace: deleteChosen,
};

const anywhere = {
  t: () => boxOf('omission').focus(),
  a: toNote,
  u: undo,
  U: redo,
  '.': () => stepMark(1),
  ',': () => stepMark(-1),
  w: toggleCorrecting,
  '?': showKeys,
};

function toNote() {
  if (view.mode !== 'marks') showMode('marks');
  boxOf('span').focus();
}

function actOf({ key }) {
  if (formOpen()) {
    if (inForm[key]) return inForm[key];
    if (digits.includes(key) && labelsOf(formKind()).some(label => label.key === key)) return () => pickDigit(key);
  } else if (digits.includes(key)) {
    return () => takeHere() && pickDigit(key);
  }
  return shownNote() || key === '?' ? anywhere[key] : undefined;
}

function onKey(event) {
  if (event.isComposing || event.defaultPrevented || document.querySelector('dialog[open]')) return;
  const { key, target } = event;
  const control = event.ctrlKey || event.metaKey;
  if (key === 'Escape') return onEscape(target);
  if (control && key === 'Enter') return take(event, askToSave);
  if (isTyping(target)) return undefined;
  if (control && key.toLowerCase() === 'z') return take(event, event.shiftKey ? redo : undo);
  if (control || event.altKey) return undefined;
  if (onCursorKey(event)) return event.preventDefault();
  if (isOff() && key.length === 1) return undefined;
  const act = actOf(event);
  return act && take(event, act);
}

function take(event, act) {
  event.preventDefault();
  act();
}

function onEscape(target) {
  if (isTyping(target)) target.blur();
  else if (formOpen()) closeForm();
  else if (document.getElementById('downloads').open) document.getElementById('downloads').open = false;
  else if (view.mode === 'correct') toggleCorrecting();
}

function showKeys() {
  const rows = WORDS.keys.map(([key, what]) => h('tr', {}, h('th', { scope: 'row' }, key), h('td', {}, what)));
  const off = h('input', { type: 'checkbox', checked: isOff(), onchange: ({ target }) => switchKeys(target.checked) });
  const body = h('div', {}, h('table', { class: 'keys' }, h('tbody', {}, rows)), h('p', { class: 'quiet' }, WORDS.keysSilent),
    h('label', { class: 'check' }, off, WORDS.keysOff));
  const box = sheet(document.body, WORDS.keysTitle, body, [button(WORDS.close, () => box.close())]);
}

// Where nothing can be kept, the choice holds for this page.
function switchKeys(off) {
  document.documentElement.dataset.keys = off ? 'off' : 'on';
  try {
    if (off) localStorage.setItem(OFF, 'yes');
    else localStorage.removeItem(OFF);
  } catch {}
}

export function openKeys() {
  document.addEventListener('keydown', onKey);
  document.getElementById('keys').addEventListener('click', showKeys);
  try {
    if (localStorage.getItem(OFF)) document.documentElement.dataset.keys = 'off';
  } catch {}
}
