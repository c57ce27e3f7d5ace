// The correction: it begins as the model's note, is told apart from it word by word, and can go back. The note itself stays.

import { fieldText, isCorrected, now, shownNote, showMode, tell, view } from './desk.js';
import { wordDiff } from './diff.js';
import { h } from './dom.js';
import { WORDS } from './words.js';

const find = id => document.getElementById(id);
const MODES = ['marks', 'correct', 'changes'];

export function drawCorrecting() {
  const note = shownNote();
  find('modes').hidden = !note;
  for (const mode of MODES) find(`mode-${mode}`).setAttribute('aria-pressed', String(view.mode === mode));
  find('note').hidden = Boolean(note) && view.mode !== 'marks';
  find('correction').hidden = view.mode !== 'correct';
  find('changes').hidden = view.mode !== 'changes';
  find('marks').hidden = !note || view.mode !== 'marks';
  find('standing').hidden = !note || view.mode === 'both';
  if (!note) return;
  const corrected = isCorrected(note);
  find('mode-changes').disabled = !corrected;
  find('standing-text').textContent = corrected ? WORDS.corrected : WORDS.uncorrected;
  find('go-back').hidden = !corrected;
  if (view.mode === 'correct') fillIn(note);
  if (view.mode === 'changes') find('changes').replaceChildren(...pieces(note));
}

// Typing must not move the cursor: the field is filled only where it says something else.
function fillIn(note) {
  const text = note.correction?.text ?? fieldText(note.text);
  if (find('correction').value !== text) find('correction').value = text;
}

function pieces(note) {
  const tags = { gone: 'del', new: 'ins', same: 'span' };
  return wordDiff(fieldText(note.text), note.correction.text).map(({ kind, text }) => h(tags[kind], {}, text));
}

export function openCorrecting() {
  for (const mode of MODES) find(`mode-${mode}`).addEventListener('click', () => showMode(mode));
  find('correction').addEventListener('input', ({ target }) => {
    const note = shownNote();
    note.correction = { text: target.value, seconds: note.correction?.seconds ?? 0, created: now() };
    tell('typing');
  });
  find('go-back').addEventListener('click', () => {
    shownNote().correction = null;
    if (view.mode === 'changes') view.mode = 'marks';
    tell('note');
  });
}

export const toggleCorrecting = () => shownNote() && showMode(view.mode === 'correct' ? 'marks' : 'correct');
