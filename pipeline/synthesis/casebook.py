"""The case files, read whole: what a condition's visits can hold, before anything is drawn."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .conditions import CASES
from .facts import Fact, read_fact

TALK = Path(__file__).with_name("talk.toml")
BACKGROUND = Path(__file__).with_name("background.toml")
# The lists of facts that a case, or one course of it, may have.
LISTS = ("story", "past", "family", "exam", "results", "assess", "plan")


@dataclass(frozen=True)
class Course:
    """One way that a visit for a condition can go, such as a first visit: its values, and facts by list. ``without`` names
    symptoms and negatives (by the note's term) that do not fit it."""

    visits: tuple[str, ...]
    values: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    complaint: Fact
    hpi: str
    medicines: tuple[str, ...]
    vitals: dict[str, Any]
    without: frozenset[str]
    facts: dict[str, tuple[Fact, ...]]


@dataclass(frozen=True)
class Case:
    """A case file. ``symptoms`` are facts whose ask is the lay term; ``denials`` pairs of lay term and term of the note;
    ``avoid`` names what the background must not bring in."""

    slug: str
    avoid: frozenset[str]
    symptoms: tuple[Fact, ...]
    denials: tuple[tuple[str, str], ...]
    courses: tuple[Course, ...]


@lru_cache(maxsize=64)
def read_case(slug: str) -> Case:
    """The case of that slug, its courses complete with what is common to all of them."""
    data = tomllib.loads((CASES / f"{slug}.toml").read_text(encoding="utf-8"))
    return Case(
        slug, frozenset(data.get("avoid", ())),
        tuple(_symptom(entry, f"symptom-{i}") for i, entry in enumerate(data["symptoms"])),
        tuple(_terms(entry) for entry in data["denials"]),
        tuple(_course(course, data) for course in data["course"]),
    )  # fmt: skip


@lru_cache(maxsize=1)
def talk() -> dict[str, Any]:
    """What people say around the facts: greetings, small talk, worries, interruptions."""
    return tomllib.loads(TALK.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def background() -> dict[str, Any]:
    """What a patient has besides the condition: other problems and medicines, allergies, family, habits, work."""
    return tomllib.loads(BACKGROUND.read_text(encoding="utf-8"))


def _course(course: dict[str, Any], data: dict[str, Any]) -> Course:
    facts = {
        kind: tuple(read_fact(line, kind, f"{kind}-{i}") for i, line in enumerate([*data.get(kind, ()), *course.get(kind, ())]))
        for kind in LISTS
    }
    return Course(
        tuple(course["visits"]), data.get("values", {}) | course.get("values", {}), tuple(course.get("rows", ({},))),
        read_fact(course["complaint"], "complaint", "complaint"), course["hpi"], tuple(course.get("medicines", ())),
        data["vitals"] | course.get("vitals", {}), frozenset(course.get("without", ())), facts,
    )  # fmt: skip


def _symptom(entry: list[str], id: str) -> Fact:
    """``["lay term|note term", answer, answer]``: asked for by its lay term, noted by the other."""
    sex = next((sex for sex in ("female", "male") if entry[0].startswith(f"@{sex} ")), None)
    lay, noted = _terms(entry[0].removeprefix(f"@{sex} "))
    return Fact(id, "symptom", (lay,), tuple(entry[1:]), (), noted, sex=sex)


def _terms(entry: str) -> tuple[str, str]:
    lay, _, noted = entry.partition("|")
    return lay, noted or lay
