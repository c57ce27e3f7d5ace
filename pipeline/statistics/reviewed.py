"""Two models compared by what reviewers found: errors, ratings, preferences and edits, beside the length of the notes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from annotations import HALLUCINATION, OMISSION, NoteFindings, PairFindings

from .compare import Measure, compare_models, over_family
from .rates import per_hundred_words
from .shares import mcnemar, win_rate

_ERRORS = {"hallucinations": HALLUCINATION, "omissions": OMISSION}
_EDITS = ("character_distance", "word_distance", "edit_seconds")
PREFERENCE = "preference"


def compare_findings(findings: Sequence[PairFindings]) -> dict[str, Any]:
    """``{"n", "encounters", "reviewers", "judged": [rows], "counted": [rows], "preferences", "errors": {"first", "second"}}``.

    Two families, each with its own Holm: ``judged`` is what a reader decides by (notes with a major hallucination or omission by
    McNemar's test, each rating by Wilcoxon's, the preference by the sign test), ``counted`` explains it (errors per note, words
    per note, edits; permutation tests). Rows are ``compare_models``'s, first model minus second. ``errors`` gives each model's
    errors per note and per 100 words beside the notes' length. Several reviewers of an encounter are one cluster; its preference
    is what most of them prefer.
    """
    first, second = ([_case(one, getattr(one, side)) for one in findings] for side in ("first", "second"))
    dimensions = sorted({name for one in findings for note in (one.first, one.second) for name in note.ratings})
    judged = compare_models(first, second, [*_flags(), *(Measure(name, "rating") for name in dimensions)])
    return {
        "n": len(findings), "encounters": len({one.encounter_id for one in findings}),
        "reviewers": len({one.reviewer_id for one in findings}),
        "judged": over_family([*judged, _preference_row(findings)]), "counted": compare_models(first, second, _counts()),
        "preferences": win_rate(**_outcomes(one.preference for one in findings)),
        "errors": {"first": _rates(first), "second": _rates(second)},
    }  # fmt: skip


def _flags() -> list[Measure]:
    return [Measure(f"has a major {name[:-1]}", "flag", higher_is_better=False) for name in _ERRORS]


def _counts() -> list[Measure]:
    counted = [
        Measure(f"{severity} {name}", "count", higher_is_better=False) for name in _ERRORS for severity in ("major", "minor")
    ]
    return [
        *counted,
        Measure("words", "score", higher_is_better=None),
        *(Measure(name, "score", higher_is_better=False) for name in _EDITS),
    ]


def _case(one: PairFindings, note: NoteFindings) -> dict[str, Any]:
    counts = {
        f"{severity} {name}": note.count(group, severity) for name, group in _ERRORS.items() for severity in ("major", "minor")
    }
    flags = {f"has a major {name[:-1]}": note.count(group, "major") > 0 for name, group in _ERRORS.items()}
    edits = {name: getattr(note, name) for name in _EDITS}
    return {"id": one.encounter_id, "reviewer": one.reviewer_id, "words": note.words, **note.ratings, **counts, **flags, **edits}


def _rates(cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Per kind of error; the clusters are encounters."""
    ids, words = [case["id"] for case in cases], [case["words"] for case in cases]
    return {
        measure.name: per_hundred_words([case[measure.name] for case in cases], words, ids)
        for measure in _counts()
        if measure.kind == "count"
    }


def _outcomes(preferences: Iterable[str | None]) -> dict[str, int]:
    found = Counter(preferences)
    return {"wins": found["first"], "losses": found["second"], "ties": found["tie"], "neither": found["neither"]}


def _preference_row(findings: Sequence[PairFindings]) -> dict[str, Any]:
    """A row whose difference is the share of encounters that prefer the first minus the share that prefer the second.

    The sign test is McNemar's, of two flags of which a tie raises neither.
    """
    votes: dict[str, Counter] = {}
    for one in findings:
        if one.preference:
            votes.setdefault(one.encounter_id, Counter())[one.preference] += 1
    wins, losses = ([vote[one] > vote[other] for vote in votes.values()] for one, other in _SIDES)
    found = mcnemar(wins, losses)
    return {
        "measure": PREFERENCE, "kind": "preference", "higher_is_better": True, "matters": None, "difference": found.pop("mean"),
        **found, "test": "sign", "n": sum(vote.total() for vote in votes.values()),
        "win_rate": win_rate(sum(wins), sum(losses), len(votes) - sum(wins) - sum(losses)),
    }  # fmt: skip


_SIDES = (("first", "second"), ("second", "first"))
