"""Two models case by case in all measures of a family: one row per measure, with Holm's p over the family."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotations import BadInput, bootstrap_interval, one_of

from .families import holm
from .paired import paired
from .power import needed_n
from .ranks import wilcoxon
from .rates import per_hundred_words
from .shares import mcnemar
from .verdicts import verdict

# What is measured, and the test that goes with it.
KINDS = {"score": paired, "count": paired, "rating": wilcoxon, "flag": mcnemar}
Case = Mapping[str, Any]


class Pair(NamedTuple):
    """Two models' cases of one encounter, by one reviewer if there are any."""

    id: Hashable
    first: Case
    second: Case


@dataclass(frozen=True)
class Measure:
    """A column of the cases. ``kind``: a score (any number), a count of something in the note, a rating, or a flag (true or
    false). ``higher_is_better`` is None where more is neither better nor worse. ``matters`` is the smallest difference of
    interest, in the measure's own unit; ``within`` are bounds of its mean."""

    name: str
    kind: str = "score"
    higher_is_better: bool | None = True
    matters: float | None = None
    within: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        one_of(self.kind, tuple(KINDS), f"The kind of the measure {self.name!r}")


def compare_models(first_cases: Sequence[Case], second_cases: Sequence[Case], family: Sequence[Measure]) -> list[dict[str, Any]]:
    """One row per measure: ``{"measure", "kind", "test", "n", "clusters", "first", "second", "difference", "ci95", "p", "p_holm",
    "sd", "detectable", "needed_n", "verdict", "higher_is_better", ...}``, first model minus second.

    A case is a mapping with an ``id`` (the encounter), the measures by name (None: not judged, left out), and if need be a
    ``reviewer``; cases are paired by both, and what only one model has is left out. ``n`` counts pairs, ``clusters`` encounters.
    ``first`` and ``second`` are ``{"mean", "ci95"}`` over the pairs; counts of cases that all have ``words`` carry a ``rate`` too
    (see ``per_hundred_words``). With several reviewers of an encounter a flag is up when one of them raised it; all else is
    clustered. ``needed_n`` is how many encounters show the difference that matters. The verdict goes by ``p_holm``; "too few to
    tell" is one.
    """
    pairs = _pairs(first_cases, second_cases)
    return over_family([_row(pairs, measure) for measure in family])


def over_family(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with Holm's p over all of them, and the verdict that goes by it."""
    adjusted = holm({str(place): row["p"] for place, row in enumerate(rows)})
    return [_judged(row | {"p_holm": adjusted[str(place)]}) for place, row in enumerate(rows)]


def _judged(row: dict[str, Any]) -> dict[str, Any]:
    given = (row["clusters"], row["difference"], row["ci95"], row["p_holm"], row["sd"], row["higher_is_better"], row["matters"])
    wished = row["matters"] and row["sd"] is not None
    return row | {"needed_n": needed_n(row["sd"], row["matters"]) if wished else None, "verdict": verdict(*given)}


def _pairs(first: Sequence[Case], second: Sequence[Case]) -> list[Pair]:
    """In the first's order."""
    ones, others = _by_key(first), _by_key(second)
    return [Pair(key[0], case, others[key]) for key, case in ones.items() if key in others]


def _by_key(cases: Sequence[Case]) -> dict[tuple[Hashable, Hashable], Case]:
    found = {(case["id"], case.get("reviewer")): case for case in cases}
    if len(found) < len(cases):
        keys = [(case["id"], case.get("reviewer")) for case in cases]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadInput(f"The case {twice[0]} stands twice; expected one per encounter (and reviewer) for each model.")
    return found


def _row(pairs: list[Pair], measure: Measure) -> dict[str, Any]:
    head = {key: getattr(measure, key) for key in ("kind", "higher_is_better", "matters")}
    judged = [pair for pair in pairs if None not in (pair.first.get(measure.name), pair.second.get(measure.name))]
    ids, rules = [pair.id for pair in judged], (measure.higher_is_better, measure.matters)
    sides = {name: [getattr(pair, name) for pair in judged] for name in ("first", "second")}
    values = {name: [case[measure.name] for case in cases] for name, cases in sides.items()}
    if measure.kind == "flag":
        found = mcnemar(*(_raised(ids, flags) for flags in values.values()), *rules)
    else:
        found = KINDS[measure.kind](*values.values(), ids, *rules)
        found |= {name: _side(values[name], ids, sides[name], measure) for name in sides}
    return {"measure": measure.name, **head, "difference": found.pop("mean"), **found}


def _raised(ids: list[Hashable], flags: list[bool]) -> list[bool]:
    """One flag per encounter, in their order."""
    found: dict[Hashable, bool] = {}
    for id, flag in zip(ids, flags, strict=True):
        found[id] = found.get(id, False) or bool(flag)
    return list(found.values())


def _side(values: list[float], ids: list[Hashable], cases: list[Case], measure: Measure) -> dict[str, Any]:
    side = {"mean": sum(values) / len(values) if values else None, "ci95": bootstrap_interval(values, ids, measure.within)}
    if measure.kind == "count" and values and all(case.get("words") is not None for case in cases):
        side["rate"] = per_hundred_words(values, [case["words"] for case in cases], ids)
    return side
