"""What a note affirms or denies, item by item, whatever the words: "Reports grinding", "Neck lump present"."""

from collections.abc import Iterator
from typing import NamedTuple

from .answers import DENIED
from .concepts import content
from .polarity import AFFIRMED, OTHERS
from .reading import Reading
from .wordset import wordset

_AFFIRM = wordset("reports reported endorses admits complains has")
_DENY = wordset("denies denied denying no without")
_ENDS = wordset(". ; ? ! but however although though except :")
_BETWEEN = wordset(", and or nor ( )")
_FOUND = wordset("present positive found needed required")
# "No" and "without" are left to the findings of the list.
_UNUSED = wordset("no without")
_UNPLAIN = wordset(
    """instead if unless not when unlikely stop avoid withhold hold discontinue cease nothing never do
    continue keep start take add increase reduce repeat refer"""
)
_OTHERWISE = wordset("left right ever personal prior")
_PEOPLE = wordset("he she they his it")
_OPENERS = wordset("also patient he she they currently to")
_WHEN = wordset("since after following before until")
_MOST = 6


class Item(NamedTuple):
    """Tokens ``cue`` (the word that affirms or denies, or the first) to ``last``; ``content`` are the places of telling words;
    ``plain`` is True where nothing but the item's own position affirms it (a line of a plan)."""

    cue: int
    first: int
    last: int
    content: tuple[int, ...]
    polarity: int
    plain: bool = False


def items(note: Reading) -> Iterator[list[Item]]:
    """The items of each list together: one cue stands for all of them."""
    for begin, end in note.sentences:
        start = _after_heading(note, begin, end)
        while start < end and note.words[start] in _OPENERS:
            start += 1
        cues = [place for place in range(start, end) if note.words[place] in _AFFIRM | _DENY]
        if cues:
            yield from _listed(note, start, cues, end)
        elif start < end:
            yield from _alone(note, start, end)


def _after_heading(note: Reading, begin: int, end: int) -> int:
    for place in range(min(begin + 6, end - 1), begin - 1, -1):
        if note.words[place] == ":":
            return place + 1
    place = begin
    while place < end and (note.tokens[place].kind in ("number", "mark")):
        place += 1
    return place


def _listed(note: Reading, start: int, cues: list[int], end: int) -> Iterator[list[Item]]:
    """The items behind each cue, up to the next. "Has" only opens a sentence."""
    for cue, until in zip(cues, [*cues[1:], end], strict=True):
        word = note.words[cue]
        if word in _UNUSED or (word == "has" and cue > start):
            continue
        said = AFFIRMED if word in _AFFIRM else DENIED
        pieces = list(_pieces(note, cue + 1, until))[: 1 if word == "has" else None]
        # "Has noticed no change": the next cue takes the words before it.
        pieces = [piece for piece in pieces if piece[1] + 1 < until or until == end]
        # "Has been in rehab" tells a story; what is denied of one side, or of the past, may be true of the other, or today.
        pieces = [(first, last) for first, last in pieces if note.words[first] != "been"]
        if said == DENIED and _OTHERWISE & set(note.words[cue:until]):
            continue
        # "Reports that they do not have seizures or tics" affirms neither.
        turned = (place for place in range(cue, until) if note.words[place] == "not" or note.words[place].endswith("n't"))
        denied_from = next(turned, until)
        pieces = [piece for piece in pieces if piece[0] < denied_from]
        yield [item for first, last in pieces for item in _item(note, cue, first, last, said, False)]


def _alone(note: Reading, start: int, end: int) -> Iterator[list[Item]]:
    """"Neck lump present"; and what stands first on a line of the plan, "Brain imaging needed"."""
    for first, last in list(_pieces(note, start, end))[:2]:
        shown = any(note.words[place] in _FOUND for place in range(first, last + 1))
        shown = shown and note.words[first] != "all"
        heading = note.text[slice(*note.quote(first, last))].isupper()
        if (shown or first == start) and not heading and not _UNPLAIN & set(note.words[start:end]):
            yield list(_item(note, first, first, last, AFFIRMED, not shown))


def _head(note: Reading, first: int, last: int) -> int:
    """Where what is reported ends, before when it was: "attacks since the operation"."""
    return next((place - 1 for place in range(first + 1, last + 1) if note.words[place] in _WHEN), last)


def _pieces(note: Reading, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for place in range(start, end):
        if note.words[place] in _BETWEEN | _ENDS:
            if place > first:
                yield first, place - 1
            first = place + 1
            if note.words[place] in _ENDS:
                return
    if first < end:
        yield first, end - 1


def _item(note: Reading, cue: int, first: int, last: int, said: int, plain: bool) -> Iterator[Item]:
    head = range(first, _head(note, first, last) + 1)
    telling = tuple(
        place for place in head if (content(note, place) and note.words[place] not in _FOUND) or note.words[place] == "other"
    )
    negated = any(word in ("not", "never") or word.endswith("n't") for word in note.words[first : last + 1])
    people = (OTHERS - {"family"}) & set(note.words[max(first - 12, 0) : last + 1]) or _PEOPLE & set(note.words[first : last + 1])
    if 0 < len(telling) <= _MOST and not negated and not people:
        yield Item(cue, first, last, telling, said, plain)
