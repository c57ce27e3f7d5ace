// Time at work on a visit, for the review's record: the seconds between signs of life, pauses of more than 30 s left out.

import { desk, shownNote, view } from './desk.js';

const PAUSE = 30_000;
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel'];

export function openClock() {
  let last = performance.now();
  for (const sign of SIGNS) {
    document.addEventListener(sign, () => {
      const moment = performance.now();
      const gone = moment - last;
      last = moment;
      if (gone <= PAUSE) count(gone / 1000);
    }, { passive: true, capture: true });
  }
}

function count(seconds) {
  const note = desk.visit && desk.state !== 'writing' && shownNote();
  if (!note) return;
  desk.visit.seconds += seconds;
  if (view.mode === 'correct' && note.correction) note.correction.seconds += seconds;
}
