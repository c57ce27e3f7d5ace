"""Numbers as they are written and as they are said: 136/82, "one thirty-six over eighty-two", "seven point two", "half a tablet".

A stretch of speech can often be read in several ways ("one thirty six": 1, 30, 36, 136); a transcript yields all of them, so that a
hint is given only where no reading fits. A note yields what is written.
"""

from typing import NamedTuple

from .reading import Reading
from .units import BETWEEN, DOSES, FUNCTION, PER, TIMES, UNITS
from .wordset import wordset

_ONES = {word: float(value) for value, word in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"])}  # fmt: skip
_TENS = {word: float(10 * value) for value, word in enumerate(
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)}  # fmt: skip
_ZERO = {"oh": 0.0, "o": 0.0, "zero": 0.0}
_FRACTIONS = {"half": 0.5, "½": 0.5, "quarter": 0.25, "¼": 0.25, "¾": 0.75}
_SCALES = {"hundred": 100.0, "thousand": 1000.0, "million": 1e6}
_WORDED = {"couple": 2.0, "both": 2.0, "pair": 2.0, "dozen": 12.0, "once": 1.0, "twice": 2.0, "thrice": 3.0, "bilateral": 2.0,
           "double": 2.0, "triple": 3.0, "single": 1.0, "forties": 40.0, "fifties": 50.0, "sixties": 60.0, "seventies": 70.0,
           "teen": 10.0, "twenties": 20.0, "thirties": 30.0, "eighties": 80.0, "daily": 1.0, "weekly": 1.0}  # fmt: skip
_ORDINALS = {word: float(value) for value, word in enumerate(
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"], 1)} | {"thirtieth": 30.0}  # fmt: skip
_SUFFIXES = frozenset(("st", "nd", "rd", "th"))
_ONE_OF = wordset("a an one per each every last next this other another the")
_OVER = frozenset(("over", "/", "of", "on", "by", "out"))
_RANGE = frozenset(("to", ",", "-", "–", "—", "or", "through", "and"))


_BEGINS = frozenset((*_ONES, *_TENS, *_SCALES, "a", "an"))


class Number(NamedTuple):
    """``value`` in ``unit`` ("" where none is said, "noun" where something else is counted), on tokens first to last; ``loose``
    for one of several readings."""

    value: float
    first: int
    last: int
    unit: str = ""
    loose: bool = False


class Pair(NamedTuple):
    """136/82, three out of six: two numbers, one over the other."""

    upper: Number
    lower: Number


def plain_numbers(reading: Reading) -> list[Number]:
    """The numbers of a text, each read once, with their units."""
    found = _joined(reading.words, _atoms(reading))
    return _with_units(reading, found)


def said_numbers(reading: Reading) -> list[Number]:
    """All readings of all numbers of a transcript, with ordinals, "a couple", "twice" and "a week" among them."""
    atoms = _atoms(reading)
    found = _joined(reading.words, atoms) + atoms + _run_together(atoms) + _worded(reading, atoms)
    found += [number._replace(loose=True) for number in _shares(reading.words, atoms)]
    return list(dict.fromkeys(_with_units(reading, found)))


def pairs(reading: Reading, numbers: list[Number]) -> list[Pair]:
    """Each two of ``numbers`` that stand one over the other."""
    starts: dict[int, list[Number]] = {}
    for number in numbers:
        starts.setdefault(number.first, []).append(number)
    found = []
    for upper in numbers:
        place = upper.last + 1
        while place < len(reading.words) and place < upper.last + 3 and reading.words[place] in _OVER:
            place += 1
        if place > upper.last + 1:
            found += [Pair(upper, lower) for lower in starts.get(place, ())]
    return found


def _atoms(reading: Reading) -> list[Number]:
    found, place = [], 0
    words = reading.words
    while place < len(words):
        word = words[place]
        begins = word in _BEGINS or reading.tokens[place].kind == "number"
        read = _read(reading, place) if begins else None
        if read is None:
            place += 1
            continue
        value, after = read
        found.append(Number(value, place, after - 1))
        place = after
    return found


def _read(reading: Reading, place: int) -> tuple[float, int] | None:
    """One number at ``place`` and the token after it: digits, "thirty-six", "a hundred and ten", "two thousand"."""
    words = reading.words
    small = _small(reading, place)
    if small is None:
        if words[place] in ("a", "an") and place + 1 < len(words) and words[place + 1] in _SCALES:
            small = 1.0, place + 1
        elif words[place] in _SCALES:
            small = 1.0, place
        else:
            return None
    total, (value, after) = 0.0, small
    while after < len(words) and words[after] in _SCALES:
        scale = _SCALES[words[after]]
        total, value, after = (total + value) * scale if scale > 100 else total + value * scale, 0.0, after + 1
        gap = after + 1 if after < len(words) and words[after] == "and" else after
        more = _small(reading, gap)
        # "Five hundred five hundred" is said twice.
        if more is None or more[0] >= scale or words[more[1] : more[1] + 1] == (words[after - 1],):
            break
        value, after = more
    return total + value, after


def _small(reading: Reading, place: int) -> tuple[float, int] | None:
    if place >= len(reading.words):
        return None
    word, token = reading.words[place], reading.tokens[place]
    if token.kind == "number":
        return float(word.replace(",", "")), place + 1
    if word in _TENS:
        unit = place + 2 if reading.words[place + 1 : place + 2] == ("-",) else place + 1
        if unit < len(reading.words) and 0 < _ONES.get(reading.words[unit], 0) < 10:
            return _TENS[word] + _ONES[reading.words[unit]], unit + 1
        return _TENS[word], place + 1
    return (_ONES[word], place + 1) if word in _ONES else None


def _joined(words: tuple[str, ...], atoms: list[Number]) -> list[Number]:
    """Decimals ("seven point two five"), halves ("two and a half"), and hundreds said short ("one thirty six") put together."""
    found: list[Number] = []
    by_first = {atom.first: atom for atom in atoms}
    skip = -1
    for atom in atoms:
        if atom.first <= skip:
            continue
        number = _decimal(words, by_first, atom) or _and_a_half(words, atom) or _short_hundred(by_first, atom) or atom
        found.append(number)
        skip = number.last
    found += [Number(_FRACTIONS[word], place, place) for place, word in enumerate(words) if word in _FRACTIONS]
    return found


def _decimal(words: tuple[str, ...], by_first: dict[int, Number], atom: Number) -> Number | None:
    point = atom.last + 1
    if point >= len(words) or words[point] != "point":
        return None
    digits, place = "", point + 1
    while place < len(words) and len(digits) < 4:
        if place in by_first and by_first[place].value < 100 and by_first[place].value % 1 == 0:
            digits += f"{by_first[place].value:.0f}"
            place = by_first[place].last + 1
        elif words[place] in _ZERO:
            digits, place = digits + "0", place + 1
        else:
            break
    return Number(float(f"{atom.value:.0f}.{digits}"), atom.first, place - 1) if digits else None


def _and_a_half(words: tuple[str, ...], atom: Number) -> Number | None:
    for said in (("and", "a", "half"), ("and", "half"), ("½",)):
        if words[atom.last + 1 : atom.last + 1 + len(said)] == said:
            return Number(atom.value + 0.5, atom.first, atom.last + len(said))
    return None


def _short_hundred(by_first: dict[int, Number], atom: Number) -> Number | None:
    tail = by_first.get(atom.last + 1)
    if tail and atom.value in range(1, 10) and 10 <= tail.value < 100 and tail.value % 1 == 0:
        return Number(atom.value * 100 + tail.value, atom.first, tail.last)
    return None


def _run_together(atoms: list[Number]) -> list[Number]:
    """Every reading of neighbouring numbers as one: 1 36 as 136, 20 21 as 2021, 98 6 as 98.6, 7 2 as 7.2."""
    found, by_first = [], {atom.first: atom for atom in atoms}
    for atom in atoms:
        digits, last, next_place = _digits(atom), atom.last, atom.last + 1
        while digits and len(digits) < 5 and (tail := by_first.get(next_place)) and _digits(tail):
            more = _digits(tail)
            found.append(Number(float(digits + more), atom.first, tail.last, loose=True))
            if len(more) == 1:
                found.append(Number(float(f"{digits}.{more}"), atom.first, tail.last, loose=True))
            digits, last, next_place = digits + more, tail.last, tail.last + 1
    return found


def _digits(atom: Number) -> str:
    return f"{atom.value:.0f}" if atom.value % 1 == 0 and atom.value < 100 else ""


def _worded(reading: Reading, atoms: list[Number]) -> list[Number]:
    """Ordinals, "a couple", "twice", "a week", "one oh five", "point five"."""
    found = []
    ending = {atom.last + 1: atom for atom in atoms}
    for place, word in enumerate(reading.words):
        after = reading.words[place + 1] if place + 1 < len(reading.words) else ""
        if word in _WORDED or word in _ORDINALS:
            unit = "time" if word in ("once", "twice", "thrice") else ""
            found.append(Number(_WORDED.get(word) or _ORDINALS[word], place, place, unit, loose=True))
        elif word in _ONE_OF and after in UNITS and len(after) > 2:
            found.append(Number(1.0, place, place, loose=True))
        elif word in ("few", "several", "many"):
            found += [Number(float(value), place, place, loose=True) for value in range(3, 6)]
        elif word in ("oh", "o") and (before := ending.get(place)) and (tail := _small(reading, place + 1)):
            if before.value < 100 and tail[0] < 10:
                found.append(Number(before.value * 100 + tail[0], before.first, tail[1] - 1, loose=True))
                found.append(Number(float(f"{before.value:.0f}.0{tail[0]:.0f}"), before.first, tail[1] - 1, loose=True))
        elif word in ("and", ".") and (before := ending.get(place)) and (tail := _fraction(reading, place)):
            found.append(Number(float(f"{before.value:.0f}.{tail[0]}"), before.first, tail[1] - 1, loose=True))
        if word in ("point", ".") and (tail := _fraction(reading, place)):
            found.append(Number(float(f"0.{tail[0]}"), place, tail[1] - 1, loose=True))
        if word in ("and",) and reading.words[place + 1 : place + 3] == ("a", "half") and place and UNITS.get(reading.words[place - 1]):
            found.append(Number(1.5, place, place + 2, UNITS[reading.words[place - 1]], loose=True))
    return found


def _fraction(reading: Reading, place: int) -> tuple[str, int] | None:
    """What follows a point at ``place`` as digits, and the token after it: "five", "zero five", "66"."""
    zeros, place = "", place + 1
    while place < len(reading.words) and reading.words[place] in _ZERO:
        zeros, place = zeros + "0", place + 1
    tail = _small(reading, place)
    return (f"{zeros}{tail[0]:.0f}", tail[1]) if tail and tail[0] % 1 == 0 and tail[0] < 1000 else None


def _shares(words: tuple[str, ...], atoms: list[Number]) -> list[Number]:
    """"Three quarters", "one half": a number of parts."""
    return [
        Number(atom.value * _FRACTIONS[part], atom.first, atom.last + 1)
        for atom in atoms
        if (part := "".join(words[atom.last + 1 : atom.last + 2]).removesuffix("s")) in _FRACTIONS
    ]


def _with_units(reading: Reading, numbers: list[Number]) -> list[Number]:
    """Each number with its unit; the first of a range has that of the second ("two to three weeks")."""
    words, found = reading.words, []
    units = {number.first: unit_after(reading, number.last) for number in sorted(numbers, key=lambda number: number.last)}
    for number in numbers:
        unit = number.unit or unit_after(reading, number.last)
        if not unit and words[number.last + 1 : number.last + 2] and words[number.last + 1] in _RANGE:
            unit = units.get(number.last + 2, "")
            unit = "" if unit == "noun" else unit
        found.append(number._replace(unit=unit))
    return found


def unit_after(reading: Reading, last: int) -> str:
    """The unit that follows the token ``last``, "" or "noun"."""
    words, place = reading.words, last + 1
    if words[place : place + 1] and words[place] in _SUFFIXES and reading.tokens[place].start == reading.tokens[last].end:
        return "ordinal"
    if words[place : place + 1] and words[place] in ("a", "an", "per") and UNITS.get("".join(words[place + 1 : place + 2])) in TIMES:
        # "Two a day" is how often; "half an hour" is how long.
        return UNITS[words[place + 1]] if words[last] in _FRACTIONS else ""
    for _ in range(3):
        if place < len(words) and words[place] in BETWEEN:
            place += 1
    word = words[place] if place < len(words) else ""
    if word in UNITS:
        concentration = words[place + 1 : place + 2] and words[place + 1] in ("/", "per") and words[place + 2 : place + 3]
        return "lab" if concentration and words[place + 2] in PER else UNITS[word]
    if place + 1 < len(words) and words[place + 1] in _PLURALS and word not in FUNCTION and reading.tokens[place].kind == "word":
        return UNITS[words[place + 1]]
    if not word or word in FUNCTION or reading.tokens[place].kind != "word" or word in _ONES or word in _TENS:
        return ""
    return "noun"


_PLURALS = frozenset(word for word, unit in UNITS.items() if unit in TIMES | DOSES and word.endswith("s") and len(word) > 3)
