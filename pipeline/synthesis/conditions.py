"""The conditions that synthetic encounters are about: what the planner needs to know of each case file."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from annotations import NotFound

CASES = Path(__file__).with_name("cases")


@dataclass(frozen=True)
class Condition:
    """``slug`` names the case file; ``ages`` is the range (years, both ends included) in which the condition is plausible."""

    slug: str
    name: str
    specialty: str
    ages: tuple[int, int]
    sexes: tuple[str, ...]
    visits: tuple[str, ...]


@lru_cache(maxsize=1)
def conditions() -> tuple[Condition, ...]:
    """All of them, by slug."""
    return tuple(_read(path) for path in sorted(CASES.glob("*.toml")))


def conditions_of(specialty: str | None) -> tuple[Condition, ...]:
    """Those of one specialty, or all; NotFound names the specialties that there are."""
    found = tuple(one for one in conditions() if specialty in (None, one.specialty))
    if not found:
        known = ", ".join(sorted({one.specialty for one in conditions()}))
        raise NotFound(f"There is no case of the specialty {specialty!r}; the specialties are {known}.")
    return found


def _read(path: Path) -> Condition:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    low, high = case["ages"]
    return Condition(path.stem, case["name"], case["specialty"], (low, high), tuple(case["sexes"]), tuple(case["visits"]))
