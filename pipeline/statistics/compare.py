"""Two models case by case in all measures of a family: one row per measure, with Holm's p over the family."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations import BadInput, one_of

from .bootstrap import bootstrap_interval
from .families import holm
from .paired import paired
from .ranks import wilcoxon
from .rates import per_hundred_words
from .shares import mcnemar
from .verdicts import verdict

# What is measured, and the test that goes with it.
KINDS = {"score": paired, "count": paired, "rating": wilcoxon, "flag": mcnemar}
Case = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """A column of the cases. ``kind``: a score (any number), a count of something in the note, a rating, or a flag (true or
    false). ``matters`` is the smallest difference of interest, in the measure's own unit; ``within`` are bounds of its mean."""

    name: str
    kind: str = "score"
    higher_is_better: bool = True
    matters: float | None = None
    within: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        one_of(self.kind, tuple(KINDS), f"The kind of the measure {self.name!r}")


def compare_models(first_cases: Sequence[Case], second_cases: Sequence[Case], family: Sequence[Measure]) -> list[dict[str, Any]]:
    """One row per measure: ``{"measure", "kind", "test", "n", "clusters", "first", "second", "difference", "ci95", "p", "p_holm",
    "sd", "detectable", "verdict", "higher_is_better", ...}``, first model minus second.

    A case is a mapping with an ``id`` (the encounter), the measures by name (None: not judged, left out), and if need be a
    ``reviewer``; cases are paired by both, and what only one model has is left out. ``n`` counts pairs and ``clusters`` encounters.
    ``first`` and ``second`` are ``{"mean", "ci95"}`` over the pairs; counts of cases that all have ``words`` carry ``rate`` too (see
    ``per_hundred_words``). Several reviewers of an encounter: a flag is up when one of them raised it, the rest is clustered.
    The verdict goes by ``p_holm``; "too few to tell" is one.
    """
    pairs = _pairs(first_cases, second_cases)
    return over_family([_row(pairs, measure) for measure in family])


def over_family(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with Holm's p over all of them, and the verdict that goes by it."""
    adjusted = holm({str(place): row["p"] for place, row in enumerate(rows)})
    return [_judged(row | {"p_holm": adjusted[str(place)]}) for place, row in enumerate(rows)]


def _judged(row: dict[str, Any]) -> dict[str, Any]:
    given = (row["clusters"], row["difference"], row["ci95"], row["p_holm"], row["sd"], row["higher_is_better"], row["matters"])
    return row | {"verdict": verdict(*given)}


def _pairs(first: Sequence[Case], second: Sequence[Case]) -> list[tuple[Hashable, Case, Case]]:
    """Encounter and the two cases of each pair, in the first's order."""
    ones, others = _by_key(first), _by_key(second)
    return [(key[0], case, others[key]) for key, case in ones.items() if key in others]


def _by_key(cases: Sequence[Case]) -> dict[tuple[Hashable, Hashable], Case]:
    found = {(case["id"], case.get("reviewer")): case for case in cases}
    if len(found) < len(cases):
        keys = [(case["id"], case.get("reviewer")) for case in cases]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadInput(f"The case {twice[0]} stands twice; expected one per encounter (and reviewer) for each model.")
    return found


def _row(pairs: list[tuple[Hashable, Case, Case]], measure: Measure) -> dict[str, Any]:
    judged = [
        (id, one, other) for id, one, other in pairs if one.get(measure.name) is not None and other.get(measure.name) is not None
    ]
    head = {
        "measure": measure.name,
        "kind": measure.kind,
        "higher_is_better": measure.higher_is_better,
        "matters": measure.matters,
    }
    if measure.kind == "flag":
        found = mcnemar(*_flags(judged, measure.name), measure.higher_is_better, measure.matters)
        return head | _named(found)
    ids = [id for id, _, _ in judged]
    sides = [[case[measure.name] for case in cases] for cases in ([one for _, one, _ in judged], [two for _, _, two in judged])]
    found = KINDS[measure.kind](*sides, ids, measure.higher_is_better, measure.matters)
    both = zip(("first", "second"), sides, ([one for _, one, _ in judged], [two for _, _, two in judged]), strict=True)
    return head | _named(found) | {name: _side(values, ids, cases, measure) for name, values, cases in both}


def _named(found: dict[str, Any]) -> dict[str, Any]:
    """A test's result with its mean under the name that it has in the table."""
    return {"difference" if key == "mean" else key: value for key, value in found.items()}


def _flags(judged: list[tuple[Hashable, Case, Case]], name: str) -> tuple[list[bool], list[bool]]:
    """One flag per encounter and model."""
    raised: dict[Hashable, tuple[bool, bool]] = {}
    for id, one, other in judged:
        before = raised.get(id, (False, False))
        raised[id] = (before[0] or bool(one[name]), before[1] or bool(other[name]))
    return [pair[0] for pair in raised.values()], [pair[1] for pair in raised.values()]


def _side(values: list[float], ids: list[Hashable], cases: list[Case], measure: Measure) -> dict[str, Any]:
    side = {"mean": sum(values) / len(values) if values else None, "ci95": bootstrap_interval(values, ids, measure.within)}
    if measure.kind == "count" and values and all(case.get("words") is not None for case in cases):
        side["rate"] = per_hundred_words(values, [case["words"] for case in cases], ids)
    return side
