"""Errors beside the length of the notes, so that a shorter note does not pass for a safer one."""

from collections.abc import Hashable, Sequence
from typing import Any

from annotations import BadInput, bootstrap_interval, cluster_totals, numbers, ratio_interval, same_length


def per_hundred_words(
    counts: Sequence[float], words: Sequence[float], clusters: Sequence[Hashable] | None = None
) -> dict[str, Any]:
    """``{"n", "total", "words", "per_note", "per_note_ci95", "words_per_note", "per_hundred", "ci95"}`` of notes.

    ``per_hundred`` is all counts over all words, times 100: a ratio of sums, since a mean of the notes' own ratios would give two
    errors in a note of ten words the weight of a whole study. Its interval resamples the clusters (encounters) with the notes in
    them. Of no note, or of notes without words, it is None.
    """
    same_length(counts, words, "word counts")
    counted, length = numbers(counts, "A count"), numbers(words, "A word count")
    if (counted < 0).any() or (length < 0).any():
        raise BadInput("A count or a number of words is below 0; expected whole numbers from 0 on.")
    n, total, size = len(counted), float(counted.sum()), float(length.sum())
    interval = ratio_interval(cluster_totals(counted, clusters)[0], cluster_totals(length, clusters)[0] / 100, (0, float("inf")))
    return {
        "n": n, "total": total, "words": size,
        "per_note": total / n if n else None, "per_note_ci95": bootstrap_interval(counts, clusters, (0, float("inf"))),
        "words_per_note": size / n if n else None,
        "per_hundred": 100 * total / size if size else None, "ci95": interval,
    }  # fmt: skip
