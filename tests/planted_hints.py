"""Recall and precision of the hints on planted errors: in the simulator's notes, or in the notes that ship.

    python -m tests.planted_hints --seed 9500 --count 120
    python -m tests.planted_hints --seed 61001 --count 120 --conditions epilepsy acromegaly
    python -m tests.planted_hints --seed 77 --demo dev test

An error of a kind counts as found when a hint of that kind overlaps its span (a hint on a dose also counts for a number, and the
reverse: which of the two a "20" is depends on what stands before it). Precision is errors found / (errors found + hints of that
kind on the same notes without any error).
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.demo import demo_encounters
from pipeline.hints import find_hints
from pipeline.synthesis.author import write_encounter
from pipeline.synthesis.conditions import conditions
from pipeline.synthesis.planting import plant
from pipeline.synthesis.scenarios import plan_scenarios

# Case files whose authors had seen neither the rules nor their lists of words; the rules were mended on them afterwards.
FOREIGN = (
    "rheumatoid-arthritis", "coeliac-disease", "epilepsy", "iron-deficiency-anaemia", "acromegaly",
    "psoriasis", "benign-prostatic-hyperplasia", "chronic-kidney-disease", "phaeochromocytoma", "recurrent-urinary-infection",
    "parkinsons-disease", "menopause", "peripheral-arterial-disease", "chronic-rhinosinusitis", "hypoparathyroidism",
    "multiple-sclerosis", "deep-vein-thrombosis", "atopic-eczema", "rotator-cuff-tendinopathy", "obstructive-sleep-apnoea",
    "glaucoma", "crohns-disease", "temporal-arteritis", "carpal-tunnel-syndrome", "stable-angina", "pregnancy-anaemia",
    "diabetes-insipidus", "benign-positional-vertigo", "diverticulitis", "endometriosis", "shingles", "alcohol-related-cirrhosis",
    "spinal-stenosis",
)  # fmt: skip
ALIKE = {
    "number": ("number", "dose"), "dose": ("dose", "number"), "laterality": ("laterality",), "negation": ("negation",),
    "drug": ("drug",),
}  # fmt: skip


def measure(notes: Iterable[tuple[str, str]], seed: int) -> dict[str, dict[str, Any]]:
    """By kind: ``planted``, ``found``, ``false`` (hints of that kind on the faithful notes), ``recall`` and ``precision``."""
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for transcript, note in notes:
        false.update(hint.kind for hint in find_hints(transcript, note))
        for kind, kinds in ALIKE.items():
            made = plant(transcript, note, seed, [kind], 1)
            spans = [(error.start, error.end) for error in made.errors]
            hints = [hint for hint in find_hints(transcript, made.note) if hint.where == "note" and hint.kind in kinds]
            planted[kind] += len(spans)
            found[kind] += sum(any(hint.start < end and start < hint.end for hint in hints) for start, end in spans)
    return {
        kind: {
            "planted": planted[kind], "found": found[kind], "false": false[kind], "recall": found[kind] / max(planted[kind], 1),
            "precision": found[kind] / max(found[kind] + false[kind], 1),
        }
        for kind in ALIKE
    }  # fmt: skip


def simulated(seed: int, count: int, slugs: Sequence[str] = ()) -> list[tuple[str, str]]:
    """So many simulated visits, of the conditions of these case files only where any are named."""
    wanted = set(slugs) or {one.slug for one in conditions()}
    if unknown := wanted - {one.slug for one in conditions()}:
        raise SystemExit(f"There is no case file of the name {', '.join(sorted(unknown))}.")
    planned = plan_scenarios(math.ceil(count / len(wanted)) * len(conditions()), seed) if slugs else plan_scenarios(count, seed)
    written = [write_encounter(scenario) for scenario in planned if scenario.slug in wanted][:count]
    return [(one.transcript, one.note) for one in written]


def shipped(*splits: str) -> list[tuple[str, str]]:
    return [(one.transcript, one.reference) for one in demo_encounters() if one.split in splits]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--conditions", nargs="+", metavar="SLUG", default=[], help="these case files only")
    parser.add_argument("--demo", nargs="+", metavar="SPLIT")
    options = parser.parse_args()
    chosen = shipped(*options.demo) if options.demo else simulated(options.seed, options.count, options.conditions)
    print(json.dumps(measure(chosen, options.seed + 7), indent=2))
