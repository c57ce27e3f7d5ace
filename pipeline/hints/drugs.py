"""Medicines in a text: by a list of names (drugs.txt), by the endings of generic names, and as they are misheard."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

from .reading import Reading, phrase_index

FILE = Path(__file__).with_name("drugs.txt")
_ENDING = re.compile(
    r"[a-z]{3,}(?:pril|sartan|statin|gliptin|gliflozin|glutide|olol|dipine|prazole|cillin|mycin|cycline|floxacin|conazole|triptan"
    r"|setron|lukast|parin|xaban|oxetine|azepam|zolam|solone|thiazide|semide|glitazone|ciclovir|cyclovir|dronate|oxacin|tidine"
    r"|umab|zumab|ximab|tinib|mustine|platin|profen|dronic|trexate|barbital|phylline|azosin|terol|afil|asteride|pristone)$"
)
_NO_DRUGS = frozenset(("control", "cholesterol", "sterol", "ergosterol", "creatinine"))
# A slip of speech recognition is this like a name, in per cent of the letters that agree in order.
LIKE = 82
_SHORTEST = 6


class Mention(NamedTuple):
    """``keys`` are the generic names that the words at tokens ``first`` to ``last`` stand for."""

    keys: frozenset[str]
    first: int
    last: int


@cache
def _names() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            generic, *others = [name.strip() for name in line.split("|")]
            for name in (generic, *others):
                names.setdefault(name, set()).add(generic)
    return {name: frozenset(generics) for name, generics in names.items()}


@cache
def _index() -> dict:
    return phrase_index({name: name for name in _names()})


@cache
def other_names(key: str) -> tuple[str, ...]:
    """Every name of the generic ``key`` that is long enough to be recognised when it is misspelt."""
    return tuple(name for name, keys in _names().items() if key in keys and len(name) >= _SHORTEST) or (key,)


def find_drugs(reading: Reading) -> list[Mention]:
    """The medicines of a text in order."""
    words, found, free = reading.words, [], 0
    index, names = _index(), _names()
    for place, word in enumerate(words):
        if place < free:
            continue
        for phrase, name in index.get(word, ()):
            if words[place : place + len(phrase)] == phrase:
                found.append(Mention(names[name], place, place + len(phrase) - 1))
                free = place + len(phrase)
                break
        else:
            if len(word) >= 7 and word not in _NO_DRUGS and _ENDING.fullmatch(word):
                found.append(Mention(frozenset((word,)), place, place))
    return found


def held(keys: frozenset[str], others: frozenset[str]) -> bool:
    """Whether a medicine is among ``others``; "insulin" is, when any insulin is."""
    return bool(keys & others) or ("insulin" in keys and any(other.startswith("insulin ") for other in others))


def misspelt(keys: frozenset[str], reading: Reading, known: list[Mention]) -> list[Mention]:
    """Places in a text that read like a misspelling of the medicine: one word, or two ("met forman"). A word that is another
    medicine's name is none."""
    generics = frozenset().union(*_names().values())
    taken = {place for one in known if one.keys & generics for place in range(one.first, one.last + 1)}
    places = _candidates(reading)
    found = []
    for key in keys:
        for name in other_names(key):
            # The first letter is seldom misheard.
            found_like = process.extract(name.replace(" ", ""), places.keys(), scorer=fuzz.ratio, score_cutoff=LIKE, limit=5)
            for word, score, _ in found_like:
                if word[0] != name[0] and score < 90:
                    continue
                spots = [spot for spot in places[word] if not taken & set(range(spot[0], spot[1] + 1))]
                found += [Mention(frozenset((key,)), first, last) for first, last in spots]
    return found


def _candidates(reading: Reading) -> dict[str, list[tuple[int, int]]]:
    places: dict[str, list[tuple[int, int]]] = {}
    tokens = reading.tokens
    for place, token in enumerate(tokens):
        if token.kind != "word":
            continue
        if len(token.word) >= _SHORTEST - 1:
            places.setdefault(token.word, []).append((place, place))
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after and after.kind == "word" and after.turn == token.turn and len(token.word) >= 3 and len(after.word) >= 2:
            places.setdefault(token.word + after.word, []).append((place, place + 1))
    return places
