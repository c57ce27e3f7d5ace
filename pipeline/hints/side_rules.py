"""Left and right in the note against left and right in the transcript."""

from collections.abc import Iterator

from . import words as say
from .hint import Hint
from .reading import Reading
from .sides import BOTH, LEFT, RIGHT, Side, find_sides, groups_at
from .wordset import wordset

# Parts so near that people name one for the other.
_REGIONS = (
    wordset("leg foot hip back"), wordset("arm hand shoulder neck"), wordset("belly back chest hip"),
    wordset("head eye ear nose neck"), wordset("heart chest"),
)  # fmt: skip
_OPPOSITE = {LEFT: RIGHT, RIGHT: LEFT}


def side_hints(note: Reading, transcript: Reading) -> Iterator[Hint]:
    """A side is wrong where the transcript has only the other side of that part, unsupported where it never says that side."""
    written, said = find_sides(note, spoken=False), find_sides(transcript, spoken=True)
    for side in written:
        if side.side == BOTH:
            continue
        start, end = note.quote(side.first, side.last)
        quote = note.text[start:end]
        if (other := _contradicted(side, said, transcript)) is not None:
            yield Hint("laterality", "note", start, end, quote, say.SIDE_OTHER.format(said=quote, heard=other))
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
