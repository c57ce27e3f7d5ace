"""The planter: a faithful note in, the same note with known hallucinations and omissions out, each with its exact place.

It changes a number, a dose, a drug, a side; turns a negation over; adds a finding, a cause, a certainty that nobody stated; mixes
up times and people; says something twice, in the wrong section or by half; takes a sentence out. What it plants is checked
against the transcript first, in digits and in words, so that it is not true by accident. Each sentence carries at most one error.
"""

import random
from collections.abc import Sequence

from annotations import BadInput, sha256

from ..links import Link
from . import additions, numbers, omissions, placement, swaps
from .reading import Reading
from .values import KINDS, LABELS, Candidate, Planted, PlantedError

__all__ = ["KINDS", "LABELS", "Planted", "PlantedError", "plant"]

_FINDERS = {
    "number": numbers.changed_numbers,
    "dose": numbers.changed_doses,
    "drug": swaps.swapped_drugs,
    "laterality": swaps.swapped_sides,
    "negation": swaps.turned_negations,
    "context": swaps.mixed_contexts,
    "certainty": swaps.changed_certainty,
    "finding": additions.added_findings,
    "cause": additions.added_causes,
    "repetition": placement.repeated,
    "misplaced": placement.misplaced,
    "unclear": placement.broken_off,
    "omission": omissions.taken_out,
}


def plant(
    transcript: str, note: str, seed: int, kinds: Sequence[str] = KINDS, count: int = 3, links: Sequence[Link] = ()
) -> Planted:
    """``note`` with up to ``count`` errors of ``kinds``, as evenly over the kinds as the note allows.

    The same arguments give the same result. ``links`` (see ``pipeline.synthesis.author``) make omissions exact. A note without
    room for them all gets fewer, and ``missing`` says so. BadInput for a kind that is not known or a negative count.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown or not kinds:
        named = ", ".join(unknown) or "nothing"
        raise BadInput(f"There is no planted error of kind {named}; expected some of {', '.join(KINDS)}.")
    if count < 0:
        raise BadInput(f"The count of errors is {count}; expected 0 or more.")
    dice = random.Random(f"{seed}/{sha256(note)[:16]}")
    reading = Reading(transcript, note, links)
    order = dice.sample(list(dict.fromkeys(kinds)), len(set(kinds)))
    chosen, missing = _choose(reading, order, count, dice)
    return _apply(reading, chosen, missing)


def _choose(reading: Reading, order: list[str], count: int, dice: random.Random) -> tuple[list[Candidate], tuple[str, ...]]:
    """One candidate of each kind in turn until there are ``count``, or no kind has a free one."""
    stacks = {kind: dice.sample(found := list(_FINDERS[kind](reading, dice)), len(found)) for kind in order} if count else {}
    chosen: list[Candidate] = []
    exhausted: list[str] = []
    turn = list(order)
    while turn and len(chosen) < count:
        kind = turn.pop(0)
        free = next((one for one in stacks[kind] if _free(one, chosen)), None)
        if free is None:
            exhausted.append(kind)
            continue
        chosen.append(free)
        turn.append(kind)
    return chosen, tuple(exhausted[i % len(exhausted)] for i in range(count - len(chosen)))


def _free(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Stretches that only touch are in each other's way too: an insertion has no length."""
    taken = [stretch for other in chosen for stretch in _stretches(other)]
    return not any(a <= d and c <= b for a, b in _stretches(candidate) for c, d in taken)


def _stretches(candidate: Candidate) -> list[tuple[int, int]]:
    return [*candidate.claims, *((edit.start, edit.end) for edit in candidate.edits)]


def _apply(reading: Reading, chosen: list[Candidate], missing: tuple[str, ...]) -> Planted:
    owners = sorted(((edit, one) for one in chosen for edit in one.edits), key=lambda pair: (pair[0].start, pair[0].end))
    pieces, place, length, errors = [], 0, 0, []
    for edit, owner in owners:
        pieces += [reading.note[place : edit.start], edit.text]
        begin = length + edit.start - place
        length, place = begin + len(edit.text), edit.end
        if edit is owner.edit:
            errors.append(_error(reading, owner, begin))
    pieces.append(reading.note[place:])
    return Planted("".join(pieces), tuple(errors), missing)


def _error(reading: Reading, owner: Candidate, begin: int) -> PlantedError:
    edit = owner.edit
    quote = edit.text[edit.lead : len(edit.text) - edit.trail]
    start = begin + edit.lead
    place = (start, start + len(quote), quote) if owner.kind != "omission" else (None, None, None)
    said = (*owner.transcript, reading.transcript[slice(*owner.transcript)]) if owner.transcript else (None, None, None)
    return PlantedError(
        owner.label or LABELS[owner.kind], owner.severity, owner.kind, *place, reading.note[edit.start : edit.end], edit.start,
        owner.section, owner.important_negative, *said,
    )  # fmt: skip
