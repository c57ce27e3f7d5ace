"""Numbers as people say them: how a value may be spoken, and whether a text mentions it in digits or in words."""

import re
from functools import lru_cache

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TOKEN = re.compile(r"[0-9]+(?:[.][0-9]+)?|[^0-9_\W]+")
# Other words for a few small ones.
_ALSO = {
    1: ("a single", "once", "first"), 2: ("twice", "a couple", "both", "second", "a pair", "fortnight"),
    3: ("thrice", "third"), 4: ("fourth",), 5: ("fifth",), 6: ("half a dozen", "sixth"), 7: ("seventh",), 8: ("eighth",),
    9: ("ninth",), 10: ("tenth",), 12: ("dozen", "twelfth"), 0: ("nought", "nil"), 50: ("half a hundred",),
}  # fmt: skip


def words(value: int) -> str:
    """The cardinal in British words: ``132`` is ``one hundred and thirty-two``. 0 to 999,999."""
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10 - 2] + (f"-{_ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{_ONES[value // 100]} hundred" + (f" and {words(value % 100)}" if value % 100 else "")
    thousands, rest = divmod(value, 1000)
    return f"{words(thousands)} thousand" + (f"{' and' if rest < 100 else ''} {words(rest)}" if rest else "")


def say(value: str) -> str:
    """A number as written in the words of a doctor who dictates: ``14.6`` is ``fourteen point six``."""
    whole, _, decimals = value.partition(".")
    return words(int(whole)) + (f" point {' '.join(_ONES[int(digit)] for digit in decimals)}" if decimals else "")


def say_pair(value: int) -> str:
    """Three digits as vital signs are said: ``132`` is ``one thirty-two``, ``104`` is ``one-oh-four``; others as cardinals."""
    if not 100 < value < 1000 or value % 100 == 0:
        return words(value)
    hundreds, rest = divmod(value, 100)
    return f"{_ONES[hundreds]}-oh-{_ONES[rest]}" if rest < 10 else f"{_ONES[hundreds]} {words(rest)}"


@lru_cache(maxsize=4096)
def spoken_forms(value: str) -> tuple[str, ...]:
    """Ways to say a number as written, in lower case and without hyphens."""
    whole, _, decimals = value.partition(".")
    number = int(whole)
    forms = _whole_forms(number)
    if decimals.strip("0"):
        digits = [" ".join(_ONES[int(digit)] for digit in decimals), *([words(int(decimals))] if decimals[0] != "0" else [])]
        digits += [digit.replace("zero", "oh") for digit in digits]
        forms = [f"{form} {point} {digit}" for form in forms for point in ("point", "decimal") for digit in digits]
        if decimals == "5":
            forms += [f"{form} and a half" for form in _whole_forms(number)] + (["half a", "half"] if number == 0 else [])
    return tuple(dict.fromkeys(form.replace("-", " ") for form in forms))


def _whole_forms(number: int) -> list[str]:
    if number > 999_999:
        return []
    plain = words(number)
    forms = [plain, plain.replace(" and ", " "), *_ALSO.get(number, ())]
    if plain.startswith("one hundred") or plain.startswith("one thousand"):
        forms += ["a" + plain[3:], "a" + plain[3:].replace(" and ", " ")]
    if number >= 10:
        forms.append(" ".join(_ONES[int(digit)] for digit in str(number)))
        forms.append(forms[-1].replace("zero", "oh"))
    if 100 < number < 1000:
        forms.append(say_pair(number))
    if 1000 < number < 10_000:
        forms.append(f"{words(number // 100)} {words(number % 100)}" if number % 100 else f"{words(number // 100)} hundred")
    return forms


def mentions(text: str, value: str) -> bool:
    """Whether ``text`` has the number, in digits or in any of the ways to say it; generous rather than strict, so
    that a False can be relied on."""
    return mentioned(flatten(text), value)


def mentioned(flat: str, value: str) -> bool:
    """``mentions`` for a text that went through ``flatten`` already."""
    trimmed = value.rstrip("0").rstrip(".") if "." in value else value
    return any(f" {form} " in flat for form in (trimmed, *spoken_forms(trimmed)))


def flatten(text: str) -> str:
    """Lower case, one space between words and at both ends, hyphens as spaces, points inside numbers alone, and those without
    commas and closing zeros (``1,000`` is 1000 and ``2.50`` is 2.5)."""
    lowered = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.lower())
    lowered = re.sub(r"(?<![\d.])(\d+)\.(\d*?)0+(?![\d.])", lambda match: f"{match[1]}.{match[2]}".rstrip("."), lowered)
    return f" {' '.join(_TOKEN.findall(lowered))} "
