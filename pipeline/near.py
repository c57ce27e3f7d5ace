"""Transcripts that are nearly those of the test split: a visit transcribed twice, or with a few words changed."""

import re
from collections.abc import Iterable, Mapping

# Runs of this many words are compared. A visit of its own shares hardly any with another; a copy with one word in twenty changed
# keeps about two thirds of them (0.95 ** 8).
WORDS = 8
# Of the shorter text's runs, the share from which two transcripts are the same visit.
SAME = 0.5
# Below this many words a greeting and a farewell make half of a transcript; those are compared whole, by their key.
SHORTEST = 50


def runs(text: str) -> set[tuple[str, ...]]:
    """The text's runs of words, in small letters and without punctuation; none of a text that is too short to tell."""
    words = re.findall(r"\w+", text.casefold())
    return set() if len(words) < SHORTEST else set(zip(*(words[k:] for k in range(WORDS)), strict=False))


def near_duplicates(texts: Mapping[str, str], held_out: Iterable[tuple[str, str]]) -> dict[str, tuple[str, float]]:
    """For each id of ``texts`` whose text is nearly a held-out one: that one's id, and the share of runs in common.

    ``held_out`` are ids and texts.
    """
    index: dict[tuple[str, ...], set[str]] = {}
    sizes = {}
    for id, text in held_out:
        found = runs(text)
        sizes[id] = len(found)
        for run in found:
            index.setdefault(run, set()).add(id)
    near = {}
    for id, text in texts.items():
        mine, shared = runs(text), {}
        for run in mine:
            for other in index.get(run, ()):
                shared[other] = shared.get(other, 0) + 1
        for other, count in shared.items():
            share = count / min(len(mine), sizes[other])
            if share >= SAME and share > near.get(id, ("", 0.0))[1]:
                near[id] = (other, share)
    return near
