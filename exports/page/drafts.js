// The visits in this browser's own database. Nothing of it is ever sent; "wipe everything" deletes it.

const NAME = 'scribeloop-drafts';
let opening = null;

export class ChangedElsewhere extends Error {}

function database() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('visits', { keyPath: 'id' });
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      // Another tab that wipes must not wait for this one.
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
  });
  return opening;
}

// Opened while the rest of the page is still coming; whoever asks hears of a failure.
database().catch(() => {});

const answer = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function visits(mode, act) {
  const transaction = (await database()).transaction('visits', mode);
  const stored = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser broke it off'));
  });
  // Whoever awaits the act hears of its failure first.
  stored.catch(() => {});
  const result = await act(transaction.objectStore('visits'));
  await stored;
  return result;
}

/** All visits, the one touched last first. */
export async function readVisits() {
  const all = await visits('readonly', store => answer(store.getAll()));
  return all.sort((a, b) => (a.touched < b.touched ? 1 : -1));
}

/** Keeps a visit as it is now; ChangedElsewhere when another tab has kept it since this one read it. */
async function keepVisit(visit) {
  const kept = structuredClone({ ...visit, revision: visit.revision + 1 });
  await visits('readwrite', async store => {
    const there = await answer(store.get(visit.id));
    if ((there?.revision ?? 0) !== visit.revision) throw new ChangedElsewhere();
    await answer(store.put(kept));
  });
  visit.revision = kept.revision;
}

export const forgetVisit = id => visits('readwrite', store => answer(store.delete(id)));

export async function forgetVisits() {
  (await opening?.catch(() => null))?.close();
  opening = null;
  await answer(indexedDB.deleteDatabase(NAME));
}

/**
 * Keeps visits one after the other, each as it is when its turn comes. `show` hears {kept: Date}, or {failed: error}: nothing is
 * tried again by itself, since every further change tries.
 */
export function keeper(show) {
  const waiting = new Set();
  let busy = Promise.resolve();
  const next = async () => {
    const [visit] = waiting;
    if (!visit) return;
    waiting.delete(visit);
    try {
      await keepVisit(visit);
      show({ kept: new Date() });
    } catch (error) {
      show({ failed: error });
    }
  };
  return {
    keep(visit) {
      waiting.add(visit);
      busy = busy.then(next);
    },
    settled: () => busy,
  };
}
