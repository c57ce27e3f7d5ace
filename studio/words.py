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
    differences: str = "Differences"
    differences_meaning: str = "Show in each note the words that the other one lacks"
    undo: str = "Undo"
    redo: str = "Redo"
    help: str = "Keys and help"
    close: str = "Close"
    cancel: str = "Cancel"
    marks_tab: str = "Marks"
    ratings_tab: str = "Ratings"
    suggestions_tab: str = "Suggestions"
    shortened: str = (
        "This note was written from a shortened transcript: {n} words were left out because the model could not read them all."
    )
    needs_two: str = "This encounter has fewer than two notes to compare. Write the missing one first; it takes a minute."
    needs_any: str = "This encounter has no note yet. Write two notes first, then come back to compare them."
    write_notes: str = "Write notes"
    looking: str = "Review by {name}"
    own_first: str = "What {name} marked is shown when your own review of this encounter, and theirs, is submitted."
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
    show_evidence: str = "Show"
    linking: str = "Select in the transcript what this mark rests on (with keys: Enter). Esc cancels."
    edges: dict = field(default_factory=lambda: {"start": "Start", "end": "End"})
    nudges: dict = field(
        default_factory=lambda: {
            "start": ("Start one word earlier (Alt: one character)", "Start one word later (Alt: one character)"),
            "end": ("End one word earlier (Alt: one character)", "End one word later (Alt: one character)"),
        }
    )
    nudge_keys: str = "Shift with the arrow keys moves the end that is underlined; x goes to the other one"
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
    changes: str = "Changes"
    versions: str = "Versions"
    meanings: dict = field(
        default_factory=lambda: {
            "changes": "Show what the correction changes in the note, word by word",
            "versions": "Show the older versions, and take one back",
        }
    )
    changes_title: str = "What the correction changes in note {side}"
    no_changes: str = "The correction says the same as the note."
    no_versions: str = "Nothing is kept yet; the first pause in typing makes version 1."
    version_name: str = "Version {n}"
    version_facts: str = "Version {n}, kept {time}, {seconds} in the editor"
    current: str = "as it stands now"
    take_back: str = "Take this version back"
    copy: str = "Copy"
    copied: str = "Copied"
    not_copied: str = "Not copied: select the text and copy it"
    distance: str = "Corrected by {words} words, {characters} characters · {time} in the editor"
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
    unread: str = "You have not read note {side}, because it names a model."
    no_marks: str = "Nothing is marked in note {side}, and nothing as missing from it."
    unrated: str = "Note {side}: {n} of {all} ratings are open."
    no_preference: str = "You have not said which note is better."
    no_correction: str = "Neither note is corrected."
    no_correction_one: str = "The note is not corrected."
    other_corrected: str = "Note {side} is the better one, but only note {other} is corrected."
    still_there: str = "A major error marked in note {side} is still in its correction, word for word: “{quote}”."
    submitted: str = "Submitted {time}"
    pace: str = "{time} at work."
    median: str = "Your median is {time}."
    seconds: str = "{s} s"
    minutes: str = "{m} min {s} s"
    copy_final: str = "Copy the final note"
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
class GivingUp:
    """Ending a review without a judgement."""

    start: str = "Cannot judge"
    title: str = "End without a judgement?"
    meaning: str = "The review is closed and counts nowhere. The models are not named, so you can take this back later."
    kept: str = "What you have marked and rated stays with it."
    question: str = "Why can these notes not be judged?"
    reasons: dict = field(
        default_factory=lambda: {
            "field": "The visit is outside my field.",
            "transcript": "The transcript cannot be followed.",
            "involved": "I took part in this visit, or know the patient.",
            "unblinded": "I know, or believe to know, which model wrote which note.",
            "other": "Another reason, in my words below.",
        }
    )
    comment: str = "In your words (needed only for another reason)"
    no_reason: str = "Choose a reason first."
    no_words: str = "Say in a few words why."
    confirm: str = "End the review"
    ended: str = "Ended without a judgement {time}"
    reopen: str = "Take it back"


@dataclass(frozen=True)
class Blinding:
    """A note that names a model."""

    withheld: str = "This note names a model, or speaks of itself as one. It is held back so that you can judge it blind."
    meaning: str = "Showing it is noted with the review. If you would rather not, end the review with “Cannot judge”."
    agree: str = "Show the note all the same"


@dataclass(frozen=True)
class Suggestions:
    """What a model judge would mark, shown after the first review."""

    lead: str = (
        "A model ({by}) would mark these. It decides nothing: a mark is yours only when you take it over, and then it stands in "
        "a later version of your review, which main analyses leave out."
    )
    none: str = "Nothing of the judge's waits for an answer here."
    title: str = "Suggestion {name} on note {side}"
    omission_title: str = "Suggestion {name}: missing from note {side}"
    take: str = "Take over"
    down: str = "Turn down"


@dataclass(frozen=True)
class Guideline:
    """The study's own words; the text is in its guideline.md."""

    title: str = "Guideline"


@dataclass(frozen=True)
class Practice:
    """The practice visit; its texts are in practice.toml."""

    lead: str = (
        "Practice: nothing of this counts. In one of the two notes three errors are planted, and it leaves one thing out. "
        "Mark what you find, then submit."
    )
    closed: str = "Practice: what was planted is framed with dashes in the texts."
    nothing_marked: str = "You have marked nothing yet."
    complete: str = "Now you are shown what was planted."
    title: str = "What was planted"
    summary: str = "You found {found} of {all}."
    outcomes: dict = field(
        default_factory=lambda: {"found": "✓ Found", "otherwise": "≈ Labelled otherwise", "missed": "✗ Missed"}
    )
    yours: str = "Your mark:"
    besides: str = "What you marked besides"
    besides_meaning: str = "None of this was planted. Look again whether the visit says otherwise; your eye may still be right."
    look: str = "Look at the texts"
    again: str = "Practise again"
    to_queue: str = "To the queue"
    done: str = "Practice done"
    show: str = "What was planted"
    offer: str = "New here? Practise on an invented visit first. It takes two minutes, and nothing of it counts."
    start: str = "Practise"


@dataclass(frozen=True)
class Reading:
    """Going through the texts."""

    only_here: str = "Overlined: {n} words that only note {side} has."
    no_other: str = "No other encounter waits for you."


@dataclass(frozen=True)
class Finding:
    """Searching the transcript."""

    find: str = "Find"
    label: str = "Find in the transcript"
    count: str = "{n} of {all}"
    none: str = "not found"
    next: str = "Next (Enter)"
    previous: str = "Previous (Shift Enter)"
    stay: str = "Stay here"
    stay_meaning: str = "Close the search and stay at what was found (arrow down)"
    back: str = "Close the search and go back (Esc)"


@dataclass(frozen=True)
class Look:
    """The switch for text size, light and keys, on every page."""

    title: str = "Aa: text size, light and dark, keys"
    size_title: str = "Text size"
    size: dict = field(default_factory=lambda: {"1": "Small", "2": "Normal", "3": "Large", "4": "Very large"})
    theme_title: str = "Light or dark"
    theme: dict = field(default_factory=lambda: {"light": "Light", "dark": "Dark", "system": "System"})
    keys_title: str = "Keys of one letter, digit or sign"
    keys: dict = field(default_factory=lambda: {"on": "On", "off": "Off"})


@dataclass(frozen=True)
class Help:
    """The sheet behind “?”."""

    title: str = "Keys"
    lead: str = (
        "Select words in a note to mark an error; select words in the transcript to mark what a note leaves out. "
        "With the mouse whole words are taken unless Alt is held; with keys the cursor is on the words."
    )
    groups: tuple = (
        ("Read", (
            ("t, a, b", "Transcript, note A, note B"),
            ("↓ ↑", "Next, previous sentence"),
            ("j k", "Next, previous line or turn"),
            ("→ ←", "Next, previous word"),
            ("Home, End", "First, last sentence"),
            ("Shift with these", "Stretch or shrink the selection"),
            ("Alt Shift → ←", "… by one character"),
            ("x", "… at its other end"),
            ("/", "Find in the transcript"),
            ("d", "Differences between the notes"),
        )),
        ("Mark", (
            ("1 to 9", "Mark the words, or change the label"),
            ("Enter", "Open the form for the words"),
            ("m, n", "Severity: major, minor"),
            ("e", "Link evidence: find it, then Enter"),
            ("v", "To the evidence and back"),
            ("c", "Comment"),
            ("a, b, Enter", "Missing from A, from B, from both"),
            ("4 to 7", "An omission's section"),
            ("i", "Important negative, yes or no"),
            (". ,", "Next, previous mark"),
            ("Shift → ←, x", "Resize the mark, at its other end"),
            ("Delete", "Delete the chosen mark"),
            ("u, Shift u", "Undo, redo (also Ctrl z, Ctrl Shift z)"),
        )),
        ("Judge", (
            ("l, r", "List of marks, ratings; again: back to the text"),
            ("1 to 5, 0", "Rate and go on; 0 is not judged"),
            ("↓ ↑, a b", "Other dimension, other note"),
            ("Shift a, b", "A is better, B is better"),
            ("Shift t, x", "Tie, both unacceptable"),
            ("w", "Correct the note that is read"),
            ("Ctrl Enter", "Submit"),
            ("Shift c", "Cannot judge"),
        )),
        ("A judge's suggestions", (
            ("s", "Next suggestion, once you have submitted"),
            ("y, n", "Take it over, turn it down"),
        )),
        ("The desk", (
            ("Shift n, p", "Next, previous encounter"),
            ("g", "The study's guideline"),
            ("+ -", "Larger, smaller text"),
            ("Esc", "Close what is open"),
            ("?", "This sheet"),
        )),
    )  # fmt: skip
    silent: str = (
        "While you type in a field, keys are letters only; Esc leaves the field. "
        "Keys of one letter, digit or sign can be switched off for good in the menu “Aa”."
    )
    off: str = "Keys of one letter, digit or sign are switched off; the menu “Aa” switches them on."


DESK, MARKING, JUDGING, CORRECTING = Desk(), Marking(), Judging(), Correcting()
SAVING, FINISHING, HELP = Saving(), Finishing(), Help()
READING, FINDING, LOOK = Reading(), Finding(), Look()
GIVING_UP, BLINDING, GUIDELINE, PRACTICE, SUGGESTIONS = GivingUp(), Blinding(), Guideline(), Practice(), Suggestions()


def duration(seconds: float) -> str:
    """A stretch of time as people say it: 40 s, 3 min 20 s."""
    whole = round(seconds)
    return FINISHING.seconds.format(s=whole) if whole < 60 else FINISHING.minutes.format(m=whole // 60, s=whole % 60)


def desk_words() -> dict[str, dict]:
    """All of it as plain values, for the script of the review desk."""
    groups = {"desk": DESK, "marking": MARKING, "judging": JUDGING, "correcting": CORRECTING}
    groups |= {"saving": SAVING, "finishing": FINISHING, "help": HELP, "reading": READING, "finding": FINDING}
    groups |= {"giving_up": GIVING_UP, "blinding": BLINDING, "guideline": GUIDELINE, "practice": PRACTICE}
    groups |= {"suggestions": SUGGESTIONS}
    return {name: asdict(group) for name, group in groups.items()}
