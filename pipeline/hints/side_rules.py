"""Left and right in the note against left and right in the transcript."""

from collections.abc import Iterator

from . import words as say
from .hint import Hint
from .reading import Reading
from .sides import BOTH, LEFT, RIGHT, Side, find_sides, groups_at

_OPPOSITE = {LEFT: RIGHT, RIGHT: LEFT}


def side_hints(note: Reading, transcript: Reading) -> Iterator[Hint]:
    """A side is wrong where the transcript has only the other side of that part, and unsupported where it never says that side."""
    written, said = find_sides(note, spoken=False), find_sides(transcript, spoken=True)
    for side in written:
        if not side.groups or side.side == BOTH:
            continue
        start, end = note.quote(side.first, side.last)
        quote = note.text[start:end]
        if (other := _contradicted(side, said, transcript)) is not None:
            yield Hint("laterality", "note", start, end, quote, say.SIDE_OTHER.format(said=quote, heard=other))
        elif not any(one.side in (side.side, BOTH) or _OPPOSITE[side.side] == one.side and not one.groups for one in said):
            yield Hint("laterality", "note", start, end, quote, say.SIDE.format(said=quote))


def _contradicted(side: Side, said: list[Side], transcript: Reading) -> str | None:
    """What the transcript says instead, where it has the part on the other side only."""
    about = [one for one in said if one.part == side.part]
    if not any(one.side == _OPPOSITE[side.side] for one in about):
        about = [one for one in said if not one.groups or one.groups & side.groups]
        if any(one.side == BOTH for one in about):
            return None
    if any(one.side == side.side for one in about):
        return None
    other = next((one for one in about if one.side == _OPPOSITE[side.side] and one.groups), None)
    if other is None:
        return None
    start, end = transcript.quote(other.first, other.last)
    return f"“{transcript.text[start:end]}”"


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
