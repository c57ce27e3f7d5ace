"""How often the promotion gate takes a model against itself, which it may do at most 5 times in 100."""

from collections.abc import Callable
from pathlib import Path

import numpy

from pipeline.gate import judged
from pipeline.gate_config import SHIPPED, parse_gate
from pipeline.gate_measures import measure_of
from pipeline.statistics import compare_models
from tests.soak import Found

Dice = numpy.random.Generator
STUDIES, NS = {"small": 200, "full": 2000}, (10, 20, 40, 140)


def a_against_a(dice: Dice, n: int) -> tuple[list[dict], list[dict]]:
    """Two sets of notes by one model: easy and hard visits, and what chance makes of each note."""
    hard, major = dice.normal(0, 1, n), dice.beta(1, 6, n)
    return tuple(
        [
            {
                "id": visit, "rouge1": float(value), "major hallucinations": bool(error), "major omissions": bool(left_out),
                "factual_correctness": int(rating),
            }
            for visit, (value, error, left_out, rating) in enumerate(zip(*_drawn(dice, hard, major), strict=True))
        ]
        for _ in range(2)
    )  # fmt: skip


def _drawn(dice: Dice, hard: numpy.ndarray, major: numpy.ndarray) -> tuple[numpy.ndarray, ...]:
    n = len(hard)
    scores = numpy.clip(0.35 - 0.05 * hard + dice.normal(0, 0.05, n), 0, 1)
    ratings = numpy.clip(numpy.round(4 - 0.5 * hard + dice.normal(0, 0.7, n)), 1, 5)
    return scores, dice.random(n) < major, dice.random(n) < major, ratings


def promoted(studies: Callable[[Dice, int], tuple], n: int, times: int, dice: Dice | None = None, safety: bool = False) -> int:
    """In how many of so many studies the shipped gate lets the first model pass: by its primary measure alone, which is the only
    part that stops an equal model, or with its safety measures too."""
    import tomllib

    config = parse_gate(tomllib.loads(Path(SHIPPED).read_text(encoding="utf-8")), SHIPPED)
    parts = [("primary", config.primary), *(("safety", one) for one in config.safety if safety)]
    dice = dice or numpy.random.default_rng(0)
    return sum(_passes(parts, studies(dice, n)) for _ in range(times))


def _passes(parts: list, sides: tuple) -> bool:
    return all(judged(part, named, compare_models(*sides, [measure_of(named)])[0])["passes"] for part, named in parts)


def trial_gate_a_against_a(size: str) -> Found:
    """Chance allows a few more than the true rate: 5 in 100 is held by the share itself."""
    rows = []
    for n in NS:
        found = {safety: promoted(a_against_a, n, STUDIES[size], safety=safety) for safety in (False, True)}
        rows.append(
            {
                "encounters": n, "studies": STUDIES[size], "promoted by the primary measure": found[False],
                "promoted by the whole gate": found[True],
            }
        )  # fmt: skip
    held = all(row["promoted by the primary measure"] <= 0.05 * row["studies"] for row in rows)
    return Found(held, "A model against itself is promoted at most 5 times in 100.", rows)
