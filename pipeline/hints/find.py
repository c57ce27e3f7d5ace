"""All rules together."""

from dataclasses import replace

from .drug_rules import drug_hints
from .drugs import find_drugs
from .findings import said_findings, written_findings
from .hint import Hint
from .item_rules import item_hints
from .missing_rules import missing_doses, missing_drugs, missing_numbers
from .negation_rules import missing_negatives, negation_hints
from .number_rules import number_hints, spoken
from .numbers import plain_numbers
from .places import section_of
from .reading import read_note, read_transcript
from .side_rules import missing_sides, side_hints
from .turned_rules import turned_hints
from .value_rules import value_hints
from .wide_rules import wide_hints
from .without_rules import tolerance_hints, with_hints


def _once(found: list[Hint]) -> list[Hint]:
    """Of negations at one place of the note, which several rules may see, the first."""
    kept: list[Hint] = []
    for hint in found:
        same = (one for one in kept if one.kind == hint.kind == "negation" and one.where == hint.where == "note")
        if not any(one.start < hint.end and hint.start < one.end for one in same):
            kept.append(hint)
    return kept


def find_hints(transcript: str, note: str, wide: bool = False) -> list[Hint]:
    """All hints on a note: those in the note first, then those in the transcript, each in order of place; with ``wide`` also
    those of the kinds WIDE. Pure: the same texts give the same hints."""
    said, written = read_transcript(transcript), read_note(note)
    drugs, numbers = find_drugs(written), plain_numbers(written)
    heard = spoken(said, drugs)
    noted, told, guessed = written_findings(written), said_findings(said), said_findings(said, loose=True)
    found = [
        *number_hints(written, numbers, drugs, heard),
        *drug_hints(written, drugs, heard.drugs),
        *side_hints(written, numbers, said, heard),
        *negation_hints(written, noted, said, told, guessed),
        *turned_hints(written, noted, said, told),
        *value_hints(written, numbers, heard),
        *with_hints(written, said),
        *tolerance_hints(written, drugs, said, heard.drugs),
        *missing_numbers(numbers, heard),
        *missing_doses(written, numbers, drugs, heard),
        *missing_drugs(written, drugs, heard),
        *missing_sides(written, said),
        *missing_negatives(written, noted, said, told),
    ]
    found += item_hints(written, said, told, found)
    found = _once(found)
    if wide:
        found += wide_hints(written, numbers, noted, heard, told, found)
    placed = [replace(hint, section=section_of(note, hint.start)) if hint.where == "note" else hint for hint in found]
    return sorted(set(placed), key=lambda hint: (hint.where, hint.start, hint.end, hint.kind, hint.message))
