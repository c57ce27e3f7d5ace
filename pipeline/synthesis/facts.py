"""Facts as a case file writes them, one line each, and their lines made ready to be said.

    [flags] question || question :: answer || answer ~~ reply || reply -> note

Everything but an answer and the note may be missing; a fact without a question is told by whoever's turn it is. ``||`` separates
ways to say it, ``(a|b)`` alternatives within one, ``[...]`` holds what carries the fact, ``{x}`` a value. Flags stand before:
``?`` for a fact that only some visits have, ``@female`` or ``@male``, ``@50+`` or ``@-49`` for ages in years.
"""

import random
import re
from dataclasses import dataclass

_FLAG = re.compile(r"(\?|@female|@male|@\d+\+|@-\d+) ")
_CHOICE = re.compile(r"\(([^()|]*(?:\|[^()|]*)+)\)")


@dataclass(frozen=True)
class Fact:
    """``id`` is unique within a visit; ``kind`` is where it belongs (story, symptom, exam, ...)."""

    id: str
    kind: str
    asks: tuple[str, ...]
    says: tuple[str, ...]
    replies: tuple[str, ...]
    note: str
    optional: bool = False
    sex: str | None = None
    from_age: int = 0
    to_age: int = 200

    def fits(self, sex: str, age: int) -> bool:
        return self.sex in (None, sex) and self.from_age <= age <= self.to_age


def read_fact(line: str, kind: str, id: str) -> Fact:
    """The fact that a line of a case file stands for; ValueError names a line without answer or note."""
    flags, rest = [], line.strip()
    while match := _FLAG.match(rest):
        flags.append(match[1])
        rest = rest[match.end() :]
    told, arrow, note = rest.rpartition(" -> ")
    if not arrow or not note.strip():
        raise ValueError(f"no note after -> in {line!r}")
    ask, _, said = told.rpartition(":: ") if ":: " in told else ("", "", told)
    said, _, reply = said.partition(" ~~ ")
    ages = [flag[1:] for flag in flags if flag[1:2].isdigit() or flag[1:2] == "-"]
    return Fact(
        id, kind, _ways(ask), _ways(said), _ways(reply), note.strip(), "?" in flags,
        next((flag[1:] for flag in flags if flag in ("@female", "@male")), None),
        max([int(age[:-1]) for age in ages if age.endswith("+")], default=0),
        min([int(age[1:]) for age in ages if age.startswith("-")], default=200),
    )  # fmt: skip


def _ways(text: str) -> tuple[str, ...]:
    return tuple(way.strip() for way in text.split(" || ") if way.strip())


def chosen(text: str, dice: random.Random) -> str:
    """The text with one alternative taken in each ``(a|b)``, the innermost first."""
    while match := _CHOICE.search(text):
        text = text[: match.start()] + dice.choice(match[1].split("|")) + text[match.end() :]
    return re.sub(r" {2,}", " ", text).strip()
