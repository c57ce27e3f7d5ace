"""Left and right in the note against left and right in the transcript."""

from collections.abc import Iterator
from itertools import pairwise

from . import words as say
from .concepts import content, meanings
from .hint import Hint
from .number_rules import Spoken
from .numbers import Number, telling
from .reading import Reading
from .sides import BOTH, LEFT, RIGHT, Side, find_sides, groups_at
from .wordset import wordset
from .zones import heard_for

# Parts so near that people name one for the other.
_REGIONS = (
    wordset("leg foot hip back"), wordset("arm hand shoulder neck"), wordset("belly back chest hip"),
    wordset("head eye ear nose neck"), wordset("heart chest"),
)  # fmt: skip
_BOTH = wordset("both either each bilateral bilaterally")
_SIDED = _BOTH | {LEFT, RIGHT}
# How many words of the note's sentence one of the transcript has to share, and how long that may be.
_ALIKE, _LONG = 2, 30
_OPPOSITE = {LEFT: RIGHT, RIGHT: LEFT}


def side_hints(note: Reading, numbers: list[Number], transcript: Reading, heard: Spoken) -> Iterator[Hint]:
    """A side is wrong where the transcript has only the other side of that part, unsupported where it never says that side."""
    written, said = find_sides(note, spoken=False), find_sides(transcript, spoken=True)
    for side in written:
        if side.side == BOTH:
            continue
        start, end = note.quote(side.first, side.last)
        quote = note.text[start:end]
        if (other := _contradicted(side, said, transcript)) is not None:
            yield Hint("laterality", "note", start, end, quote, say.SIDE_OTHER.format(said=quote, heard=other))
        elif told := _by_number(note, side, numbers, heard) or _same_words(note, side, transcript, _named(side, said)):
            template = say.SIDE_BOTH if told == BOTH else say.SIDE_OTHER
            yield Hint("laterality", "note", start, end, quote, template.format(said=quote, heard=told))
        elif not any(_may_mean(one, side) for one in said):
            yield Hint("laterality", "note", start, end, quote, say.SIDE.format(said=quote))


def _contradicted(side: Side, said: list[Side], transcript: Reading) -> str | None:
    """What the transcript says instead, where it has the part on the other side only."""
    about = [one for one in said if one.part == side.part]
    if not any(one.side == _OPPOSITE[side.side] for one in about):
        about = [one for one in said if not one.groups or one.groups & side.groups]
    if any(one.side == side.side for one in about):
        return None
    other = next((one for one in about if one.side == _OPPOSITE[side.side] and one.groups), None)
    if other is None:
        return None
    start, end = transcript.quote(other.first, other.last)
    return f"“{transcript.text[start:end]}”"


def _named(side: Side, said: list[Side]) -> bool:
    return any(one.side == side.side and one.groups & side.groups for one in said)


def _same_words(note: Reading, side: Side, transcript: Reading, named: bool) -> str | None:
    """What the sentence says that has the most of the words of the note's clause and a side, where all such have another side;
    three words where that side of the part is ``named`` somewhere too."""
    first, last = _clause(note, side.first)
    wanted = {meanings(note.words[place]) for place in range(first, last) if content(note, place)} - {meanings(side.side)}
    best: dict[int, set[str]] = {}
    turns = heard_for(note, side.first, transcript)
    for begin, end in transcript.sentences:
        words = transcript.words[begin:end]
        if not _SIDED & set(words) or (turns and transcript.tokens[begin].turn not in turns) or end - begin > _LONG:
            continue
        heard = frozenset().union(*map(meanings, words))
        best.setdefault(sum(bool(one & heard) for one in wanted), set()).add(_sides_of(words))
    most = max(best, default=0)
    if most < _ALIKE + named or 3 * most < 2 * len(wanted) or len(best[most]) > 1:
        return None
    (only,) = best[most]
    return None if only in ("", side.side) else BOTH if only == BOTH else f"“{only}”"


def _clause(reading: Reading, place: int) -> tuple[int, int]:
    begin, end = reading.sentences[reading.tokens[place].sentence]
    marks = [begin - 1, *(at for at in range(begin, end) if reading.words[at] in ",;:"), end]
    return next((one + 1, other) for one, other in pairwise(marks) if one < place <= other)


def _sides_of(words: tuple[str, ...]) -> str:
    """"Left and right", "on both sides": both; "" where more than one thing has a side."""
    named = {word for word in words if word in (LEFT, RIGHT)}
    pairs = set(zip(words, words[2:], strict=False)) & {(LEFT, RIGHT), (RIGHT, LEFT)}
    if (_BOTH & set(words) and not named) or (pairs and words.count(LEFT) == words.count(RIGHT) == 1 and "and" in words):
        return BOTH
    return named.pop() if len(named) == 1 and not _BOTH & set(words) else ""


def _by_number(note: Reading, side: Side, numbers: list[Number], heard: Spoken) -> str | None:
    """The side of the sentence that has the number of the note's clause, where that is another: "0.65 on the right"."""
    first, last = _clause(note, side.first)
    mine = [number for number in numbers if first <= number.first < last and telling(number)]
    about = frozenset().union(*(meanings(note.words[place]) for place in range(first, last) if content(note, place)))
    told = set()
    for number in mine:
        for other in heard.by_value.get(round(number.value, 4), ()):
            start, stop = heard.reading.sentences[heard.reading.tokens[other.first].sentence]
            words = heard.reading.words[start:stop]
            if about & frozenset().union(*map(meanings, words)) - meanings(side.side):
                told.add(_sides_of(words))
    (only,) = told if len(told) == 1 else ("",)
    return f"“{only}”" if only in (LEFT, RIGHT) and only != side.side else None


def _may_mean(one: Side, side: Side) -> bool:
    """Whether a side of the transcript may be the note's: the same, of a part near it or of none that is named."""
    if one.side != side.side:
        return False
    if not one.groups or not side.groups or "side" in (one.part, side.part):
        return True
    return any(one.groups & region and side.groups & region for region in _REGIONS)


def missing_sides(note: Reading, transcript: Reading) -> Iterator[Hint]:
    """A side that is said twice or more for a part that the note names, always without a side."""
    said = find_sides(transcript, spoken=True)
    sided = find_sides(note, spoken=False)
    named = {group for place in range(len(note.words)) for group in groups_at(note, place)}
    told: set[str] = set()
    for side in said:
        again = [one for one in said if one.groups & side.groups]
        agreed = len(again) > 1 and len({one.side for one in again}) == 1 and side.side != BOTH
        new = side.groups - told
        if agreed and len(side.groups) == 1 and new and side.groups <= named and not sided:
            told |= side.groups
            start, end = transcript.quote(side.first, side.last)
            quote = transcript.text[start:end]
            yield Hint("missing_laterality", "transcript", start, end, quote, say.MISSING_SIDE.format(said=quote))
