"""What each number belongs to: the medicine or the measurement that is named near it."""

from bisect import bisect_left
from typing import NamedTuple

from .drugs import Mention, find_drugs
from .labels import find_labels
from .numbers import Number
from .reading import Reading

# How many tokens a name may stand before its number, or after it; in speech, and in notes.
SPOKEN = (18, 5)
WRITTEN = (8, 3)
# A short answer belongs to what was asked.
_SHORT = 14


class Anchor(NamedTuple):
    """A named thing on tokens first to last: its generic names if it is a medicine, else the name of a measurement."""

    names: frozenset[str]
    drug: bool
    first: int
    last: int


def anchors_of(reading: Reading, drugs: list[Mention] | None = None) -> list[Anchor]:
    """Medicines and measurements in order. Where a name is both (vitamin D), it is the measurement's too."""
    drugs = find_drugs(reading) if drugs is None else drugs
    found = [Anchor(mention.keys, True, mention.first, mention.last) for mention in drugs]
    taken = {place for mention in drugs for place in range(mention.first, mention.last + 1)}
    for label, first, last in find_labels(reading):
        if first not in taken:
            found.append(Anchor(frozenset((label,)), False, first, last))
    return sorted(found, key=lambda anchor: anchor.first)


def owners(reading: Reading, number: Number, anchors: list[Anchor], reach: tuple[int, int], same_sentence: bool) -> list[Anchor]:
    """The nearest anchor before the number and the nearest after it, each within reach and within its sentence (or turn)."""
    tokens = reading.tokens
    place = bisect_left(anchors, number.first, key=lambda anchor: anchor.first)
    found = []
    if place and _near(tokens, anchors[place - 1].last, number.first, reach[0], same_sentence):
        found.append(anchors[place - 1])
    after = anchors[place] if place < len(anchors) else None
    near = after and _near(tokens, number.last, after.first, reach[1], same_sentence)
    if near and not _marked(reading, number.last, after.first):
        found.append(after)
    if not found and not same_sentence and place:
        found += _asked(reading, number, anchors[place - 1])
    return found


def _near(tokens, first: int, second: int, reach: int, same_sentence: bool) -> bool:
    together = tokens[first].sentence == tokens[second].sentence if same_sentence else tokens[first].turn == tokens[second].turn
    return together and second - first <= reach


def _marked(reading: Reading, first: int, second: int) -> bool:
    return any(token.kind == "mark" and token.word not in "%-/" for token in reading.tokens[first + 1 : second])


def _asked(reading: Reading, number: Number, before: Anchor) -> list[Anchor]:
    """The anchor of the turn before, when the number stands in a short turn that may answer it."""
    turn = reading.tokens[number.first].turn
    _, first, last = reading.turns[turn]
    if last - first <= _SHORT and reading.tokens[before.last].turn == turn - 1 and number.first - before.last <= 2 * SPOKEN[0]:
        return [before]
    return []
