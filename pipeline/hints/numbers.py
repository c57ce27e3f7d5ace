"""Numbers as they are written and as they are said: 136/82, "one thirty-six over eighty-two", "seven point two", "half a tablet".

A stretch of speech can often be read in several ways; ``spoken_numbers`` yields all of them, so that a hint is given only where
no reading fits. Here each number is read once.
"""

from typing import NamedTuple

from .reading import Reading
from .units import BETWEEN, DOSES, FUNCTION, PER, TIMES, UNITS

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety",
)
ONES = {word: float(value) for value, word in enumerate(_WORDS[0].split())}
TENS = {word: float(10 * value) for value, word in enumerate(_WORDS[1].split(), 2)}
ZERO = frozenset(("oh", "o", "zero"))
FRACTIONS = {"half": 0.5, "½": 0.5, "quarter": 0.25, "¼": 0.25, "¾": 0.75}
SCALES = {"hundred": 100.0, "hundreds": 100.0, "thousand": 1000.0, "million": 1e6}
_SUFFIXES = frozenset(("st", "nd", "rd", "th"))
_OVER = frozenset(("over", "/", "of", "on", "by", "out"))
_RANGE = frozenset(("to", ",", "-", "–", "—", "or", "through", "and"))


_FEW = 12
_BEGINS = frozenset((*ONES, *TENS, *SCALES, "a", "an"))


class Number(NamedTuple):
    """``value`` in ``unit`` ("" where none is said, "noun" where something else is counted), on tokens first to last; ``loose``
    for one of several readings."""

    value: float
    first: int
    last: int
    unit: str = ""
    loose: bool = False


def telling(number: Number) -> bool:
    """Whether a number says by itself what is meant; small whole ones are said of this and that."""
    return number.value > _FEW or number.value % 1 != 0


class Pair(NamedTuple):
    """136/82, three out of six: two numbers, one over the other."""

    upper: Number
    lower: Number


def plain_numbers(reading: Reading) -> list[Number]:
    """The numbers of a text, each read once, with their units."""
    found = joined(reading.words, atoms(reading))
    return with_units(reading, found)


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


def atoms(reading: Reading) -> list[Number]:
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
    small = small_number(reading, place)
    if small is None:
        if words[place] in ("a", "an") and place + 1 < len(words) and words[place + 1] in SCALES:
            small = 1.0, place + 1
        elif words[place] in SCALES:
            small = 1.0, place
        else:
            return None
    total, (value, after) = 0.0, small
    while after < len(words) and words[after] in SCALES:
        scale = SCALES[words[after]]
        total, value, after = (total + value) * scale if scale > 100 else total + value * scale, 0.0, after + 1
        gap = after + 1 if after < len(words) and words[after] == "and" else after
        more = small_number(reading, gap)
        # "Five hundred five hundred" is said twice.
        if more is None or more[0] >= scale or words[more[1] : more[1] + 1] == (words[after - 1],):
            break
        value, after = more
    return total + value, after


def small_number(reading: Reading, place: int) -> tuple[float, int] | None:
    if place >= len(reading.words):
        return None
    word, token = reading.words[place], reading.tokens[place]
    if token.kind == "number":
        return float(word.replace(",", "")), place + 1
    if word in TENS:
        unit = place + 2 if reading.words[place + 1 : place + 2] == ("-",) else place + 1
        if unit < len(reading.words) and 0 < ONES.get(reading.words[unit], 0) < 10:
            return TENS[word] + ONES[reading.words[unit]], unit + 1
        return TENS[word], place + 1
    return (ONES[word], place + 1) if word in ONES else None


def joined(words: tuple[str, ...], atoms: list[Number]) -> list[Number]:
    """Decimals ("seven point two five"), halves ("two and a half"), and hundreds said short ("one thirty six") put together."""
    found: list[Number] = []
    by_first = {atom.first: atom for atom in atoms}
    skip = -1
    for atom in atoms:
        if atom.first <= skip:
            continue
        number = _decimal(words, by_first, atom) or _and_a_half(words, atom) or _short_hundred(words, by_first, atom) or atom
        found.append(number)
        skip = number.last
    found += [Number(FRACTIONS[word], place, place) for place, word in enumerate(words) if word in FRACTIONS]
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
        elif words[place] in ZERO:
            digits, place = digits + "0", place + 1
        else:
            break
    return Number(float(f"{atom.value:.0f}.{digits}"), atom.first, place - 1) if digits else None


def _and_a_half(words: tuple[str, ...], atom: Number) -> Number | None:
    for said in (("and", "a", "half"), ("and", "half"), ("½",)):
        if words[atom.last + 1 : atom.last + 1 + len(said)] == said:
            return Number(atom.value + 0.5, atom.first, atom.last + len(said))
    return None


def _short_hundred(words: tuple[str, ...], by_first: dict[int, Number], atom: Number) -> Number | None:
    tail = by_first.get(atom.last + 1)
    alike = tail and (words[atom.last] in ONES) == (words[tail.last] in ONES or words[tail.last] in TENS)
    if alike and atom.value in range(1, 10) and 10 <= tail.value < 100 and tail.value % 1 == 0:
        return Number(atom.value * 100 + tail.value, atom.first, tail.last)
    return None


def with_units(reading: Reading, numbers: list[Number]) -> list[Number]:
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
    rate = words[place : place + 1] and words[place] in ("a", "an", "per")
    if rate and UNITS.get("".join(words[place + 1 : place + 2])) in TIMES:
        # "Two a day" is how often; "half an hour" is how long.
        return UNITS[words[place + 1]] if words[last] in FRACTIONS else ""
    for _ in range(3):
        if place < len(words) and words[place] in BETWEEN:
            place += 1
    word = words[place] if place < len(words) else ""
    if word in UNITS:
        concentration = words[place + 1 : place + 2] and words[place + 1] in ("/", "per") and words[place + 2 : place + 3]
        return "lab" if concentration and words[place + 2] in PER else UNITS[word]
    if place + 1 < len(words) and words[place + 1] in _PLURALS and word not in FUNCTION and reading.tokens[place].kind == "word":
        return UNITS[words[place + 1]]
    if not word or word in FUNCTION or reading.tokens[place].kind != "word" or word in ONES or word in TENS:
        return ""
    return "noun"


_PLURALS = frozenset(word for word, unit in UNITS.items() if unit in TIMES | DOSES and word.endswith("s") and len(word) > 3)
