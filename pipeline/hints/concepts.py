"""Words of a note and words of speech that mean the same: groups of our own, and the words' own roots."""

from functools import cache, lru_cache
from pathlib import Path

from .lexicon import stem
from .reading import Reading

FILE = Path(__file__).with_name("concepts.txt")


@cache
def _groups() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Root -> the numbers of its groups, and the roots that say nothing by themselves."""
    groups: dict[str, set[str]] = {}
    small: set[str] = set()
    for number, line in enumerate(FILE.read_text(encoding="utf-8").splitlines()):
        if line.startswith("- "):
            small |= {_root(word) for word in line[2:].split()}
        elif line.strip() and not line.startswith("#"):
            for word in line.split():
                groups.setdefault(_root(word), set()).add(f"#{number}")
    return {root: frozenset(numbers) for root, numbers in groups.items()}, frozenset(small)


@lru_cache(maxsize=50_000)
def meanings(word: str) -> frozenset[str]:
    """The groups of a word and its root: two words mean the same where these meet."""
    root = _root(word)
    return _groups()[0].get(root, frozenset()) | {root}


def content(reading: Reading, place: int) -> bool:
    """Whether the word says something by itself."""
    token = reading.tokens[place]
    return token.kind in ("word", "code") and len(token.word) > 2 and _root(token.word) not in _groups()[1]


def _root(word: str) -> str:
    """What pregnant and pregnancy share."""
    return stem(word)[:6]
