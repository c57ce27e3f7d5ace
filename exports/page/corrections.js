// The file of corrections, as `scribeloop reviews import` reads it (exports/reviews/tables.py): one JSON object a line, each after
// what it refers to. A visit that is saved again after further work keeps its earlier review and adds a version.

import { isCorrected, now } from './desk.js';
import { newId } from './dom.js';
import { digest, hex } from './download.js';
import { inOrder } from './marks.js';

const FORMAT = 'scribeloop-reviews/1';

/** The example that this transcript is, word for word; undefined for anybody's own. */
export const exampleOf = (transcript, examples) => examples.find(example => example.transcript === transcript);

/** What of a review would be different if it were saved again. */
function contentOf(note) {
  const marks = inOrder(note).map(({ created, ...mark }) => mark);
  return JSON.stringify([note.id, marks, isCorrected(note) ? note.correction.text : null]);
}

/** Adds a version to what is saved of the visit, unless nothing has changed since the last one. */
export function addVersion(visit, note, seconds) {
  const content = contentOf(note);
  if (visit.saved.at(-1)?.content === content) return;
  visit.saved.push({ content, note: note.id, id: newId('rev'), at: now(), seconds, inside: insideOf(note) });
}

// Each version has marks of its own, so their ids are new: the stored ones stay as they are.
function insideOf(note) {
  const copy = (kind, mark) => ({ ...mark, id: newId(kind), output_id: note.id });
  const { id: output_id, correction } = note;
  return {
    spans: note.spans.map(mark => copy('span', mark)),
    omissions: note.omissions.map(mark => copy('omi', mark)),
    corrections: isCorrected(note)
      ? [{ id: newId('cor'), output_id, version: 1, text: correction.text, active_seconds: correction.seconds, created: correction.created }]
      : [],
  };
}

/** The file's text: label set, models, encounter, notes, and the review in all its versions. */
export async function correctionsFile(visit, { labels, examples }) {
  const encounter = await encounterOf(visit, examples);
  const reviewed = visit.notes.filter(note => visit.saved.some(saved => saved.note === note.id));
  const models = new Map(reviewed.map(note => [note.model.id, note.model]));
  const lines = [
    { record: 'label_set', ...labels },
    ...[...models.values()].map(model => ({ record: 'model', ...model })),
    { record: 'encounter', ...encounter },
    ...reviewed.map(note => outputOf(note, encounter.id)),
    ...visit.saved.map((saved, index) => reviewOf(visit, saved, index + 1, encounter.id, labels.version)),
  ];
  return lines.map(line => `${JSON.stringify({ format: FORMAT, ...line })}\n`).join('');
}

// An example is known by the name that the studio gave it. Anything else counts as real, and its split is for the studio to say.
async function encounterOf({ transcript, title }, examples) {
  const example = exampleOf(transcript, examples);
  const known = example ?? { source: 'browser', external_id: `text-${hex(await digest('SHA-256', transcript)).slice(0, 12)}`, transcript, synthetic: false, title: title || null };
  return { id: `enc-${hex(await digest('SHA-256', `${known.source}\n${known.external_id}`)).slice(0, 12)}`, ...known };
}

function outputOf(note, encounter_id) {
  const { id, text, engine, prompt_hash, parameters, seconds, prompt_tokens, tokens, finish_reason, created } = note;
  return { record: 'output', id, encounter_id, model_id: note.model.id, text, engine, prompt_hash, parameters, seconds, prompt_tokens, tokens, finish_reason, created };
}

function reviewOf(visit, saved, version, encounter_id, label_set) {
  const marked = list => list.map(mark => ({ ...mark, label_set }));
  const { spans, omissions, corrections } = saved.inside;
  return {
    record: 'review', id: saved.id, encounter_id, reviewer_id: 'local', left: saved.note, right: null, version, status: 'submitted',
    preference: null, active_seconds: saved.seconds, revision: 1, submitted: saved.at, created: saved.at,
    spans: marked(spans), omissions: marked(omissions), ratings: [], corrections,
  };
}

/** What the output's line says of the model: what the site's manifest knows of it. */
export function modelRecord({ name, licence, inputs }) {
  const { model, base } = inputs;
  return {
    id: model.id, name, kind: model.kind, path: '', weights_sha256: model.sha256, base_id: base?.id ?? null, base_sha256: base?.sha256 ?? null, licence,
  };
}
