// The page without a network: the site's files but the heavy ones, which files.js keeps. Registered as service-worker.js?build=ID.
//
// One build, one cache, filled whole and checked against the manifest before this worker counts: a page is never half old and half
// new. A server that sends no headers of isolation gets them here, without which wasm has one thread.

const build = new URL(location.href).searchParams.get('build');
const scope = registration.scope;
const prefix = `scribeloop-shell ${new URL(scope).pathname} `;
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const at = path => new URL(path, scope).href;
const isHeavy = path => path.startsWith('models/') || path.endsWith('.wasm');

self.addEventListener('install', event => event.waitUntil(install()));
self.addEventListener('activate', event => event.waitUntil(activate()));
self.addEventListener('fetch', event => {
  const { method, url } = event.request;
  if (method !== 'GET' || !url.startsWith(scope)) return;
  const { pathname, search } = new URL(url);
  const path = pathname.slice(new URL(scope).pathname.length);
  // "?fresh" asks whether there is a newer build.
  if (isHeavy(path) || search === '?fresh') return;
  event.respondWith(answer(path || 'index.html', event.request));
});
self.addEventListener('message', ({ data }) => data === 'take over' && skipWaiting());

async function install() {
  const cache = await caches.open(prefix + build);
  try {
    const manifest = await (await fetch(at('manifest.json?fresh'), { cache: 'no-cache' })).json();
    if (manifest.build !== build) throw new Error('The site was changed meanwhile; the next visit tries again.');
    const text = new Blob([JSON.stringify(manifest)], { type: 'application/json' });
    await cache.put(at('manifest.json'), new Response(text, { headers: HEADERS }));
    await Promise.all(manifest.files.filter(({ path }) => !isHeavy(path)).map(file => keep(cache, file)));
  } catch (error) {
    await caches.delete(prefix + build);
    throw error;
  }
}

async function keep(cache, { path, sha256 }) {
  const response = await fetch(at(path), { cache: 'no-cache' });
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const found = Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
  if (found !== sha256) throw new Error(`${path} is not what the manifest says`);
  const headers = new Headers(response.headers);
  // The bytes are kept as they were before any compression.
  for (const name of ['Content-Encoding', 'Content-Length']) headers.delete(name);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  await cache.put(at(path), new Response(bytes, { headers }));
}

async function activate() {
  const old = (await caches.keys()).filter(name => name.startsWith(prefix) && name !== prefix + build);
  await Promise.all(old.map(name => caches.delete(name)));
  await clients.claim();
}

async function answer(path, request) {
  // Not caches.open, which would make the store anew after a wipe.
  return (await caches.match(at(path), { cacheName: prefix + build })) ?? fetch(request);
}
