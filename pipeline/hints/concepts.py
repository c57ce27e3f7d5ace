"""Words of a note and words of speech that mean the same: groups of our own, the words' own roots, and the Greek and Latin forms
that medical words are made of."""

import re
from functools import cache, lru_cache
from pathlib import Path

from .lexicon import stem
from .reading import Reading

FILE = Path(__file__).with_name("concepts.txt")
FORMS = Path(__file__).with_name("forms.txt")
# A shorter word is itself, and not made of forms.
_MADE = 6


@cache
def _groups() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Root -> the numbers of its groups, and the roots that say nothing by themselves."""
    groups: dict[str, set[str]] = {}
    small: set[str] = set()
    for number, line in enumerate(FILE.read_text(encoding="utf-8").splitlines()):
        if line.startswith("- "):
            small |= {root(word) for word in line[2:].split()}
        elif line.strip() and not line.startswith("#"):
            for word in line.split():
                groups.setdefault(root(word), set()).add(f"#{number}")
    return {one: frozenset(numbers) for one, numbers in groups.items()}, frozenset(small)


@lru_cache(maxsize=50_000)
def meanings(word: str) -> frozenset[str]:
    """The groups of a word and its root: two words mean the same where these meet."""
    own = root(word)
    return _groups()[0].get(own, frozenset()) | {own}


def content(reading: Reading, place: int) -> bool:
    """Whether the word says something by itself."""
    token = reading.tokens[place]
    return token.kind in ("word", "code") and len(token.word) > 2 and root(token.word) not in _groups()[1]


@cache
def _forms() -> list[tuple[re.Pattern, frozenset[str]]]:
    """Longest first, each with what it means."""
    lines = [line.split() for line in FORMS.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    lines.sort(key=lambda line: -len(line[0]))
    return [(_pattern(form), frozenset().union(*map(meanings, plain))) for form, *plain in lines]


def _pattern(form: str) -> re.Pattern:
    before, after = ("" if form.startswith("-") else "^"), ("" if form.endswith("-") else "$")
    return re.compile(before + re.escape(form.strip("-")) + after)


@lru_cache(maxsize=50_000)
def parts(word: str) -> tuple[frozenset[str], ...]:
    """What each form of a medical word means, in order: weakness and side of "hemiparesis"; none of any other word."""
    word = stem(word)
    taken: dict[range, frozenset[str]] = {}
    for pattern, meaning in _forms() if len(word) > _MADE else ():
        match = pattern.search(word)
        if match and not any(match.start() < one.stop and one.start < match.end() for one in taken):
            taken[range(*match.span())] = meaning
    return tuple(taken[one] for one in sorted(taken, key=lambda one: one.start))


def root(word: str) -> str:
    """What pregnant and pregnancy share, drive and driving, sleepy and sleepiness, the gait and "gait's intact"."""
    word = word.removesuffix("'s")
    if len(word) > 6 and word.endswith("ness"):
        word = word.removesuffix("ness")
        word = f"{word[:-1]}y" if word.endswith("i") else word
    word = stem(word)
    bare = word.removesuffix("ing") if len(word) > 6 else word
    bare = word.removesuffix("ed") if bare == word and len(word) > 5 else bare
    bare = bare[:-1] if bare != word and bare[-1:] == bare[-2:-1] and bare[-1:] not in "ls" else bare
    return (bare.removesuffix("e") if len(bare) > 4 else bare)[:6]
