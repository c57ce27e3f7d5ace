"""Whether a note is no note at all: without a word, or going round in a loop."""

import re

# Runs of this many words are compared, and a note of which more than this share of runs stood in it before goes round in circles.
# A sound note repeats too ("She denies any history of"); of the reference notes that ship, the one that repeats most has a share of
# 0.012. The decoding rule bars a long run of tokens from coming twice, so that loops change a word on every round.
WORDS = 4
MOST_REPEATED = 0.5


def degenerate(note: str) -> bool:
    """True of a note without a word, and of one in which more than MOST_REPEATED of the runs of words are repetitions."""
    return not _words(note) or repeated(note) > MOST_REPEATED


def repeated(note: str) -> float:
    """The share, 0 to 1, of the note's runs of WORDS words that stood in it before; 0 where it is too short to have two."""
    words = _words(note)
    runs = list(zip(*(words[k:] for k in range(WORDS)), strict=False))
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def _words(note: str) -> list[str]:
    return re.findall(r"\w+", note.casefold())
