"""Words exchanged in place: drugs, sides, negations, people and times, certainty."""

import random
import re
from collections.abc import Iterator

from .lists import any_of, cased, lists, red_flag
from .reading import Reading, Sentence, is_diagnosis
from .values import Candidate, Edit

_SIDES = {"left": "right", "right": "left"}
_ONE_OF_BOTH = {"bilateral": ("left-sided", "right-sided"), "bilaterally": ("on the left", "on the right")}
_SIDE = re.compile(r"\b(left|right)\b(?=[ -]?(?:-sided )?(?P<what>[a-z]+))|\b(bilateral(?:ly)?)\b", re.IGNORECASE)
# "right away", "left the army", "left out the tablets", "right of the midline" are no sides of the body.
_NO_SIDE = {
    "away", "now", "of", "the", "at", "after", "before", "in", "for", "to", "handed", "school", "work", "home", "off", "over",
    "about", "out", "alone", "behind", "untreated", "unchanged", "when", "because",
}  # fmt: skip
_EPONYMS = ("Graves", "Cushing", "Addison", "Hashimoto", "Crohn", "Parkinson", "Conn", "Paget", "Raynaud", "Barrett")
_SURE = {
    "possible": "confirmed", "possibly": "definitely", "probable": "confirmed", "probably": "definitely", "likely": "definite",
    "suspected": "proven", "presumed": "proven", "may be": "is", "might be": "is", "could be": "is",
    "to be confirmed": "confirmed", "suggestive of": "diagnostic of", "suggests": "proves", "unlikely": "excluded",
}  # fmt: skip
_UNSURE = {"confirmed": "suspected", "newly diagnosed": "possible", "well controlled": "possibly controlled"}
_TIMES = (("morning", "evening"), ("evening", "morning"), ("night", "afternoon"), ("breakfast", "dinner"), ("bedtime", "midday"))
_UNITS = (("weeks", "months"), ("months", "weeks"), ("days", "weeks"), ("years", "months"), ("week", "month"), ("month", "week"))
# "High normal" is a value of its own, "normal over 12" the laboratory's range.
_NORMAL = re.compile(
    r"(?<!high[ -])(?<!low[ -])(?<!upper )(?<!lower )\b(normal)\b(?! range| limit|ly| over| under)", re.IGNORECASE
)
# Each turns a fact over: the pattern's group is exchanged for the text.
_TURNS = (
    (re.compile(r"\b(denies)\b", re.IGNORECASE), "reports"),
    (re.compile(r"\b(reports)(?= (?!no\b))", re.IGNORECASE), "denies"),
    (re.compile(r"\b(does not have)\b", re.IGNORECASE), "has"),
    (re.compile(r"\b(does not)(?= (?:take|smoke|drink|drive|use|wake|snore))", re.IGNORECASE), "does"),
    # "Without fail" and "with or without food" turn into no English.
    (re.compile(r"(?<!or )\b(without)\b(?! fail| delay| exception| or\b)", re.IGNORECASE), "with"),
    (re.compile(r"\b(never smoked)\b", re.IGNORECASE), "current smoker"),
    (re.compile(r"\b(non-tender)\b", re.IGNORECASE), "tender"),
    (re.compile(r"\b(abnormal)\b", re.IGNORECASE), "normal"),
    (_NORMAL, "abnormal"),
    (re.compile(r"\b(positive)\b", re.IGNORECASE), "negative"),
    (re.compile(r"\b(negative)\b", re.IGNORECASE), "positive"),
    (re.compile(r"\b(intact)\b", re.IGNORECASE), "not intact"),
    (re.compile(r"(?<=chest |lungs )(clear)\b", re.IGNORECASE), "not clear"),
    (re.compile(r"\b(well tolerated)\b", re.IGNORECASE), "not tolerated"),
    (re.compile(r"\b(not tolerated)\b", re.IGNORECASE), "well tolerated"),
)  # fmt: skip
_NO = re.compile(r"(?:No|no) (?P<first>[^,;.:()\n]{3,60}?)(?P<rest>, | or | and |[.;]|$)")
_VERBS = {"past": "Has", "family": "Has", "social": "Admits to"}
_HAS = re.compile(rf"(?<!ernal )(?P<who>{any_of(lists()['relatives'])}) (?=has|had|with)", re.IGNORECASE)


def swapped_drugs(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """A medicine exchanged for another of its class that neither text names; major."""
    rows = lists()["drugs"]
    names = any_of([name for row in rows for name in row])
    for sentence, match in _matches(reading, re.compile(names, re.IGNORECASE)):
        old = match.group()
        free = [name for row in rows if old.lower() in row for name in row if not reading.says(name)]
        if free:
            yield _swap("drug", "major", sentence, match.span(), cased(dice.choice(sorted(set(free))), old))


def swapped_sides(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """Left for right or the reverse, one side for both; left alone where the transcript has the other side of the same part."""
    for sentence, match in _matches(reading, _SIDE):
        old = match.group(1) or match.group(3)
        new = _SIDES.get(old.lower()) or dice.choice(_ONE_OF_BOTH[old.lower()])
        what = (match["what"] or "").lower()
        if what in _NO_SIDE or (what and reading.says(f"{new} {what}")):
            continue
        yield _swap("laterality", "major", sentence, (match.start(), match.start() + len(old)), cased(new, old))


def turned_negations(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """``denies`` for ``reports``, ``abnormal`` for ``normal``, and the first of a list of negatives made a positive."""
    for pattern, new in _TURNS:
        for sentence, match in _matches(reading, pattern):
            yield _swap("negation", _weight(reading, sentence), sentence, match.span(1), cased(new, match.group(1)))
    for sentence in reading.sentences:
        match = _NO.match(reading.note, sentence.start, sentence.end)
        # "No murmur, lungs clear": what follows a comma is only negated too where an "or" ends the list.
        if match and (match["rest"] != ", " or " or " in reading.note[match.end() : sentence.end]):
            yield _positive(sentence, match)


def _positive(sentence: Sentence, match: re.Match) -> Candidate:
    """``No cough or fever.`` becomes ``Reports cough. No fever.``"""
    first, rest = match["first"], match["rest"]
    if sentence.section == "subjective":
        verb = next((verb for heading, verb in _VERBS.items() if sentence.heading.startswith(heading)), "Reports")
        said = f"{verb} {first}"
    else:
        bare = sentence.section == "assessment_and_plan" or first.endswith(" present")
        said = first[:1].upper() + first[1:] + ("" if bare else " present")
    more = rest in (", ", " or ", " and ")
    text = said + (". No " if more else rest)
    severity = "major" if red_flag(first) or sentence.section == "assessment_and_plan" else "minor"
    edit = Edit(match.start(), match.end(), text, trail=len(text) - len(said))
    return Candidate("negation", severity, edit, ((sentence.start, sentence.end),), section=sentence.section)


def mixed_contexts(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """Another relative, the relative's illness given to the patient, another time of day, another unit of time."""
    people = [name for name in lists()["relatives"] if not reading.says(name)]
    for sentence, match in _matches(reading, re.compile(any_of(lists()["relatives"]), re.IGNORECASE)):
        if people:
            yield _swap("context", "minor", sentence, match.span(), cased(dice.choice(people), match.group()))
    for sentence, match in _matches(reading, _HAS):
        yield _swap("context", "major", sentence, match.span("who"), cased("patient", match["who"]))
    for old, new in _TIMES:
        for sentence, match in _matches(reading, re.compile(rf"\b{old}\b", re.IGNORECASE)):
            if not reading.heard(new):
                yield _swap("context", "minor", sentence, match.span(), cased(new, match.group()))
    for old, new in _UNITS:
        for sentence, match in _matches(reading, re.compile(rf"(?<=[a-z0-9] ){old}\b")):
            if not reading.heard(new):
                yield _swap("context", _of_plan(sentence), sentence, match.span(), new)


def changed_certainty(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """What was possible made certain, and what was certain made possible."""
    for old, new in (_SURE | _UNSURE).items():
        for sentence, match in _matches(reading, re.compile(rf"\b{old}\b", re.IGNORECASE)):
            yield _swap("certainty", _of_plan(sentence), sentence, match.span(), cased(new, match.group()))
    hedges = re.compile(any_of([*_SURE, "query", "cannot be excluded"]), re.IGNORECASE)
    for sentence in reading.sentences:
        text = reading.text(sentence)
        if is_diagnosis(reading, sentence) and not hedges.search(text) and not text.lower().startswith("no "):
            first = text.split()[0]
            word = first if first.startswith(_EPONYMS) or not first[1:2].islower() else first[0].lower() + first[1:]
            edit = Edit(sentence.start, sentence.start + len(first), f"Possible {word}", trail=len(word) + 1)
            yield Candidate("certainty", "major", edit, ((sentence.start, sentence.end),), section=sentence.section)


def _weight(reading: Reading, sentence: Sentence) -> str:
    return "major" if red_flag(reading.text(sentence)) or sentence.section == "objective_results" else "minor"


def _of_plan(sentence: Sentence) -> str:
    return "major" if sentence.section == "assessment_and_plan" else "minor"


def _matches(reading: Reading, pattern: re.Pattern) -> Iterator[tuple[Sentence, re.Match]]:
    for sentence in reading.sentences:
        for match in pattern.finditer(reading.note, sentence.start, sentence.end):
            yield sentence, match


def _swap(kind: str, severity: str, sentence: Sentence, span: tuple[int, int], new: str) -> Candidate:
    return Candidate(kind, severity, Edit(*span, new), ((sentence.start, sentence.end),), section=sentence.section)
