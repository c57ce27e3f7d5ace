// The note as a FHIR R4 DocumentReference (https://hl7.org/fhir/R4/documentreference.html): a preliminary document that names no
// patient, no author and no encounter, because this page knows none. Whoever takes it in adds the subject.

import { digest } from './download.js';

const LOINC = { system: 'http://loinc.org', code: '11488-4', display: 'Consult note' };

/** `note` {text, date (ISO 8601 with a zone), model (its name)}; base64 and the SHA-1 are of the text's UTF-8 bytes. */
export async function documentReference({ text, date, model }) {
  const bytes = new TextEncoder().encode(text);
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: 'preliminary',
    type: { coding: [LOINC], text: 'Consult note' },
    date,
    description: `Draft written in a browser by ${model}; to be read and signed by a clinician.`,
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          data: base64(bytes),
          size: bytes.length,
          hash: base64(await digest('SHA-1', text)),
          title: 'Consult note',
          creation: date,
        },
      },
    ],
  };
}

// In parts: a call takes only so many arguments.
function base64(bytes) {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
