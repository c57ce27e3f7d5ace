"""All readings of the numbers that are said in a transcript: "one thirty six" is 136, and may be 1 and 36."""

from .numbers import FRACTIONS, SCALES, ZERO, Number, atoms, joined, small_number, with_units
from .reading import Reading
from .units import UNITS
from .wordset import wordset

_WORDED = {
    "both": 2.0, "pair": 2.0, "dozen": 12.0, "once": 1.0, "twice": 2.0, "thrice": 3.0, "bilateral": 2.0,
    "double": 2.0, "triple": 3.0, "single": 1.0, "teen": 10.0, "twenties": 20.0, "thirties": 30.0, "forties": 40.0,
    "fifties": 50.0, "sixties": 60.0, "seventies": 70.0, "eighties": 80.0, "daily": 1.0, "weekly": 1.0,
}  # fmt: skip
_NAMES = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = {word: float(value) for value, word in enumerate(_NAMES.split(), 1)} | {"thirtieth": 30.0}
_ONE_OF = wordset("a an one per each every last next this other another the")


def said_numbers(reading: Reading) -> list[Number]:
    """All readings of all numbers of a transcript, with ordinals, "a couple", "twice" and "a week" among them."""
    single = atoms(reading)
    found = joined(reading.words, single) + single + _run_together(single) + _worded(reading, single)
    found += _hundreds(reading.words, single)
    found += [number._replace(loose=True) for number in _shares(reading.words, single)]
    return list(dict.fromkeys(with_units(reading, found)))


def _run_together(single: list[Number]) -> list[Number]:
    """Every reading of neighbouring numbers as one: 1 36 as 136, 20 21 as 2021, 98 6 as 98.6, 7 2 as 7.2."""
    found, by_first = [], {atom.first: atom for atom in single}
    for atom in single:
        digits, next_place = _digits(atom), atom.last + 1
        while digits and len(digits) < 5 and (tail := by_first.get(next_place)) and _digits(tail):
            more = _digits(tail)
            found.append(Number(float(digits + more), atom.first, tail.last, loose=True))
            if len(more) == 1:
                found.append(Number(float(f"{digits}.{more}"), atom.first, tail.last, loose=True))
            digits, next_place = digits + more, tail.last + 1
    return found


def _digits(atom: Number) -> str:
    return f"{atom.value:.0f}" if atom.value % 1 == 0 and atom.value < 100 else ""


def _worded(reading: Reading, single: list[Number]) -> list[Number]:
    """Ordinals, "a couple", "twice", "a week", "one oh five", "point five"."""
    found = []
    ending = {atom.last + 1: atom for atom in single}
    for place, word in enumerate(reading.words):
        # "One-oh-four".
        dashed = reading.words[place - 1 : place] == ("-",) == reading.words[place + 1 : place + 2]
        after = reading.words[place + 1] if place + 1 < len(reading.words) else ""
        if word in _WORDED or word in _ORDINALS:
            unit = "time" if word in ("once", "twice", "thrice") else ""
            found.append(Number(_WORDED.get(word) or _ORDINALS[word], place, place, unit, loose=True))
        elif word in _ONE_OF and after in UNITS and len(after) > 2:
            found.append(Number(1.0, place, place, loose=True))
        elif word == "fortnight":
            found.append(Number(2.0, place, place, "week", loose=True))
        elif word == "couple":
            of_these = UNITS.get("".join(reading.words[place + 2 : place + 3]), "")
            found.append(Number(2.0, place, place, of_these, loose=True))
        elif word in ("few", "several", "many"):
            found += [Number(float(value), place, place, loose=True) for value in range(3, 6)]
        elif word in ("oh", "o") and (before := ending.get(place) or ending.get(place - dashed)) and (
            tail := small_number(reading, place + 1 + dashed)
        ):
            if before.value < 100 and tail[0] < 10:
                found.append(Number(before.value * 100 + tail[0], before.first, tail[1] - 1, loose=True))
                found.append(Number(float(f"{before.value:.0f}.0{tail[0]:.0f}"), before.first, tail[1] - 1, loose=True))
        elif word in ("and", ".") and (before := ending.get(place)) and (tail := _fraction(reading, place)):
            found.append(Number(float(f"{before.value:.0f}.{tail[0]}"), before.first, tail[1] - 1, loose=True))
        if word in ("point", ".") and (tail := _fraction(reading, place)):
            found.append(Number(float(f"0.{tail[0]}"), place, tail[1] - 1, loose=True))
        unit = UNITS.get(reading.words[place - 1]) if place else None
        if unit and reading.words[place : place + 3] == ("and", "a", "half"):
            found.append(Number(1.5, place, place + 2, unit, loose=True))
    return found


def _hundreds(words: tuple[str, ...], single: list[Number]) -> list[Number]:
    """"Three to four hundred": the first is three hundred too."""
    by_first = {atom.first: atom for atom in single}
    found = []
    for atom in single:
        second = by_first.get(atom.last + 2)
        scale = SCALES.get(words[second.last]) if second else None
        if scale and atom.value < 10 and words[atom.last + 1] in ("to", "or", "-"):
            found.append(Number(atom.value * scale, atom.first, atom.last, loose=True))
    return found


def _fraction(reading: Reading, place: int) -> tuple[str, int] | None:
    """What follows a point at ``place`` as digits, and the token after it: "five", "zero five", "66"."""
    zeros, place = "", place + 1
    while place < len(reading.words) and reading.words[place] in ZERO:
        zeros, place = zeros + "0", place + 1
    tail = small_number(reading, place)
    return (f"{zeros}{tail[0]:.0f}", tail[1]) if tail and tail[0] % 1 == 0 and tail[0] < 1000 else None


def _shares(words: tuple[str, ...], single: list[Number]) -> list[Number]:
    """"Three quarters", "one half": a number of parts."""
    quarters = [
        Number(value, place, place + 3, UNITS[unit], loose=True)
        for place, word in enumerate(words)
        if (value := FRACTIONS.get(word)) and words[place + 1 : place + 3] in (("of", "an"), ("of", "a"))
        and (unit := "".join(words[place + 3 : place + 4])) in UNITS
    ]  # fmt: skip
    return quarters + [
        Number(atom.value * FRACTIONS[part], atom.first, atom.last + 1)
        for atom in single
        if (part := "".join(words[atom.last + 1 : atom.last + 2]).removesuffix("s")) in FRACTIONS
    ]
