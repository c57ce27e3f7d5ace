"""Hints by rule counted over an evaluation's notes: per note and per 100 words, so that a shorter note does not pass for a safer
one."""

from collections.abc import Sequence
from typing import Any

from annotations import Encounter, Output

from .hints import KINDS, MISSING, UNSUPPORTED, Counted, count_hints
from .statistics import Measure, compare_models, per_hundred_words

GROUPS = {"unsupported": UNSUPPORTED, "missing": MISSING}


def hint_findings(encounters: Sequence[Encounter], notes: dict[str, dict[str, Output]]) -> dict[str, Any]:
    """``{"models": {id: {kind: {...}}}, "tests": [...]}``: of each model and kind what ``per_hundred_words`` says, and two models
    compared by all hints on the note and all on what it leaves out. Nothing here keeps a word of a note."""
    cases = {
        model: [_case(note) for note in count_hints((one.id, one.transcript, outputs[one.id].text) for one in encounters)]
        for model, outputs in notes.items()
    }
    found = {
        model: {name: per_hundred_words(_column(some, name), _column(some, "words")) for name in (*GROUPS, *KINDS)}
        for model, some in cases.items()
    }
    family = [Measure(name, "count", higher_is_better=False) for name in GROUPS]
    return {"models": found, "tests": compare_models(*cases.values(), family) if len(cases) == 2 else []}


def _column(cases: list[dict[str, Any]], name: str) -> list[int]:
    return [case[name] for case in cases]


def _case(note: Counted) -> dict[str, Any]:
    groups = {group: note.total(kinds) for group, kinds in GROUPS.items()}
    return {"id": note.id, "words": note.words, **{kind: note.counts.get(kind, 0) for kind in KINDS}, **groups}
