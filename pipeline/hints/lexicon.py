"""The names of findings in a text, from findings.txt, from the endings of medical words, and from words said near each other."""

import re
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from .reading import Reading, phrase_index
from .wordset import wordset

FILE = Path(__file__).with_name("findings.txt")
BAGS = Path(__file__).with_name("bags.txt")
# How far apart, in tokens, the first and the last word of a bag may stand, and what may not stand between them.
_SPAN = 7
_PARTED = wordset(", ; : . ? ! or and but nor")
# From so many letters on, a word of a bag also stands for longer ones, by at most so many letters.
_BEGINS, _LONGER = 4, 4
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
    """The word without its plural ending, and without the 's of "the headache's back"."""
    word = word.removesuffix("'s")
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
    for line in (*_lines(FILE), *(line.partition(":")[0] for line in _lines(BAGS))):
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


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]


@cache
def _bags() -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    """The name of each and, slot by slot, the words of which one has to be said."""
    found = []
    for line in _lines(BAGS):
        names, _, ways = line.partition(":")
        name = names.split("|")[0].strip()
        found += [(name, tuple(tuple(slot.strip().split("/")) for slot in way.split("+"))) for way in ways.split(";")]
    return found


@cache
def _fillers() -> dict[str, set[tuple[int, int]]]:
    """Of each word of a bag the slots that it fills."""
    found: dict[str, set[tuple[int, int]]] = {}
    for number, (_, slots) in enumerate(_bags()):
        for slot, words in enumerate(slots):
            for word in words:
                found.setdefault(word, set()).add((number, slot))
    return found


@lru_cache(maxsize=50_000)
def _slots(word: str) -> frozenset[tuple[int, int]]:
    """Of every bag the slots that the word fills, by itself, without its ending, or by its first letters."""
    begun = (word[:length] for length in range(max(_BEGINS, len(word) - _LONGER), len(word)))
    return frozenset().union(*(_fillers().get(one, ()) for one in (word, stem(word), *begun)))


def loose_mentions(reading: Reading) -> list[tuple[frozenset[str], int, int]]:
    """Names, first and last token of each bag whose words stand close together in one clause: a guess, unlike ``mentions``."""
    found = []
    begin = 0
    for end in [place for place, word in enumerate(reading.words) if word in _PARTED] + [len(reading.words)]:
        filled: dict[int, dict[int, list[int]]] = {}
        for place in range(begin, end):
            for number, slot in _slots(reading.words[place]):
                filled.setdefault(number, {}).setdefault(slot, []).append(place)
        begin = end + 1
        for number, places in filled.items():
            name, slots = _bags()[number]
            if len(places) == len(slots):
                spans = [(min(one), max(one)) for one in product(*places.values()) if len(set(one)) == len(one)]
                first, last = min(spans, key=lambda span: span[1] - span[0], default=(0, _SPAN + 1))
                if last - first <= _SPAN:
                    found.append((frozenset((name,)), first, last))
    return found


@lru_cache(maxsize=50_000)
def _ended(word: str) -> bool:
    return bool(_ENDING.search(word)) and not word.endswith("gnosis")


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
