"""How things are said: numbers in digits or words, alternatives chosen, hesitations put in, first letters made large."""

import random
import re
from collections.abc import Sequence

from .facts import chosen
from .marks import closed, marked, opened, without_marks
from .spoken import say, say_pair

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BEGINNING = re.compile(r"([.?!] (?:[\x01\x02][^\x03]*\x03)*)([a-z])(?![A-Z])")
_ARTICLE = re.compile(r"\b([Aa]) (8\d*\b|11\b|18\b|eight|eleven)")
_VALUE = re.compile(r"\{(\w+)\}")
# Words that a speaker may say twice before going on.
_STUMBLES = ("I", "the", "a", "and", "it", "my", "in", "to", "we", "it's", "I'm", "so", "but", "at")
_FILLERS = ("um", "uh", "er", "erm")
_STARTS = ("Um, ", "Well, ", "Er, ", "Uh, ", "So, um, ", "Well, uh, ", "Oh, ")
_RESTARTS = ("I mean, ", "you know, ")
_SLIPS = ("{wrong}, no, wait, {right}", "{wrong}, sorry, {right}", "{wrong}, no, {right}", "{wrong}, or rather {right}")
# A first word that keeps its capital behind a filler.
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_KEEP = re.compile(rf"(I|I'[a-z]+|[A-Z]{{2,}}\w*|[A-Z]\w*\d\w*|Mr|Mrs|Ms|Dr|{_DAYS}|Portugal)\b")
_TOKENS = r"(?:[\x01\x02][^\x03]*\x03)*"


class Voice:
    """Says templates with the values of one visit. ``words`` is the share of numbers that are said in words; ``slip``, once set,
    makes the next number that the patient says be corrected in the same breath."""

    def __init__(self, values: dict[str, str], words: float, dice: random.Random):
        self.values, self.words, self.dice = values, words, dice
        self.slip = False

    def fact(self, id: str, ways: tuple[str, ...], patient: bool = False) -> str:
        """One of the ways, with its ``[...]`` marked as the place of the fact; without brackets the whole is."""
        template = chosen(self.dice.choice(ways), self.dice)
        if "[" not in template:
            return marked(id, capital(self.fill(template, patient)))
        first, last = template.index("["), template.rindex("]")
        inner = template[first + 1 : last].replace("[", "").replace("]", "")
        text = template[:first] + opened(id) + inner + closed(id) + template[last + 1 :]
        return capital(self.fill(text, patient))

    def plain(self, ways: tuple[str, ...], patient: bool = False) -> str:
        """One of the ways without any mark."""
        return without_marks(self.fact("", ways, patient))

    def line(self, template: str, **more: str) -> str:
        """A template that carries no fact."""
        return capital(self.fill(chosen(template, self.dice), False, more))

    def number(self, value: str, pair: bool = False) -> str:
        """A number as this visit says it."""
        if self.dice.random() >= self.words:
            return value
        return say_pair(int(value)) if pair and value.isdigit() else say(value)

    def fill(self, template: str, patient: bool, more: dict[str, str] | None = None) -> str:
        values = self.values | (more or {})
        text = _VALUE.sub(lambda match: self._value(match[1], values[match[1]], patient), template)
        text = _ARTICLE.sub(r"\1n \2", text)
        return _BEGINNING.sub(lambda match: match[1] + match[2].upper(), text)

    def _value(self, name: str, value: str, patient: bool) -> str:
        if not _NUMBER.fullmatch(value):
            return value
        right = self.number(value)
        if not (patient and self.slip and value.isdigit() and 2 < int(value) < 90 and name != "age"):
            return right
        self.slip = False
        wrong = str(int(value) + self.dice.choice((-1, 1, 2)))
        return self.dice.choice(_SLIPS).format(wrong=say(wrong) if right != value else wrong, right=right)


def noted(template: str, values: dict[str, str]) -> str:
    """The template of a note with its values in digits."""
    return _VALUE.sub(lambda match: values[match[1]], template)


def capital(text: str) -> str:
    """The first letter large, behind marks too; ``eGFR`` stays as it is."""
    match = re.match(rf"{_TOKENS}[a-z](?![A-Z])", text)
    return text if match is None else text[: match.end() - 1] + text[match.end() - 1].upper() + text[match.end() :]


def small(text: str) -> str:
    """The first letter small, unless the first word is always written large."""
    match = re.match(_TOKENS, text)
    head, rest = text[: match.end()], text[match.end() :]
    return text if _KEEP.match(rest) else head + rest[:1].lower() + rest[1:]


def hesitant(text: str, amount: str, dice: random.Random) -> str:
    """The text with what a speaker puts in; ``amount`` is none, light or heavy. No word is lost."""
    chance = {"none": 0.0, "light": 0.16, "heavy": 0.5}[amount]
    if dice.random() >= chance or len(text.split(" ")) < 5:
        return text
    text = _stumble(text, dice) if dice.random() < 0.6 else _pause(text, dice)
    if amount == "heavy" and dice.random() < 0.5:
        text = _stumble(text, dice)
    if dice.random() < (0.5 if amount == "heavy" else 0.3):
        text = dice.choice(_STARTS) + small(text)
    return text


def stumbling(text: str, chance: float, dice: random.Random) -> str:
    """The text as even a fluent speaker may say it: now and then a small word twice."""
    return _stumble(text, dice) if dice.random() < chance else text


def _stumble(text: str, dice: random.Random) -> str:
    """A small word said twice: ``in the, the morning``."""
    words = text.split(" ")
    places = [
        place for place, word in enumerate(words[:-1]) if word in _STUMBLES and (place == 0 or words[place - 1] != f"{word},")
    ]  # fmt: skip
    if places:
        place = dice.choice(places)
        words[place] += f", {words[place]}"
    return " ".join(words)


def _pause(text: str, dice: random.Random) -> str:
    """A filler before a word in the middle, where no mark and no other break is."""
    words = text.split(" ")
    places = [
        place for place in range(2, len(words) - 1)
        if re.fullmatch(r"[a-z']{2,}", words[place]) and re.fullmatch(r"[A-Za-z']+", words[place - 1])
    ]  # fmt: skip
    if places:
        place = dice.choice(places)
        words[place - 1] += ","
        words[place] = f"{dice.choice((*(filler + ', ' for filler in _FILLERS), *_RESTARTS))}{words[place]}"
    return " ".join(words)


def listed(items: Sequence[str], last: str) -> str:
    """``a, b or c``, with ``last`` before the last."""
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else items[0]
