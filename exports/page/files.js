// The site's heavy files (model and wasm), in pieces: fetched, checked against the manifest, kept in the browser, read again.
//
// A piece is manifest.piece_bytes of a file (the last one less), known by its sha256, in the browser's cache too. So no byte is
// used that the manifest does not vouch for, a broken download goes on at the first piece that is missing, and a site that was
// built again fetches only what changed.

/** What went wrong, in a sentence for the reader; `kind` is missing, damaged, changed, broken (the connection) or insecure. */
export class FileError extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

const TRIES = 5;
// Of what was just fetched, so much at most stays in memory to be read without the browser's store.
const HELD_BYTES = 64 << 20;
const WRITES = 4;
const RANGE_MISSING = 'This server cannot go on in the middle of a file, so it is fetched from its beginning.';

export class Files {
  /** `base` is where the site is, `say` hears sentences for the reader, `progress` the bytes as they come. */
  constructor(manifest, base, { say, progress }) {
    Object.assign(this, { size: manifest.piece_bytes, base, say, progress, keeps: true, accepted: 0 });
    Object.assign(this, { held: new Map(), kept: new Set(), writing: new Set() });
    this.files = new Map(manifest.files.map(file => [file.path, { ...file, pieces: file.pieces ?? [file.sha256] }]));
    // A model may lie on another host than its page.
    this.at = manifest.model_at ?? base;
    this.name = `scribeloop-pieces ${new URL(base).pathname}`;
  }

  async open() {
    if (!crypto.subtle || !self.caches) {
      throw new FileError('insecure', 'At an address that begins with http the browser can neither check nor keep a model. Open this '
        + 'page by https, or on the machine that serves it by http://localhost or http://127.0.0.1.');
    }
    try {
      this.cache = await caches.open(this.name);
      this.kept = new Set((await this.cache.keys()).map(({ url }) => url.slice(url.lastIndexOf('/') + 1)));
    } catch {
      // Some private windows.
      this.keeps = false;
    }
  }

  has = path => this.files.has(path);

  /** Bytes of the files in all, and how many of them are here already. */
  counted(paths) {
    let total = 0, here = 0;
    for (const path of paths) {
      const file = this.files.get(path);
      if (!file) throw new FileError('missing', `This site's list names no ${path}. The site is incomplete: build it again.`);
      total += file.bytes;
      file.pieces.forEach((hash, at) => (here += this.isHere(hash) ? this.length(file, at) : 0));
    }
    return { total, here };
  }

  /** Fetch what is missing, small files at once and large ones in order; ends early when `signal` says so, with its AbortError. */
  async fetch(paths, signal) {
    this.signal = signal;
    const files = paths.map(path => this.files.get(path));
    const large = files.filter(({ pieces }) => pieces.length > 1);
    const small = files.filter(file => !large.includes(file)).map(file => this.complete(file));
    try {
      for (const one of await Promise.allSettled(small)) if (one.status === 'rejected') throw one.reason;
      for (const file of large) await this.complete(file);
    } catch (error) {
      await Promise.all(this.writing);
      throw error;
    }
  }

  /** One whole file, each piece checked as it is read; a damaged or lost piece is fetched again, once. */
  async read(path) {
    const file = this.files.get(path);
    const whole = new Uint8Array(file.bytes);
    const coming = [];
    for (let at = 0; at < file.pieces.length; at++) {
      // Two ahead: the next ones are read while this one is hashed.
      while (at + coming.length < file.pieces.length && coming.length < 3) coming.push(this.piece(file, at + coming.length));
      let bytes = await coming.shift();
      if (!bytes) {
        this.say(`${path} is damaged in the browser's store, or gone from it; that part is fetched again, once.`);
        await this.complete(file);
        bytes = await this.piece(file, at);
        if (!bytes) throw new FileError('damaged', `${path} is damaged in the browser's store, and stays so.`);
      }
      whole.set(bytes, at * this.size);
    }
    return whole;
  }

  /** After the last read: delete what this manifest does not name, an older build's pieces, and let go of what is held. */
  async tidy() {
    await Promise.all(this.writing);
    this.held.clear();
    const named = new Set([...this.files.values()].flatMap(file => file.pieces));
    for (const hash of this.kept) if (!named.has(hash)) await this.forget(hash);
  }

  async complete(file) {
    let failures = 0;
    for (;;) {
      const first = file.pieces.findIndex(hash => !this.isHere(hash));
      if (first < 0) return;
      let end = first;
      while (end < file.pieces.length && !this.isHere(file.pieces[end])) end++;
      const before = this.accepted;
      try {
        await this.run(file, first, end);
      } catch (error) {
        if (error.name === 'AbortError' || !(error instanceof FileError) || !['broken', 'damaged'].includes(error.kind)) throw error;
        failures = this.accepted > before ? 1 : failures + 1;
        if (failures >= (error.kind === 'damaged' ? 2 : TRIES)) throw error;
        this.say(error.kind === 'damaged' ? `${error.message} It is fetched again, once.` : `${error.message} Trying again.`);
        await pause(250 * 2 ** failures, this.signal);
      }
    }
  }

  /** Fetch the pieces from `first` up to `end`, checking and keeping each as soon as it is whole. */
  async run(file, first, end) {
    const part = first > 0 || end < file.pieces.length;
    const start = first * this.size, stop = Math.min(end * this.size, file.bytes);
    const response = await this.ask(file, part ? { Range: `bytes=${start}-${stop - 1}` } : {});
    const whole = response.status !== 206;
    if (part && whole && start > 0) this.say(RANGE_MISSING);
    let at = whole ? 0 : first, filled = 0, bytes = new Uint8Array(this.length(file, at));
    const reader = response.body.getReader();
    try {
      while (at < end) {
        const { done, value } = await reader.read().catch(error => this.broke(file, error));
        if (done) this.broke(file, null);
        for (let from = 0; from < value.length && at < end; ) {
          const taken = Math.min(value.length - from, bytes.length - filled);
          bytes.set(value.subarray(from, from + taken), filled);
          filled += taken;
          from += taken;
          if (at >= first) this.progress(taken);
          if (filled < bytes.length) continue;
          if (at >= first) await this.accept(file, at, bytes);
          at += 1;
          filled = 0;
          if (at < end) bytes = new Uint8Array(this.length(file, at));
        }
      }
    } finally {
      // Of a piece that did not become whole nothing is kept.
      if (at >= first) this.progress(-filled);
      reader.cancel().catch(() => {});
    }
  }

  async ask(file, headers) {
    let response;
    try {
      // Not into the browser's own cache: a second copy of a model would fill the disk.
      const place = new URL(file.path, file.path.startsWith('models/') ? this.at : this.base);
      response = await fetch(place, { headers, signal: this.signal, cache: 'no-store' });
    } catch (error) {
      this.broke(file, error);
    }
    if (response.status === 404 || response.status === 403 || response.status === 410) {
      const said = `The server has no ${file.path} (status ${response.status}).`;
      throw new FileError('missing', `${said} The site is incomplete; its owner must publish it again.`);
    }
    if (response.status === 416) this.changed(file);
    if (!response.ok) throw new FileError('broken', `The server answered ${response.status} when asked for ${file.path}.`);
    const size = response.status === 206 ? Number(response.headers.get('Content-Range')?.split('/')[1]) : NaN;
    if (size && size !== file.bytes) this.changed(file);
    return response;
  }

  changed(file) {
    const said = `${file.path} has another size than this page expects`;
    throw new FileError('changed', `${said}: the site was just changed, or is damaged. Reload the page.`);
  }

  broke(file, error) {
    if (error?.name === 'AbortError') throw error;
    throw new FileError('broken', `The connection broke while ${file.path} was coming.`);
  }

  async accept(file, at, bytes) {
    if ((await sha256(bytes)) !== file.pieces[at]) {
      this.progress(-bytes.length);
      throw new FileError('damaged', `${file.path} arrived damaged.`);
    }
    this.accepted += 1;
    await this.keep(file.pieces[at], bytes);
  }

  /** Into memory at once and into the browser's store meanwhile; waits only where many writes are under way. */
  async keep(hash, bytes) {
    this.held.set(hash, bytes);
    if (!this.keeps) return;
    const write = this.write(hash, bytes);
    this.writing.add(write);
    write.then(() => this.writing.delete(write));
    if (this.writing.size >= WRITES) await Promise.race(this.writing);
  }

  async write(hash, bytes) {
    try {
      await this.cache.put(this.key(hash), new Response(bytes));
      this.kept.add(hash);
      let held = 0;
      for (const { length } of this.held.values()) held += length;
      if (held > HELD_BYTES) this.held.delete(hash);
    } catch {
      if (this.keeps) this.say('The browser has no room to keep the model, so it runs from memory and is fetched again next time.');
      this.keeps = false;
    }
  }

  /** The bytes, or null where they are not what they were; then they are forgotten. */
  async piece(file, at) {
    const hash = file.pieces[at];
    const held = this.held.get(hash);
    if (held) {
      // Checked when it came. A large file is read once; of a small one the library may want to read again.
      if (file.pieces.length > 1 && file.pieces.indexOf(hash, at + 1) < 0) this.held.delete(hash);
      return held;
    }
    try {
      const bytes = new Uint8Array(await (await this.cache.match(this.key(hash))).arrayBuffer());
      if ((await sha256(bytes)) === hash) return bytes;
    } catch {
      // Gone: the browser clears its store when it needs the space.
    }
    this.progress(-this.length(file, at));
    await this.forget(hash);
    return null;
  }

  async forget(hash) {
    this.kept.delete(hash);
    await this.cache?.delete(this.key(hash));
  }

  isHere(hash) {
    return this.kept.has(hash) || this.held.has(hash);
  }

  length(file, at) {
    return Math.min(this.size, file.bytes - at * this.size);
  }

  key(hash) {
    return new URL(`pieces/${hash}`, this.base).href;
  }
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
  });
}
