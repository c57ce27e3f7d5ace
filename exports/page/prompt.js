// The prompt of prompt.json, rendered exactly as Python does it (pipeline/prompts.py).

// What Python's str.strip() takes for white space; trim() differs in a few characters.
const EDGE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const EDGES = new RegExp(`^${EDGE}|${EDGE}$`, 'g');

export function strip(text) {
  return text.replace(EDGES, '');
}

/** The chat that asks for the note of `transcript`. */
export function messages(spec, transcript) {
  const safe = strip(transcript).replaceAll(spec.break_up[0], () => spec.break_up[1]);
  // A function: in a plain replacement string "$&" and the like would mean something.
  const user = spec.user.replace('{transcript}', () => safe);
  return [{ role: 'system', content: spec.system }, { role: 'user', content: user }];
}
