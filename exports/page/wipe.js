// "Wipe everything": asks once, then leaves for the page that does it (wiped.js).

import { desk } from './desk.js';
import { button, h, sheet } from './dom.js';
import { settled } from './visits.js';
import { WORDS } from './words.js';

export const WIPE = 'scribeloop-wipe';

/** `close` ends the model. */
export function askToWipe(close) {
  const go = async () => {
    box.close();
    close();
    await settled();
    sessionStorage.setItem(WIPE, 'asked for');
    // Not to be come back to.
    location.replace('wiped.html');
  };
  const box = sheet(document.body, WORDS.wipeTitle, h('p', {}, WORDS.wipeText(desk.visits.length)), [
    button(WORDS.cancel, () => box.close()),
    button(WORDS.wipeYes, go, { class: 'btn danger' }),
  ]);
}
