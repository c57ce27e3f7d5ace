"""Agreement between the reviewers in the database, on the notes that two or more of them have read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from .agreement import Rated, rating_agreement
from .agreement_spans import Marked, agreement_of_pairs
from .figures import HALLUCINATION, OMISSION, OTHER
from .labels import LabelSet
from .results import label_groups
from .selection import Selection
from .store import Store


@dataclass(frozen=True)
class Readings:
    """What reviewers said of the notes that several of them read. ``readers`` and ``encounters`` are by output, ``marks`` by
    reviewer and group (their documents are outputs), ``ratings`` by dimension."""

    readers: dict[str, list[str]]
    encounters: dict[str, str]
    marks: dict[tuple[str, str], list[Marked]]
    ratings: dict[str, list[Rated]]
    preferences: list[Rated]


def reviewer_agreement(store: Store, selection: Selection | None = None, labels: LabelSet | None = None) -> dict[str, Any]:
    """``{"reviewers", "notes", "encounters", "spans": {group: ..}, "pairs": [..], "ratings": {dimension: ..}, "lines", "major",
    "preference"}`` of the submitted first versions, or of another selection.

    ``spans`` pools every pair of reviewers of a note, by the group of the label and for omissions (see ``span_agreement``), and
    ``pairs`` has them one by one. ``lines`` is the agreement on which lines of the notes hold a hallucination, ``major`` on which
    notes hold a major one: rare labels, so look at AC1. Intervals resample encounters.
    """
    with store.snapshot():
        found = _readings(store, selection or Selection(), label_groups(store, labels))
        flags = _line_flags(store, found)
    encounters, groups = found.encounters, sorted({group for _, group in found.marks})
    pairs = sorted({pair for names in found.readers.values() for pair in combinations(names, 2)})
    return {
        "reviewers": sorted({name for names in found.readers.values() for name in names}),
        "notes": len(found.readers), "encounters": len(set(encounters.values())),
        "spans": {group: agreement_of_pairs([_sides(found, pair, group) for pair in pairs], encounters) for group in groups},
        "pairs": [_pair(found, pair, groups) for pair in pairs],
        "ratings": {name: rating_agreement(given, "ordinal", encounters) for name, given in sorted(found.ratings.items())},
        "lines": rating_agreement(flags, "nominal", {unit: encounters[unit[0]] for unit, _, _ in flags}),
        "major": rating_agreement(_major_flags(found), "nominal", encounters),
        "preference": rating_agreement(found.preferences, "nominal"),
    }  # fmt: skip


def _readings(store: Store, selection: Selection, groups: dict[str, str]) -> Readings:
    common, given = selection.sql()
    readers, encounters = defaultdict(list), {}
    for output_id, encounter_id, reviewer in store.db.execute(f"{common} {_SHARED}", given):
        readers[output_id].append(reviewer)
        encounters[output_id] = encounter_id
    marks, ratings = defaultdict(list), defaultdict(list)
    for output_id, reviewer, start, end, label, severity in store.db.execute(f"{common} {_SPANS}", given):
        if output_id in readers:
            marks[reviewer, groups.get(label, OTHER)].append(Marked(output_id, start, end, label, severity))
    for output_id, reviewer, start, end, label, severity in store.db.execute(f"{common} {_OMISSIONS}", given):
        if output_id in readers:
            marks[reviewer, OMISSION].append(Marked(output_id, start, end, label, severity))
    for output_id, reviewer, dimension, value in store.db.execute(f"{common} {_RATINGS}", given):
        if output_id in readers:
            ratings[dimension].append((output_id, reviewer, value))
    preferences = [tuple(row) for row in store.db.execute(f"{common} {_PREFERENCES}", given)]
    return Readings(dict(readers), encounters, dict(marks), dict(ratings), preferences)


# A reviewer has one chosen review of an encounter, and a note belongs to one encounter: so reviewer and note occur once.
_SHARED = """SELECT output_id, encounter_id, reviewer_id FROM noted
    WHERE output_id IN (SELECT output_id FROM noted GROUP BY output_id HAVING count(*) > 1) ORDER BY output_id, reviewer_id"""
_MARKED = """SELECT n.output_id, n.reviewer_id, m.start, m."end", m.label, m.severity
    FROM noted n JOIN {table} m ON m.review_id = n.review_id AND m.output_id = n.output_id"""
_SPANS, _OMISSIONS = _MARKED.format(table="spans"), _MARKED.format(table="omissions")
_RATINGS = """SELECT n.output_id, n.reviewer_id, m.dimension, m.value
    FROM noted n JOIN ratings m ON m.review_id = n.review_id AND m.output_id = n.output_id"""
# The two notes are the unit, whichever of them stood left.
_PREFERENCES = """SELECT min(left_id, right_id) || ' ' || max(left_id, right_id), reviewer_id,
        CASE preference WHEN 'left' THEN left_id WHEN 'right' THEN right_id ELSE preference END
    FROM chosen WHERE cannot_judge IS NULL AND right_id IS NOT NULL"""


def _sides(found: Readings, pair: tuple[str, str], group: str) -> tuple[list[Marked], list[Marked]]:
    """What each of the two marked in the notes that both have read."""
    shared = {output_id for output_id, names in found.readers.items() if set(pair) <= set(names)}
    first, second = ([mark for mark in found.marks.get((name, group), ()) if mark.doc in shared] for name in pair)
    return first, second


def _pair(found: Readings, pair: tuple[str, str], groups: Iterable[str]) -> dict[str, Any]:
    sides = {group: _sides(found, pair, group) for group in groups}
    notes = [output_id for output_id, names in found.readers.items() if set(pair) <= set(names)]
    marked = {mark.doc for both in sides.values() for side in both for mark in side}
    spans = {group: agreement_of_pairs([both], found.encounters, intervals=False) for group, both in sides.items()}
    return {"first": pair[0], "second": pair[1], "notes": len(notes), "both_empty": len(set(notes) - marked), "spans": spans}


def _major_flags(found: Readings) -> list[Rated]:
    holding = {
        (mark.doc, name)
        for (name, group), marks in found.marks.items()
        for mark in marks
        if group == HALLUCINATION and mark.severity == "major"
    }
    return [(output_id, name, int((output_id, name) in holding)) for output_id, names in found.readers.items() for name in names]


def _line_flags(store: Store, found: Readings) -> list[Rated]:
    """For each line of each note, and each of its readers, whether a hallucination was marked in it."""
    flags = []
    for output_id, names in found.readers.items():
        lines = _lines(store.get_output(output_id).text)
        for name in names:
            marks = [mark for mark in found.marks.get((name, HALLUCINATION), ()) if mark.doc == output_id]
            for start, end in lines:
                flags.append(((output_id, start), name, int(any(mark.start < end and start < mark.end for mark in marks))))
    return flags


def _lines(text: str) -> list[tuple[int, int]]:
    """Where the lines stand that hold anything."""
    places, start = [], 0
    for line in text.splitlines(keepends=True):
        places += [(start, start + len(line))] if line.strip() else []
        start += len(line)
    return places
