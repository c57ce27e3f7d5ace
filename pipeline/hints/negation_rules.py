"""What the note denies or affirms against what the transcript does, and negatives that only one of them has."""

from collections.abc import Iterator

from . import words as say
from .answers import AFFIRMED, ASKED, DENIED
from .evidence import asked_for, told_by_patient, weighed
from .findings import Finding
from .hint import Hint
from .lexicon import lexicon, mentions
from .places import section_of
from .reading import Reading
from .sides import groups_at
from .wordset import wordset
from .zones import heard_for, within

# Findings of an examination that have one name, which whoever finds them says.
_SAID_ALOUD = wordset("murmur gallop rub rales rhonchi clubbing cyanosis bruit splenomegaly papilledema") | {
    "jugular venous distention", "lid lag",
}  # fmt: skip


# Reported of one part of the body, they say nothing of another.
_LOCAL = wordset("swelling numbness tingling weakness rash stiffness bruising itching")
_HABITS = frozenset(("alcohol",))
_BEFORE = wordset("ever personal prior previous before")
_OF_HEAD = frozenset(("eye", "ear", "nose"))
_PLACED = wordset("on in at")
_SAME_MATTER = {
    "fever": wordset("temperature temp afebrile fevers"), "weight loss": wordset("weight bmi"),
    "shortness of breath": wordset("orthopnoea orthopnea breathing breath"),
    "drug allergy": wordset("allergies allergic nkda"), "suicidal thoughts": wordset("harm suicide suicidality si"),
}  # fmt: skip


def negation_hints(
    note: Reading, written: list[Finding], transcript: Reading, said: list[Finding], guessed: list[Finding]
) -> Iterator[Hint]:
    """A hint only where every statement of the transcript about the finding is clear and the other way round. Of what the note
    affirms and the transcript has under no name of the list, ``guessed`` are the statements."""
    known = frozenset().union(*(one.names for one in said))
    for finding in written:
        here = _parts(note, finding)
        guess = finding.polarity == AFFIRMED and not finding.names & known
        about = [one for one in (guessed if guess else said) if one.names & finding.names]
        about = [one for one in about if not _elsewhere(here, _parts(transcript, one))]
        turns = heard_for(note, finding.first, transcript)
        examined_here = not finding.names & _LOCAL and section_of(note.text, note.tokens[finding.first].start) == "objective_exam"
        examined_here &= any(transcript.tokens[one.first].turn in turns for one in about)
        about = within(transcript, turns, about, lambda one: one.first)
        heard = {one.polarity for one in about}
        if told_by_patient(note, finding.first, finding.polarity):
            heard = weighed(transcript, ((one.first, one.polarity) for one in about))
        planned = _in_plan(note, finding) and not _opens(note, finding)
        theme = _repeated(written, finding) and not examined_here
        if finding.polarity == AFFIRMED and (planned or theme or _complaint(note, finding)):
            continue
        examined = finding.names & (lexicon().examined | _LOCAL)
        if examined and heard - {ASKED} == {AFFIRMED} and not all(here & _parts(transcript, one) for one in about):
            continue
        local = finding.polarity == AFFIRMED and finding.names & _LOCAL and not here
        if local and about and all(_parts(transcript, one) for one in about):
            continue
        if _both(note, written, finding) or _ever(note, finding) or _there(note, finding):
            continue
        if finding.polarity == AFFIRMED and heard - {ASKED} == {DENIED}:
            yield _hint(note, finding, say.AFFIRMED)
        elif finding.polarity == AFFIRMED and finding.names & _SAID_ALOUD and not _mentioned(transcript, finding):
            yield _hint(note, finding, say.UNHEARD)
        elif finding.polarity == DENIED and heard - {ASKED} == {AFFIRMED}:
            yield _hint(note, finding, say.NEGATED)


def _covered(names: frozenset[str], note: Reading) -> bool:
    """A temperature says more than "no fever", a weight that stayed more than "no weight loss"."""
    return any(_SAME_MATTER.get(name, frozenset()) & set(note.words) for name in names)


def _opens(note: Reading, finding: Finding) -> bool:
    """An item that begins with it, "Calcium supplements; normal diet": an order, not a case that may come."""
    begin, end = note.sentences[note.tokens[finding.first].sentence]
    between = note.words[begin : finding.first]
    return all(not word.isalpha() for word in between) and ":" not in note.words[begin:end]


def _complaint(note: Reading, finding: Finding) -> bool:
    """Why the patient came, which speech says in its own words; or a habit that is only named, with how much behind it."""
    begin, _ = note.sentences[note.tokens[finding.first].sentence]
    return note.words[begin : begin + 2] == ("chief", "complaint") or (finding.names <= _HABITS and finding.cue == finding.first)


def _repeated(written: list[Finding], finding: Finding) -> bool:
    """What the note affirms again and again is its theme; a slip stands once."""
    return sum(one.polarity == AFFIRMED and bool(one.names & finding.names) for one in written) > 2


def _both(note: Reading, written: list[Finding], finding: Finding) -> bool:
    """Denied and affirmed in one note, it is of two places or times, or has two names: "difficulty urinating", "no retention"."""
    others = [one for one in written if one.polarity == -finding.polarity and one.names & finding.names]
    if finding.polarity == AFFIRMED and not finding.names & (lexicon().examined | _LOCAL):
        # "No more steroids" of a plan says nothing of what they did.
        return any(_in_plan(note, one) for one in others)
    return bool(others)


def _ever(note: Reading, finding: Finding) -> bool:
    """Denied of the past, "any personal history of stones", it says nothing of today."""
    return finding.polarity == DENIED and bool(_BEFORE & set(note.words[finding.cue : finding.first]))


def _there(note: Reading, finding: Finding) -> bool:
    """Denied of one place, "no steroid on the face", it may well be elsewhere."""
    _, end = note.sentences[note.tokens[finding.first].sentence]
    after = note.words[finding.last + 1 : min(finding.last + 5, end)]
    if after[:1] in (("planned",), ("intended",)):
        return True
    moving = bool(after) and after[0].endswith("ing")
    return finding.polarity == DENIED and (bool(_PLACED & set(after[:1])) or moving or "other" in after)


def _mentioned(transcript: Reading, finding: Finding) -> bool:
    return any(names & finding.names for names, _, _ in mentions(transcript))


def _parts(reading: Reading, finding: Finding) -> frozenset[str]:
    """The parts of the body that are named around a finding, in its sentence."""
    begin, end = reading.sentences[reading.tokens[finding.first].sentence]
    places = range(max(begin, finding.first - 8), min(finding.last + 9, end))
    # "Weakness down one side" is of no part.
    return frozenset().union(*(groups_at(reading, place) for place in places if reading.words[place] != "side"))


def _elsewhere(here: frozenset[str], there: frozenset[str]) -> bool:
    in_head = any("head" in one and other & _OF_HEAD for one, other in ((here, there), (there, here)))
    return bool(here and there and not here & there) and not in_head


def _in_plan(note: Reading, finding: Finding) -> bool:
    """A plan names what may come ("return for fever")."""
    return section_of(note.text, note.tokens[finding.first].start) == "assessment_and_plan"


def missing_negatives(note: Reading, written: list[Finding], transcript: Reading, said: list[Finding]) -> Iterator[Hint]:
    """Negatives of the transcript, once each, that the note does not mention either way: the important ones, and those that were
    asked for and denied."""
    known = frozenset().union(*(finding.names for finding in written))
    told: set[str] = set()
    for finding in said:
        names = (finding.names if asked_for(transcript, finding.first) else finding.names & lexicon().important) - told
        if not names or finding.names & known or finding.polarity != DENIED or _covered(names, note):
            continue
        if {one.polarity for one in said if one.names & finding.names} == {DENIED}:
            told |= finding.names
            start, end = transcript.quote(finding.first, finding.last)
            message = say.MISSING_NEGATIVE.format(name=min(names))
            yield Hint("missing_negative", "transcript", start, end, transcript.text[start:end], message)


def _hint(note: Reading, finding: Finding, template: str) -> Hint:
    start, end = note.quote(min(finding.cue, finding.first), finding.last)
    name = note.text[slice(*note.quote(finding.first, finding.last))]
    return Hint("negation", "note", start, end, note.text[start:end], template.format(name=name))
