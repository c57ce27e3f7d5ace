// Has the site kept for times without a network (service-worker.js), and says when a newer build of it is there.

const find = id => document.getElementById(id);
const container = navigator.serviceWorker;

/** The model comes first: keeping the site at the same time would slow it down. */
function modelIsHere() {
  const panel = find('loading');
  return new Promise(resolve => {
    const look = () => !['loading', undefined].includes(panel.dataset.state) && resolve();
    new MutationObserver(look).observe(panel, { attributeFilter: ['data-state'] });
    look();
  });
}

async function keepSite() {
  // Without isolation the page is loaded once more below, so at once.
  if (crossOriginIsolated) await modelIsHere();
  const response = await fetch('manifest.json?fresh', { cache: 'no-cache' }).catch(() => null);
  // Without a network there is nothing newer; a site that is gone is not replaced.
  if (!response?.ok) return;
  const { build } = await response.json();
  const first = !container.controller;
  const registration = await container.register(`service-worker.js?build=${build}`, { updateViaCache: 'none' });
  const coming = registration.installing ?? registration.waiting;
  if (!coming) return;
  if (await arrives(coming)) await (first ? isolate() : offer(registration));
}

/** Whether the worker gets as far as being used, or waiting for it. */
function arrives(worker) {
  return new Promise(resolve => {
    const look = () => {
      if (worker.state === 'activated' || (worker.state === 'installed' && container.controller)) resolve(true);
      if (worker.state === 'redundant') resolve(false);
    };
    worker.addEventListener('statechange', look);
    look();
  });
}

function offer(registration) {
  if (!registration.waiting) return;
  find('update').textContent = 'A new version of this page is ready. Finish what you are doing, then reload.';
  find('update').hidden = find('load-update').hidden = false;
  find('load-update').onclick = () => {
    container.addEventListener('controllerchange', () => location.reload(), { once: true });
    registration.waiting.postMessage('take over');
  };
}

/** The server sent no headers of isolation, and the worker, which does, answers from the next load on: so load once more. */
function isolate() {
  if (crossOriginIsolated || find('transcript').value || sessionStorage.getItem('isolating')) return;
  sessionStorage.setItem('isolating', 'once');
  location.reload();
}

// A browser or an address (http) without service workers: the page works, and needs the network each time.
if (container) keepSite().catch(error => console.warn(`This page is not kept for offline use: ${error.message}`));
