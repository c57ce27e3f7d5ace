// Deleting everything that this site keeps in this browser: visits, the stored model, its service worker, the choice of keys.

import { desk } from './desk.js';
import { button, h, sheet } from './dom.js';
import { forgetVisits } from './drafts.js';
import { forgetKeys } from './keys.js';
import { settled } from './visits.js';
import { WORDS } from './words.js';

/** Asks, wipes, and leaves a page that only says so. `close` ends the model. */
export function askToWipe(close) {
  const go = async () => {
    box.close();
    close();
    await settled();
    const failed = (await Promise.allSettled([forgetVisits(), forgetCaches(), forgetWorkers()])).find(({ status }) => status === 'rejected');
    forgetKeys();
    const said = failed ? WORDS.notWiped(failed.reason?.message ?? failed.reason) : WORDS.wiped;
    document.body.dataset.state = 'wiped';
    document.body.replaceChildren(h('main', { class: 'wiped' }, h('h1', {}, 'Scribeloop'), h('p', { role: 'status' }, said)));
  };
  const box = sheet(document.body, WORDS.wipeTitle, h('p', {}, WORDS.wipeText(desk.visits.length)), [
    button(WORDS.cancel, () => box.close()),
    button(WORDS.wipeYes, go, { class: 'btn danger' }),
  ]);
}

async function forgetCaches() {
  if (!('caches' in globalThis)) return;
  const ours = (await caches.keys()).filter(name => name.startsWith('scribeloop'));
  await Promise.all(ours.map(name => caches.delete(name)));
}

async function forgetWorkers() {
  const here = new URL('.', location.href).href;
  const all = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(all.filter(({ scope }) => scope === here).map(worker => worker.unregister()));
}
