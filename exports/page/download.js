// Files that the clinician takes along, made here and handed to the browser; nothing is sent.

/** Hands a text over as a file. */
export function saveFile(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser takes the content over when it gets to it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A name that says what and when, and nothing of whom: such as note-2026-11-26-1412.txt */
export function fileName(what, ending, moment = new Date()) {
  const two = number => String(number).padStart(2, '0');
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join('-');
  return `${what}-${day}-${two(moment.getHours())}${two(moment.getMinutes())}.${ending}`;
}

/** What a hash needs, and what a page that came without encryption does not have. */
export async function digest(algorithm, text) {
  if (!globalThis.crypto?.subtle) throw new Error('This needs a page that was opened over https or from this machine.');
  return new Uint8Array(await crypto.subtle.digest(algorithm, new TextEncoder().encode(text)));
}

export const hex = bytes => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
