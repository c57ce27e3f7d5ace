// The difference of two texts in words. A pure function: it knows nothing of the desk.

// Words, and every other sign by itself, each with the white space before it; the last one may be white space alone.
const TOKEN = /(\s*)([\p{L}\p{N}\p{M}_'’]+|[^\s]|$)/gu;
const MOST_EDITS = 2000; // beyond that the differing middle is shown as one exchange: it would be legible no more, and slow

// What became of text a in text b, in reading order: [{kind: "same"|"gone"|"new", text}], within a change "gone" before "new".
// The "same" and "gone" pieces together are a exactly, the "same" and "new" ones b.
export function wordDiff(a, b) {
  const [was, is] = [tokensOf(a), tokensOf(b)];
  const pieces = [];
  for (const { gone, fresh, same } of changesOf(was, is)) {
    addPiece(pieces, "gone", gone);
    addPiece(pieces, "new", fresh);
    if (!same) continue;
    const [before, after] = same;
    if (before.space === after.space) addPiece(pieces, "same", [before]);
    else { addPiece(pieces, "gone", [{ space: before.space, word: "" }]); addPiece(pieces, "new", [{ space: after.space, word: "" }]); addPiece(pieces, "same", [{ space: "", word: before.word }]); }
  }
  return calmed(pieces);
}

function tokensOf(text) {
  return Array.from(text.matchAll(TOKEN), ([, space, word]) => ({ space, word })).filter(({ space, word }) => space || word);
}

function addPiece(pieces, kind, tokens) {
  const text = tokens.map(({ space, word }) => space + word).join("");
  if (text) pieces.push({ kind, text, words: tokens.filter(({ word }) => /[\p{L}\p{N}]/u.test(word)).length });
}

// Runs of changed tokens, each with the pair of equal tokens that ends it (the last run may end without one).
function changesOf(was, is) {
  const runs = [];
  let [x, y] = [0, 0];
  for (const [i, j] of [...commonPairs(was, is), null].map((pair) => pair || [was.length, is.length])) {
    const same = i < was.length && j < is.length ? [was[i], is[j]] : null;
    runs.push({ gone: was.slice(x, i), fresh: is.slice(y, j), same });
    [x, y] = [i + 1, j + 1];
  }
  return runs;
}

// Index pairs of a longest common subsequence: the equal ends at once, the middle by Myers' O(ND) walk.
function commonPairs(was, is) {
  const equal = (i, j) => was[i].word === is[j].word;
  let head = 0;
  let tail = 0;
  const least = Math.min(was.length, is.length);
  while (head < least && equal(head, head)) head += 1;
  while (tail < least - head && equal(was.length - 1 - tail, is.length - 1 - tail)) tail += 1;
  const pairs = Array.from({ length: head }, (_, at) => [at, at]);
  const middle = walk(was.length - head - tail, is.length - head - tail, (i, j) => equal(head + i, head + j));
  pairs.push(...middle.map(([i, j]) => [head + i, head + j]));
  for (let at = tail; at > 0; at -= 1) pairs.push([was.length - at, is.length - at]);
  return pairs;
}

// Diagonal k is x - y; reach[k] is how far along it a path of d edits comes.
function walk(n, m, equal) {
  const most = Math.min(n + m, MOST_EDITS);
  const reach = new Int32Array(2 * most + 3);
  const at = (k) => k + most + 1;
  const down = (row, k, d) => k === -d || (k !== d && row[at(k - 1)] < row[at(k + 1)]);
  const trace = [];
  for (let d = 0; d <= most; d += 1) {
    trace.push(reach.slice(at(-d) - 1, at(d) + 2));
    for (let k = -d; k <= d; k += 2) {
      let x = down(reach, k, d) ? reach[at(k + 1)] : reach[at(k - 1)] + 1;
      while (x < n && x - k < m && equal(x, x - k)) x += 1;
      reach[at(k)] = x;
      if (x >= n && x - k >= m) return wayBack(trace, n, m, d);
    }
  }
  return [];
}

function wayBack(trace, n, m, edits) {
  const pairs = [];
  let [x, y] = [n, m];
  for (let d = edits; d > 0; d -= 1) {
    const row = trace[d];
    const before = (k) => row[k + d + 1];
    const k = x - y;
    const down = k === -d || (k !== d && before(k - 1) < before(k + 1));
    const fromX = down ? before(k + 1) : before(k - 1);
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY && x > (down ? fromX : fromX + 1) && y > (down ? fromY + 1 : fromY)) pairs.push([(x -= 1), (y -= 1)]);
    [x, y] = [fromX, fromY];
  }
  while (x > 0 && y > 0) pairs.push([(x -= 1), (y -= 1)]);
  return pairs.reverse();
}

// Joins neighbours, and takes a lone word that stands alike between two larger changes into them: an exchange of two sentences
// reads better than the crumbs that they share.
function calmed(pieces) {
  const hunks = [];
  for (const { kind, text, words } of pieces) {
    let last = hunks.at(-1);
    if (!last || last.same !== (kind === "same")) hunks.push((last = { same: kind === "same", gone: "", new: "", words: { gone: 0, new: 0, same: 0 } }));
    if (kind !== "new") last.gone += text;
    if (kind !== "gone") last.new += text;
    last.words[kind] += words;
  }
  const size = (hunk) => Math.max(hunk.words.gone, hunk.words.new);
  const kept = [];
  for (const [index, hunk] of hunks.entries()) {
    const before = kept.at(-1);
    const after = hunks[index + 1];
    const crumb = hunk.same && before && after && hunk.words.same < 3 && hunk.words.same < Math.min(size(before), size(after));
    if (before && (crumb || before.same === hunk.same)) {
      before.gone += hunk.gone;
      before.new += hunk.new;
      for (const kind of ["gone", "new"]) before.words[kind] += hunk.words[kind] + hunk.words.same;
    } else {
      kept.push(hunk);
    }
  }
  return kept.flatMap((hunk) => (hunk.same ? [{ kind: "same", text: hunk.gone }] : ["gone", "new"].filter((kind) => hunk[kind]).map((kind) => ({ kind, text: hunk[kind] }))));
}
