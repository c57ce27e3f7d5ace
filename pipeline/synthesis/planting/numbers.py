"""Changed numbers, doses and frequencies. A new value is one that neither transcript nor note mentions."""

import random
import re
from collections.abc import Iterator

from ..spoken import words
from .lists import any_of, cased, lists
from .reading import Reading, Sentence
from .values import Candidate, Edit

_DIGITS = re.compile(r"(?<![\w.,/:-])\d{1,6}(?:\.\d{1,3})?(?![\w:]|[.,]\d|/\d\d?/|-\d)")
_UNIT = re.compile(
    r"\s?(?:mg|g|mcg|micrograms?|milligrams?|grams?|µg|ug|ml|millilitres?|units?|iu|puffs?|tablets?|capsules?|drops)"
    r"(?![a-z])(?!\s*/\s*(?:d?l|ml)\b)", re.IGNORECASE
)  # fmt: skip
_SMALL = [words(number) for number in range(2, 13)]
_WORDS = re.compile(rf"\b(?:{'|'.join(_SMALL)})\b(?! times\b)", re.IGNORECASE)
_TIMES = {"once": 1, "twice": 2, "three times": 3, "four times": 4}
_OFTEN = re.compile(r"\b(once|twice|three times|four times)(?= (?:a day|daily|a week|weekly)\b)", re.IGNORECASE)
_AFTER_DRUG = re.compile(rf"{any_of([name for row in lists()['drugs'] for name in row])} \Z", re.IGNORECASE)
_FACTORS = (0.5, 2, 0.25, 4, 1.5, 0.1, 10, 3, 0.75)


def changed_numbers(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """Numbers that are no doses, in digits or as words up to twelve. A change by a quarter or more of a result, a vital sign or
    a figure of the plan is major."""
    for sentence in reading.sentences:
        for match in _DIGITS.finditer(reading.note, sentence.start, sentence.end):
            if _is_dose(reading, match) or _in_word(reading, match):
                continue
            new = _other_number(reading, match, dice)
            if new:
                yield _candidate("number", sentence, match, new, _severity(sentence, match.group(), new))
        for match in _WORDS.finditer(reading.note, sentence.start, sentence.end):
            new = _other_word(reading, match.group(), dice)
            if new and not _UNIT.match(reading.note, match.end()):
                yield _candidate("number", sentence, match, new, "minor")


def changed_doses(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """Amounts with a unit of medicines, and how often they are taken; always major."""
    for sentence in reading.sentences:
        for match in _DIGITS.finditer(reading.note, sentence.start, sentence.end):
            if _is_dose(reading, match):
                new = _other_dose(reading, match.group(), dice)
                if new:
                    yield _candidate("dose", sentence, match, new, "major")
        for match in _OFTEN.finditer(reading.note, sentence.start, sentence.end):
            free = [
                word for word, times in _TIMES.items()
                if not reading.heard(word) and not reading.has_number(str(times)) and word != match.group().lower()
            ]  # fmt: skip
            if free:
                yield _candidate("dose", sentence, match, cased(dice.choice(free), match.group()), "major")


def _candidate(kind: str, sentence: Sentence, match: re.Match, new: str, severity: str) -> Candidate:
    claim = (sentence.start, sentence.end)
    return Candidate(kind, severity, Edit(match.start(), match.end(), new), (claim,), section=sentence.section)


def _is_dose(reading: Reading, match: re.Match) -> bool:
    """An amount with a unit of medicines, or right after a medicine's name (``amlodipine 5``)."""
    before = reading.note[max(0, match.start() - 40) : match.start()]
    return bool(_UNIT.match(reading.note, match.end()) or _AFTER_DRUG.search(before))


def _in_word(reading: Reading, match: re.Match) -> bool:
    """A figure that belongs to a name: ``B 12``, ``free T 4``, ``type 2``, ``HbA1c`` and the like."""
    before = reading.note[max(0, match.start() - 12) : match.start()].lower()
    return bool(re.search(r"\b(?:[a-z]|type|stage|grade|class|vitamin [a-z]) $", before))


def _severity(sentence: Sentence, old: str, new: str) -> str:
    apart = abs(float(new) - float(old)) / max(float(old), 1e-9)
    return "major" if sentence.section != "subjective" and apart >= 0.25 else "minor"


def _other_number(reading: Reading, match: re.Match, dice: random.Random) -> str | None:
    """A number of the same form within what is plausible, and at least 2 (an amount of 1 hides in words)."""
    old = match.group()
    decimals = len(old.partition(".")[2])
    low, high = _plausible(float(old), decimals, reading.note[match.end() : match.end() + 5])
    for _ in range(40):
        text = f"{dice.uniform(low, high):.{decimals}f}"
        if (float(text) >= 2 or (decimals and float(text) > 0)) and _fresh(reading, text, old):
            return text
    return None


def _plausible(old: float, decimals: int, after: str) -> tuple[float, float]:
    """The range of the new value: near for a body temperature or an age, above the lower figure of a blood pressure,
    a percentage to 100."""
    pair = re.match(r"/(\d{2,3})\b", after)
    if pair:
        return float(pair[1]) + 15, max(old * 1.3, float(pair[1]) + 60)
    if re.match(r"[- ]year", after) and old >= 18:
        return max(18, old - 15), min(95, old + 15)
    if decimals == 1 and 35 <= old <= 42:
        return old - 1.5, old + 3
    top = 100 if after.startswith(("%", " %", " perc")) and old <= 100 else old * 2.2 + 2
    return old * 0.4, top


def _other_word(reading: Reading, old: str, dice: random.Random) -> str | None:
    free = [word for number, word in enumerate(_SMALL, 2) if word != old.lower() and not reading.has_number(str(number))]
    return cased(dice.choice(free), old) if free else None


def _other_dose(reading: Reading, old: str, dice: random.Random) -> str | None:
    for factor in dice.sample(_FACTORS, len(_FACTORS)):
        text = f"{float(old) * factor:.2f}".rstrip("0").rstrip(".")
        if float(text) > 0 and _fresh(reading, text, old) and len(text) <= 7:
            return text
    return None


def _fresh(reading: Reading, new: str, old: str) -> bool:
    return float(new) != float(old) and not reading.has_number(new)
