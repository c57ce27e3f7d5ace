"""Every word that a reviewer reads on the review desk, so that a clinician can proofread it in one place.

The labels, sections and rating anchors are in the label file (annotations/labels.toml). ``{name}`` is filled in when shown.
"""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Desk:
    """The frame: bars, panes, tabs."""

    page_title: str = "Review"
    loading: str = "Opening the review…"
    queue: str = "Queue"
    transcript: str = "Transcript"
    note: str = "Note {side}"
    untitled: str = "Encounter {id}"
    invented: str = "invented"
    version: str = "version {n}"
    words: str = "{n} words"
    undo: str = "Undo"
    redo: str = "Redo"
    help: str = "Keys and help"
    close: str = "Close"
    cancel: str = "Cancel"
    marks_tab: str = "Marks"
    ratings_tab: str = "Ratings"
    hide_drawer: str = "Hide the lists"
    show_drawer: str = "Show the lists"
    shortened: str = (
        "This note was written from a shortened transcript: {n} words were left out because the model could not read them all."
    )
    needs_two: str = "This encounter has fewer than two notes to compare. Write the missing one first; it takes a minute."
    needs_any: str = "This encounter has no note yet. Write two notes first, then come back to compare them."
    write_notes: str = "Write notes"
    review_one: str = "Review the one note alone"
    no_encounter: str = "No encounter is chosen. Take one from the queue."
    unreachable: str = "The studio does not answer. Start it again with “scribeloop serve”, then reload this page."
    reload: str = "Reload"


@dataclass(frozen=True)
class Marking:
    """Marking errors in a note and omissions on the transcript."""

    error_title: str = "Mark an error in note {side}"
    edit_title: str = "Mark {name} in note {side}"
    omission_title: str = "Missing from a note"
    omission_edit_title: str = "Missing from note {side}"
    severity: str = "Severity"
    major: str = "Major"
    minor: str = "Minor"
    no_severity: str = "no severity: it is not an error"
    comment: str = "Comment"
    comment_hint: str = "Optional"
    evidence: str = "Evidence"
    link_evidence: str = "Link evidence"
    change_evidence: str = "Change"
    remove_evidence: str = "Remove"
    linking: str = "Select in the transcript what this mark rests on. Esc cancels."
    delete: str = "Delete"
    edit: str = "Edit"
    section: str = "Belongs in"
    important_negative: str = "Important negative"
    important_negative_meaning: str = "A negative that a clinician would document, such as “no chest pain”."
    missing_from: str = "Missing from"
    missing_both: str = "Both"
    choose_label: str = "First choose what kind of fact is missing."
    omission: str = "Omission"
    omissions: str = "Omissions"
    errors: str = "Errors"
    none_note: str = "Nothing marked. Select words in the note to mark an error, or words in the transcript to mark an omission."
    closed_none: str = "Nothing was marked."
    show: str = "Show in the text"
    new_mark: str = "new mark"


@dataclass(frozen=True)
class Judging:
    """Ratings and the comparison."""

    not_judged: str = "Not judged"
    not_judged_short: str = "–"
    rating: str = "{dimension}, note {side}: {value}"
    anchor_hint: str = "1 is unusable, 5 is ready to sign. Rest on a number to read what it stands for."
    rated: str = "{done} of {all}"
    preference: str = "Which note is better?"
    left: str = "A better"
    right: str = "B better"
    tie: str = "Tie"
    neither: str = "Both unacceptable"
    acceptable_one: str = "One note only: rate and correct it."
    unacceptable_one: str = "Unacceptable"


@dataclass(frozen=True)
class Correcting:
    """The corrected note."""

    start: str = "Correct this note"
    resume: str = "Go on correcting"
    read: str = "Read the correction"
    title: str = "Correction of {side}"
    note: str = "Starts as note {side}. Every pause is kept as a version; the note itself and its marks stay as they are."
    version: str = "version {n}"
    no_version: str = "unchanged"
    typing: str = "not yet saved"
    empty: str = "An empty note is not saved."
    close: str = "Show note {side}"


@dataclass(frozen=True)
class Saving:
    """What became of the work."""

    saved: str = "Saved {time}"
    unchanged: str = "All saved"
    saving: str = "Saving…"
    failed: str = "Not saved. Your work is kept in this page; trying again in {n} s."
    retry: str = "Try now"
    refused: str = "Not saved: {sentence}"
    reload: str = "Reload"
    reload_keep: str = "Reload and add my change"


@dataclass(frozen=True)
class Finishing:
    """Submitting, and what is shown after."""

    submit: str = "Submit review"
    title: str = "Submit this review?"
    complete: str = "Nothing is missing. After this the two models are named and the review is closed."
    incomplete: str = "You can submit as it is, or go back and complete it:"
    anyway: str = "Submit anyway"
    back: str = "Go back"
    wait: str = "Your last change is not saved yet; submit when it is."
    no_marks: str = "Nothing is marked in note {side}, and nothing as missing from it."
    unrated: str = "Note {side}: {n} of {all} ratings are open."
    no_preference: str = "You have not said which note is better."
    no_verdict: str = "You have not said whether the note is unacceptable; leave it open if it is not."
    no_correction: str = "Neither note is corrected."
    no_correction_one: str = "The note is not corrected."
    still_there: str = "A major error marked in note {side} is still in its correction, word for word: “{quote}”."
    submitted: str = "Submitted {time}"
    written_by: str = "Written by {name}"
    facts: str = "{kind} · {engine} · {seconds} s · {tokens} tokens · {finish}"
    kinds: dict = field(default_factory=lambda: {"base": "base model", "adapter": "tuned adapter", "merged": "tuned, merged"})
    finishes: dict = field(
        default_factory=lambda: {"stop": "ended by itself", "length": "cut at the length limit", "cancelled": "was cancelled"}
    )
    next: str = "Next encounter"
    to_queue: str = "Back to the queue"
    reopen: str = "Reopen as a new version"
    reopened: str = "The models are known in this version, so main analyses leave it out."


@dataclass(frozen=True)
class Help:
    """The sheet behind “?”."""

    title: str = "Keys"
    lead: str = (
        "Select words in a note to mark an error; select words in the transcript to mark what a note leaves out. "
        "Whole words are taken unless Alt is held."
    )
    keys: tuple = (
        ("1 to 9", "Label for the selected words or the chosen mark"),
        ("m, n", "Severity: major, minor"),
        ("e", "Link evidence in the transcript"),
        ("c", "Comment"),
        ("a, b, Enter", "An omission is missing from A, from B, from both"),
        ("i", "Important negative, yes or no"),
        ("Delete", "Delete the chosen mark"),
        ("u, Shift u", "Undo, redo (also Ctrl z, Ctrl Shift z)"),
        ("1 to 5, 0", "With a rating in focus: value, not judged"),
        ("Esc", "Close what is open"),
        ("?", "This sheet"),
    )  # fmt: skip
    silent: str = "While you type in a field, keys are letters only."


DESK, MARKING, JUDGING, CORRECTING = Desk(), Marking(), Judging(), Correcting()
SAVING, FINISHING, HELP = Saving(), Finishing(), Help()


def desk_words() -> dict[str, dict]:
    """All of it as plain values, for the script of the review desk."""
    groups = {"desk": DESK, "marking": MARKING, "judging": JUDGING, "correcting": CORRECTING}
    groups |= {"saving": SAVING, "finishing": FINISHING, "help": HELP}
    return {name: asdict(group) for name, group in groups.items()}
