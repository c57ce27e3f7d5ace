"""The names of findings in a text, from findings.txt and from the endings of medical words."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from .reading import Reading, phrase_index
from .wordset import wordset

FILE = Path(__file__).with_name("findings.txt")
# Not told apart: pain in the calf, in your calf, in calves.
_WHOSE = wordset("the a an my your his her their our its")
# Endings of the words of medicine for what is wrong: pharyngitis, haemoptysis, dyskinesia.
_ENDING = re.compile(
    r"(?:itis|osis|a?emia|algia|uria|rrho?ea|megaly|plegia|paresis|penia|kinesia|ptysis|pno?ea|phagia|opia|trophy|stenosis|rexia"
    r"|a?esthesia|cele|ectasia|oedema|edema|lgesia|pathy|sclerosis|ulsion|ysplasia|roma|oma)$"
)


class _Lexicon(NamedTuple):
    index: dict
    names: dict[str, frozenset[str]]
    important: frozenset[str]
    examined: frozenset[str]
    denials: frozenset[str]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its plural ending."""
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word == "calves":
        return "calf"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")) else word


@cache
def lexicon() -> _Lexicon:
    names: dict[str, set[str]] = {}
    important, examined, denials = set(), set(), set()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, *others = [part.strip() for part in line.lstrip("!~ ").split("|")]
        important |= {name} if line.startswith("!") else set()
        examined |= {name} if line.startswith("~") else set()
        for phrase in (name, *others):
            phrase, denial = phrase.removeprefix("- "), phrase.startswith("- ")
            denials |= {" ".join(stem(word) for word in phrase.split())} if denial else set()
            names.setdefault(" ".join(stem(word) for word in phrase.split() if word not in _WHOSE), set()).add(name)
    index = phrase_index({phrase: phrase for phrase in names})
    frozen = {phrase: frozenset(all_of) for phrase, all_of in names.items()}
    return _Lexicon(index, frozen, frozenset(important), frozenset(examined), frozenset(denials))


@lru_cache(maxsize=50_000)
def _ended(word: str) -> bool:
    return bool(_ENDING.search(word))


def mentions(reading: Reading) -> list[tuple[frozenset[str], int, int]]:
    """Names, first and last token of each finding, longest first where they overlap."""
    known = lexicon()
    places = [place for place, word in enumerate(reading.words) if word not in _WHOSE]
    words = tuple(stem(reading.words[place]) for place in places)
    found, free = [], 0
    for at, word in enumerate(words):
        if at < free:
            continue
        for phrase, name in known.index.get(word, ()):
            if words[at : at + len(phrase)] == phrase:
                found.append((known.names[name], places[at], places[at + len(phrase) - 1]))
                free = at + len(phrase)
                break
        else:
            if len(word) > 6 and _ended(word):
                found.append((frozenset((word.replace("ae", "e").replace("oe", "e"),)), places[at], places[at]))
    return found
