// What the clinician reads on the working side of the page, apart from what stands in index.html.

const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

export const WORDS = {
  close: 'Close',
  cancel: 'Cancel',
  delete: 'Delete',
  words: (number, tokens) => `${count(number, 'word')}${tokens ? `, ${tokens} tokens with the instructions` : ''}`,

  // Visits
  untitled: 'New visit',
  kept: time => `Saved on this device ${time}`,
  notKept: why => `Drafts cannot be kept here (${why}): save or copy your work before you close the page.`,
  elsewhere: 'This visit was changed in another tab. Reload the page before you go on: what you do here is not kept.',
  forgetTitle: 'Delete this visit?',
  forgetText: 'Its transcript, notes, marks and correction are deleted from this device. It cannot be taken back.',
  forgetYes: 'Delete the visit',

  // Files that come in
  tooLarge: name => `${name} is larger than 2 MB; expected the transcript of one visit.`,
  wrongKind: name => `${name} is no transcript; expected one visit as .txt, or as .json or .jsonl with "transcript".`,
  notText: name => `${name} is not UTF-8 text; save it in UTF-8 and drop it again.`,
  notJson: name => `${name} is not whole JSON; save or copy it again.`,
  manyVisits: (name, number) => `${name} holds ${number} visits; expected one. Put each in a file of its own.`,
  noTranscript: name => `${name} has no text under "transcript".`,
  nothing: name => `${name} is empty.`,
  oneFile: number => `${number} files were dropped; drop one visit at a time.`,

  // Notes
  write: 'Write the note',
  writeAgain: 'Write again',
  noteName: (index, time, model) => `Note ${index}, ${time}${model ? `, ${model}` : ''}`,
  endings: { stop: 'Finished.', length: 'Stopped at the length limit; the note may be unfinished.', cancelled: 'Stopped.' },
  read: (tokens, seconds) => `${tokens} tokens read in ${seconds.toFixed(1)} s.`,
  reading: 'Reading the transcript',
  noteOf: model => `The note of ${model}`,
  toFront: 'Mark and correct this one',
  atFront: 'Go on with this one',
  copied: 'Copied.',
  copyByHand: 'The browser does not allow copying; the text is selected, so press Ctrl+C or Cmd+C.',
  corrected: 'Corrected: it differs from the model\u2019s note, which stays as it was.',
  uncorrected: 'This is the model\u2019s note, unchanged.',
  emptyCorrection: 'The corrected note is empty. Write it, or go back to the model\u2019s note.',

  // Marks
  errorTitle: 'Error in the note',
  omissionTitle: 'Missing from the note',
  editTitle: number => `Mark ${number}`,
  omission: 'Missing',
  severity: 'Severity',
  major: 'Major',
  minor: 'Minor',
  noSeverity: 'Not an error, so it has none.',
  section: 'Section',
  noSection: 'Not said',
  negative: 'Important negative',
  comment: 'Comment',
  commentHint: 'Optional',
  show: 'Show mark',

  // Saving corrections
  saveTitle: 'Save corrections to a file',
  saveHolds: 'The file holds this visit\u2019s transcript, the model\u2019s note, your marks and your correction, the name of the model, and how this device ran it. Keep the file as you keep the transcript.',
  saveReal: 'Whoever imports it into a studio imports it as real patient data, even if it was invented: this page cannot know.',
  saveExample: 'The transcript is one of the invented examples, unchanged, and the file says so.',
  saveStays: 'It goes to your downloads and nowhere else.',
  saveFound: (marks, corrected) => `${marks ? count(marks, 'mark') : 'No mark'}, ${corrected ? 'and a corrected note' : 'and no correction'}.`,
  saveNothing: 'You marked nothing and changed nothing: the file says that you found no error in this note.',
  saveYes: 'Save the file',
  saved: name => `Saved as ${name}.`,
  downloaded: name => `Downloaded as ${name}.`,

  // Wiping
  wipeTitle: 'Wipe everything on this device?',
  wipeText: visits => `This deletes ${visits ? count(visits, 'visit') : 'all visits'} with transcripts, notes, marks and corrections, and the model that this site stored in this browser. Files that you saved stay where you saved them. It cannot be taken back.`,
  wipeYes: 'Wipe everything',
  wiped: 'Everything that this page kept on this device is deleted: visits, notes, marks, corrections and the model.',
  notAsked: 'Nothing was deleted: it was not asked for on the page.',
  notWiped: why => `Not everything could be deleted (${why}). Close other tabs of this site and wipe again, or clear this site\u2019s data in the browser\u2019s settings.`,

  // Keys
  keysTitle: 'Keys',
  keysSilent: 'Keys are silent while you type.',
  keysOff: 'Switch off the keys of a single character',
  keys: [
    ['t  a', 'read the transcript, the note'],
    ['← → ↑ ↓', 'choose a word, a sentence; with Shift as far as there'],
    ['Enter', 'mark the chosen words'],
    ['1 to 9', 'mark them as this type; in the form, choose it'],
    ['m  n', 'major, minor'],
    ['c', 'comment'],
    ['Del', 'delete the mark'],
    ['.  ,', 'next mark, the one before'],
    ['u  U', 'undo, redo'],
    ['w', 'correct the note, and back to its marks'],
    ['Ctrl+Enter', 'save the corrections'],
    ['Esc', 'close what is open'],
    ['?', 'this table'],
  ],
};
