// The keyboard: a table from keys to acts, filled by the file below and by whoever else binds one. The first that fits acts.
// Silent while someone types; keys with Ctrl or Alt are the browser's, but for the few in the table. Who dictates, or whose hand
// may strike a key unmeant, switches off the keys of a single character in the look switch.

const bindings = [];

// keys: "j ArrowDown Shift+A Ctrl+Enter"; when: what must hold besides, given the event.
function bind(keys, act, when) {
  bindings.push({ keys: keys.split(" "), act, when });
}

// Letters by themselves and with Shift differ; signs are what the keyboard's layout makes of them, with whatever modifier.
function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const named = key.length > 1;
  const letter = /^\p{L}$/u.test(key);
  const modifiers = [(ctrlKey || metaKey) && "Ctrl+", altKey && "Alt+", shiftKey && (named || letter) && "Shift+"].filter(Boolean).join("");
  return modifiers + (letter ? (shiftKey ? key.toUpperCase() : key.toLowerCase()) : key);
}

const singleKeysOff = () => document.documentElement.dataset.keys === "off";
const isSingle = ({ key, ctrlKey, metaKey }) => codePoints(key).length === 1 && !ctrlKey && !metaKey;

function onKey(event) {
  if (!desk.review || event.isComposing || root.querySelector("dialog[open]")) return;
  if (singleKeysOff() && isSingle(event)) return;
  const chord = chordOf(event);
  if (isTyping(event.target) && !["Escape", "Ctrl+Enter"].includes(chord)) return;
  const found = bindings.find(({ keys, when }) => keys.includes(chord) && (!when || when(event)));
  if (found) takeKey(event, () => found.act(event));
}

function takeKey(event, act) {
  event.preventDefault();
  act();
}
