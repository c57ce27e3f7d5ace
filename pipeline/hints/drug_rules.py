"""Medicines of the note that the transcript does not name."""

from collections.abc import Iterator

from . import words as say
from .drugs import Mention, held
from .hint import Hint
from .reading import Reading


def drug_hints(note: Reading, written: list[Mention], heard: list[Mention]) -> Iterator[Hint]:
    """One hint per medicine, at its first place in the note. ``heard`` holds what was misspelt too."""
    known = frozenset().union(*(mention.keys for mention in heard))
    told: set[frozenset[str]] = set()
    for mention in written:
        if held(mention.keys, known) or mention.keys in told:
            continue
        told.add(mention.keys)
        start, end = note.quote(mention.first, mention.last)
        yield Hint("drug", "note", start, end, note.text[start:end], say.DRUG.format(said=note.text[start:end]))
