// Transcripts that come in: dropped, opened, pasted. One visit a file; what is wrong is one sentence.

import { fieldText } from './desk.js';
import { WORDS } from './words.js';

const LARGEST = 2_000_000;

/** A text that can be kept and marked: whole characters, no NUL, one kind of line end. */
export const clean = text => fieldText(text.replace(/\p{Surrogate}/gu, '\ufffd').replaceAll('\0', '\ufffd').replace(/^\ufeff/, ''));

/** {transcript, title} of a .txt, .json or .jsonl file; an Error whose message is for the reader when it is no visit. */
export async function readTranscript(file) {
  const ending = file.name.toLowerCase().match(/\.(txt|text|jsonl|ndjson|json)$/)?.[1];
  if (!ending && file.type !== 'text/plain') throw new Error(WORDS.wrongKind(file.name));
  if (file.size > LARGEST) throw new Error(WORDS.tooLarge(file.name));
  const text = decoded(await file.arrayBuffer(), file.name);
  const found = ending?.includes('json') ? ofJson(text, file.name) : { transcript: text, title: file.name.replace(/\.[^.]*$/, '') };
  if (!found.transcript.trim()) throw new Error(WORDS.nothing(file.name));
  return { transcript: clean(found.transcript), title: clean(found.title) };
}

function decoded(bytes, name) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(WORDS.notText(name));
  }
}

// One object, a list of one, or one object a line.
function ofJson(text, name) {
  const visits = parsed(text, name);
  if (!visits.length) throw new Error(WORDS.nothing(name));
  if (visits.length > 1) throw new Error(WORDS.manyVisits(name, visits.length));
  const { transcript, title } = visits[0] ?? {};
  if (typeof transcript !== 'string') throw new Error(WORDS.noTranscript(name));
  return { transcript, title: typeof title === 'string' ? title : '' };
}

function parsed(text, name) {
  try {
    return [JSON.parse(text)].flat();
  } catch {
    try {
      return text.split('\n').filter(line => line.trim()).map(line => JSON.parse(line));
    } catch {
      throw new Error(WORDS.notJson(name));
    }
  }
}

/** Calls `take` with each file that is dropped anywhere on the page, or `fail` when it is several. */
export function openDropping(frame, take, fail) {
  const hasFiles = event => [...(event.dataTransfer?.types ?? [])].includes('Files');
  const over = on => frame.classList.toggle('dropping', on);
  document.addEventListener('dragover', event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(true);
  });
  document.addEventListener('dragleave', event => { if (!event.relatedTarget) over(false); });
  document.addEventListener('drop', event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(false);
    const { files } = event.dataTransfer;
    if (files.length === 1) take(files[0]);
    else fail(WORDS.oneFile(files.length));
  });
}
