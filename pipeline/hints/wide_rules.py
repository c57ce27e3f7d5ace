"""What a note may leave out for good reason, too: amounts, symptoms, sides, and negatives that nobody asked for.

Of what these rules point at a careful clinician often left it out on purpose, so they speak only when asked (``wide``); how often
they are right on real notes is in docs/log.md.
"""

from collections.abc import Iterable, Iterator

from . import words as say
from .answers import DENIED
from .findings import Finding
from .hint import Hint
from .lexicon import mentions
from .number_rules import Spoken
from .numbers import Number
from .polarity import AFFIRMED
from .reading import Reading
from .sides import BOTH, find_sides
from .units import same
from .wordset import wordset

_NO_AMOUNT = frozenset(("ordinal", "time"))
# "Four, five days", "six to eight weeks": one of them in the note will do.
_NEAR = 4
# Around a time of the day.
_CLOCK = wordset("morning afternoon evening night noon o'clock am pm a.m p.m")
# Names of findings that are everyday words as well.
_EVERYDAY = wordset(
    "run runs running ran break breaks rub rubs fit fits fall falls fell travel traveling traveled red stress diagnosis faint"
)


def wide_hints(
    note: Reading, numbers: list[Number], written: list[Finding], heard: Spoken, said: list[Finding], taken: Iterable[Hint]
) -> Iterator[Hint]:
    """The wide hints, each fact once; what ``taken`` points at already is left out."""
    there = [(hint.start, hint.end) for hint in taken if hint.where == "transcript"]
    known = frozenset().union(*(one.names for one in written), *(names for names, _, _ in mentions(note)))
    transcript = heard.reading
    found = (
        *_amounts(numbers, heard), *_findings(transcript, said, known), *_denials(transcript, said, known),
        *_sides(note, transcript),
    )  # fmt: skip
    for hint in found:
        if not any(hint.start < end and start < hint.end for start, end in there):
            yield hint


def _amounts(numbers: list[Number], heard: Spoken) -> Iterator[Hint]:
    """Numbers of which the note holds no reading, each once; of those that stand together one."""
    told: list[int] = []
    known: set[tuple[str, ...]] = set()
    for number in sorted(heard.numbers, key=lambda number: (number.first, -number.last)):
        if number.loose or number.value < 2 or number.unit in _NO_AMOUNT or _dated(heard.reading, number):
            continue
        last = max(other.last for other in heard.numbers if other.first == number.first)
        words = heard.reading.words[number.first : last + 1]
        if any(number.first - place <= 2 * _NEAR for place in told[-1:]):
            continue
        if words in known:
            told.append(number.first)
        elif not any(_stands_for(other, number) and _held(other, numbers) for other in heard.numbers):
            told.append(number.first)
            known.add(words)
            yield _hint("missing_amount", heard.reading, number.first, last, say.MISSING_AMOUNT)


def _stands_for(other: Number, number: Number) -> bool:
    """Another reading of the same words, or the other end of a range."""
    if other.first <= number.last and number.first <= other.last:
        return other.first <= number.first and number.last <= other.last
    return not other.loose and other.unit == number.unit and abs(other.first - number.first) <= _NEAR


def _dated(transcript: Reading, number: Number) -> bool:
    """A date, a year, a time of the day."""
    around = transcript.words[max(0, number.first - 2) : number.last + 3]
    clock = number.value <= 12 and transcript.words[number.first - 1] in ("at", "by") and number.unit in ("", "noun")
    return "/" in around or 1900 <= number.value <= 2100 or clock or bool(_CLOCK & set(around))


def _held(number: Number, numbers: list[Number]) -> bool:
    return any(same(one.value, one.unit, number.value, number.unit) or one.value == number.value for one in numbers)


def _findings(transcript: Reading, said: list[Finding], known: frozenset[str]) -> Iterator[Hint]:
    """Whatever is affirmed, by whoever says it."""
    told: set[str] = set()
    for one in said:
        if one.polarity != AFFIRMED or one.names & (known | told) or transcript.words[one.first] in _EVERYDAY:
            continue
        told |= one.names
        yield _hint("missing_finding", transcript, one.first, one.last, say.MISSING_FINDING)


def _denials(transcript: Reading, said: list[Finding], known: frozenset[str]) -> Iterator[Hint]:
    told: set[str] = set()
    for one in said:
        if one.polarity != DENIED or one.names & (known | told) or transcript.words[one.first] in _EVERYDAY:
            continue
        if {other.polarity for other in said if other.names & one.names} == {DENIED}:
            told |= one.names
            yield _hint("missing_denial", transcript, one.first, one.last, say.MISSING_DENIAL)


def _sides(note: Reading, transcript: Reading) -> Iterator[Hint]:
    """Parts of the body that are said to be left or right, and never so in the note."""
    written, told = find_sides(note, spoken=False), set()
    for side in find_sides(transcript, spoken=True):
        there = any(one.side in (side.side, BOTH) and (not one.groups or one.groups & side.groups) for one in written)
        if side.side != BOTH and side.groups and not there and not side.groups & told:
            told |= side.groups
            yield _hint("missing_side", transcript, side.first, side.last, say.MISSING_SIDE_OF)


def _hint(kind: str, transcript: Reading, first: int, last: int, template: str) -> Hint:
    start, end = transcript.quote(first, last)
    quote = transcript.text[start:end]
    return Hint(kind, "transcript", start, end, quote, template.format(said=quote))
