"""Whether a note is no note at all: without a word, or going round in a loop."""

import re
from itertools import pairwise

# A note goes round in circles when more than this share of its pairs of words stood in it before. A sound note repeats a little
# too; of the reference notes that ship, the one that repeats most has a share of 0.10. The decoding rule bars a long run of
# tokens from coming twice, so that a loop changes a word on every round; it has 0.7.
MOST_REPEATED = 0.5


def degenerate(note: str) -> bool:
    """True of a note without a word, and of one in which more than MOST_REPEATED of the pairs of words are repetitions."""
    return not _words(note) or repeated(note) > MOST_REPEATED


def repeated(note: str) -> float:
    """The share, 0 to 1, of the note's pairs of neighbouring words that stood in it before; 0 of a note of one word."""
    words = _words(note)
    pairs = list(pairwise(words))
    return 1 - len(set(pairs)) / len(pairs) if pairs else 0.0


def _words(note: str) -> list[str]:
    return re.findall(r"\w+", note.casefold())
