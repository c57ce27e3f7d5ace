// Deletes everything that this site keeps in this browser: visits, the stored model, the service worker, the choice of keys. In a
// page of its own, so that what the other page had in memory is gone as well.

import { forgetVisits } from './drafts.js';
import { WIPE } from './wipe.js';
import { WORDS } from './words.js';

async function forgetCaches() {
  if (!('caches' in globalThis)) return;
  // Again, because a service worker that is still being installed may put something there meanwhile.
  for (let quiet = 0; quiet < 3; ) {
    const ours = (await caches.keys()).filter(name => name.startsWith('scribeloop'));
    await Promise.all(ours.map(name => caches.delete(name)));
    quiet = ours.length ? 0 : quiet + 1;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

async function forgetWorkers() {
  const here = new URL('.', location.href).href;
  const all = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(all.filter(({ scope }) => scope === here).map(async worker => {
    // One that is still being installed goes on filling its store, unregistered or not.
    const coming = worker.installing;
    if (coming) await Promise.race([new Promise(done => coming.addEventListener('statechange', done)), new Promise(done => setTimeout(done, 5000))]);
    await worker.unregister();
  }));
}

async function forgetChoices() {
  for (const name of Object.keys(localStorage).filter(name => name.startsWith('scribeloop'))) localStorage.removeItem(name);
}

async function wipe() {
  // A link to this page must not be enough.
  if (!sessionStorage.getItem(WIPE)) return WORDS.notAsked;
  sessionStorage.removeItem(WIPE);
  const done = await Promise.allSettled([forgetVisits(), forgetWorkers().then(forgetCaches), forgetChoices()]);
  const failed = done.find(({ status }) => status === 'rejected');
  return failed ? WORDS.notWiped(failed.reason?.message ?? failed.reason) : WORDS.wiped;
}

document.getElementById('said').textContent = await wipe().catch(error => WORDS.notWiped(error.message));
document.body.dataset.state = 'wiped';
