"""How far two sets of marked spans agree: F1 exact and partial, and the severity of what both marked."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from .agreement import rating_agreement
from .arrays import cluster_totals, numbers
from .errors import BadInput
from .intervals import ratio_interval
from .shares import wilson

_NOTHING = {
    (False, False): "Neither side marked anything, so there is nothing to agree on.",
    (True, False): "The second side marked nothing, so it has no precision.",
    (False, True): "The first side marked nothing, so there is nothing to recall.",
}


class Marked(NamedTuple):
    """A span of a document, end exclusive; ``severity`` is None where it has none."""

    doc: Hashable
    start: int
    end: int
    label: str
    severity: str | None = None


class Shared(NamedTuple):
    """Of one document: what two readers hold in common, and what each of them marked."""

    matched: int
    gold: int
    other: int


def span_agreement(gold: Sequence[Marked], other: Sequence[Marked]) -> dict[str, Any]:
    """``{"exact": {"precision", "recall", "f1", "ci95", "matched", "reason"}, "partial": {..}, "n_gold", "n_other", "n_docs",
    "severity"}``.

    Exact: the same place and label. Partial: any overlap, whatever the label; spans are matched one to one, each of ``gold`` in
    order of start with the first one of ``other`` that is still free. Precision is over ``other``, recall over ``gold``; None,
    with the reason, where there is nothing to divide by. F1 is 0 when only one side marked anything and None when neither did;
    its interval resamples documents, and is Wilson's of as many where all agree in full or in nothing. Documents without a span
    on either side change none of it.
    """
    return agreement_of_pairs([(gold, other)])


def agreement_of_pairs(
    pairs: Sequence[tuple[Sequence[Marked], Sequence[Marked]]],
    clusters: Mapping[Hashable, Hashable] | None = None,
    intervals: bool = True,
) -> dict[str, Any]:
    """The same pooled over several pairs of readers. What they made of one document is resampled together, and with ``clusters``
    what they made of one cluster (the encounter) of documents. ``intervals`` as in ``rating_agreement``, for the severity's."""
    sides = [(doc, ours.get(doc, []), theirs.get(doc, [])) for ours, theirs in map(_both_by_doc, pairs) for doc in ours | theirs]
    matched = [match_partly(gold, other) for _, gold, other in sides]
    docs = [clusters[doc] if clusters else doc for doc, _, _ in sides]
    exact = [Shared(_alike(gold, other), len(gold), len(other)) for _, gold, other in sides]
    partial = [Shared(len(found), len(gold), len(other)) for found, (_, gold, other) in zip(matched, sides, strict=True)]
    return {
        "exact": _f1(exact, docs), "partial": _f1(partial, docs),
        "n_gold": sum(one.gold for one in exact), "n_other": sum(one.other for one in exact),
        "n_docs": len({doc for doc, _, _ in sides}),
        "severity": severity_agreement([pair for found in matched for pair in found], clusters, intervals),
    }  # fmt: skip


def match_partly(gold: Sequence[Marked], other: Sequence[Marked]) -> list[tuple[Marked, Marked]]:
    """The pairs of overlapping spans of one document, one to one."""
    found, free = [], sorted(other, key=_in_order)
    for mark in sorted(gold, key=_in_order):
        partner = next((place for place, one in enumerate(free) if one.start < mark.end and mark.start < one.end), None)
        if partner is not None:
            found.append((mark, free.pop(partner)))
    return found


def severity_agreement(
    matched: Sequence[tuple[Marked, Marked]], clusters: Mapping[Hashable, Hashable] | None = None, intervals: bool = True
) -> dict[str, Any]:
    """``{"n", "agreed", "share", "ci95", "kappa", "kappa_ci95", "ac1", "ac1_ci95", "reasons"}`` of the matched spans that have a
    severity on both sides; what only one side marked says nothing of severity. ``ci95`` is Wilson's, the others resample
    documents.
    """
    both = [pair for pair in matched if pair[0].severity and pair[1].severity]
    agreed = sum(one.severity == other.severity for one, other in both)
    ratings = [(place, side, pair[side].severity) for place, pair in enumerate(both) for side in (0, 1)]
    docs = {place: clusters[pair[0].doc] if clusters else pair[0].doc for place, pair in enumerate(both)}
    found = rating_agreement(ratings, "nominal", docs, intervals)
    names = ("kappa", "ac1")
    return {
        "n": len(both), "agreed": agreed, "share": agreed / len(both) if both else None,
        "ci95": list(wilson(agreed, len(both))) if both else None,
        **{f"{name}{end}": found[f"{name}{end}"] for name in names for end in ("", "_ci95")},
        "reasons": {name: found["reasons"][name] for name in names if name in found["reasons"]} if both
        else dict.fromkeys(names, "No matched span has a severity on both sides."),
    }  # fmt: skip


def check_marked(mark: Marked, where: str) -> Marked:
    """The mark itself, or BadInput when its offsets are none."""
    for offset in (mark.start, mark.end):
        if not isinstance(offset, int) or isinstance(offset, bool) or offset < 0:
            raise BadInput(f"{where} goes from {mark.start!r} to {mark.end!r}; expected whole numbers from 0 on.")
    if mark.end <= mark.start:
        raise BadInput(f"{where} goes from {mark.start} to {mark.end}; the end is exclusive and comes after the start.")
    return mark


def _in_order(mark: Marked) -> tuple[int, int]:
    return mark.start, mark.end


def _alike(gold: Sequence[Marked], other: Sequence[Marked]) -> int:
    """How many spans have the same place and label, one to one: what is marked twice on both sides counts twice."""
    ours, theirs = (Counter((mark.start, mark.end, mark.label) for mark in side) for side in (gold, other))
    return (ours & theirs).total()


def _both_by_doc(pair: tuple[Sequence[Marked], Sequence[Marked]]) -> list[dict[Hashable, list[Marked]]]:
    found: list[dict[Hashable, list[Marked]]] = [{}, {}]
    for side, marks in zip(found, pair, strict=True):
        for mark in marks:
            side.setdefault(mark.doc, []).append(mark)
    return found


def _f1(shared: Sequence[Shared], docs: Sequence[Hashable]) -> dict[str, Any]:
    """2 matched / (gold + other), a ratio of sums over documents."""
    matched, gold, other = (sum(one[place] for one in shared) for place in range(3))
    return {
        "precision": matched / other if other else None, "recall": matched / gold if gold else None,
        "f1": 2 * matched / (gold + other) if gold + other else None, "ci95": _interval(shared, docs),
        "matched": matched,
        "reason": None if gold and other else _NOTHING[bool(gold), bool(other)],
    }  # fmt: skip


def _interval(shared: Sequence[Shared], docs: Sequence[Hashable]) -> list[float] | None:
    """None for fewer than two documents."""
    parts = [2 * one.matched for one in shared], [one.gold + one.other for one in shared]
    sums, sizes = (cluster_totals(numbers(part), docs)[0] for part in parts)
    if len(sums) > 1 and sums.sum() in (0, sizes.sum()):
        return list(wilson(len(sums) if sums.sum() else 0, len(sums)))
    return ratio_interval(sums, sizes, (0, 1))
