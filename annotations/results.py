"""What reviewers found, counted: which notes hold what, how they were rated, preferred and corrected.

Only submitted reviews count, and of them version 1 (later ones were made after the models were shown), unless the selection asks
for the latest. A note counts once, however many reviewers read it, and holds an error when one of them marked it. Reviews that
ended without a judgement say nothing of the notes. The encounters behind each number come from ``behind``.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING

from .figures import IMPORTANT_NEGATIVE, OMISSION, OTHER, Compared, Edited, Figures, Kind, Rated, Tally
from .intervals import median_interval
from .label_sets import LabelSets
from .labels import LabelSet, load_labels
from .selection import ANY, Chosen, Selection
from .store import Store
from .values import SPLITS

if TYPE_CHECKING:
    import numpy as np

# Review and note, and what is to be known of them: model and specialty.
Place = tuple[str, str]
Noted = dict[tuple[str, str], Place]

# SQLite hands over all marks of a note as one text: 300,000 rows would cost more than everything else together.
_BETWEEN_MARKS, _BETWEEN_PARTS = "\x1e", "\x1f"
_MARKS = {
    "spans": ("label", "ifnull(severity, '')", "ifnull(section, '')"),
    "omissions": ("label", "severity", "ifnull(section, '')", "important_negative"),
    "ratings": ("dimension", "ifnull(value, '')"),
}


class ReadBefore:
    """What was read of judged, submitted reviews, kept from one count to the next. These stand still, since reopening one makes a
    new version, so a later count reads only what was submitted since. (After a restore the same review may end otherwise, but at
    another moment.)"""

    def __init__(self) -> None:
        self._codes: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = {table: {} for table in _MARKS}

    def codes(self, store: Store, table: str, judged: list[Chosen]) -> Iterator[tuple[str, str, str]]:
        """Review, note, and the marks (or ratings) that the review left in the note, each as a code of its parts."""
        known, moments = self._codes[table], {one.review_id: one.submitted for one in judged}
        new: dict[tuple[str, str], list[tuple[str, str]]] = {key: [] for key in moments.items() if key not in known}
        if new:
            # Constants, because a call of char() for each of them took half of the time.
            code = f" || '{_BETWEEN_PARTS}' || ".join(_MARKS[table])
            sql = f"""SELECT review_id, output_id, group_concat({code}, '{_BETWEEN_MARKS}') FROM {table}
                WHERE review_id IN (SELECT value FROM json_each(?)) GROUP BY review_id, output_id"""
            for review_id, output_id, codes in store.db.execute(sql, [json.dumps([review_id for review_id, _ in new])]):
                new[review_id, moments[review_id]].append((output_id, codes))
            known.update(new)
        for key in moments.items():
            for output_id, codes in known[key]:
                yield key[0], output_id, codes


def count_findings(
    store: Store, selection: Selection, labels: LabelSet | None = None, before: ReadBefore | None = None
) -> Figures:
    """All figures of a selection, as they were at one moment; ``before`` spares what an earlier count has read."""
    with store.snapshot():
        return _count(store, selection, label_groups(store, labels), before or ReadBefore())


def findings_stamp(store: Store) -> tuple:
    """Changes whenever the figures may: when a review is submitted, taken back or taken in. Cheap, to know figures that were
    counted before."""
    return store.db.execute("SELECT count(*), max(submitted), max(rowid) FROM reviews WHERE status = 'submitted'").fetchone()


def label_groups(store: Store, labels: LabelSet | None = None) -> dict[str, str]:
    """The group of every error label that a stored mark may carry; where label sets disagree, the current one decides."""
    current = labels or load_labels()
    known = [*LabelSets(store, current).stored(), current]
    return {entry["id"]: entry["group"] for label_set in known for entry in label_set.data["error"]}


def _count(store: Store, selection: Selection, groups: dict[str, str], before: ReadBefore) -> Figures:
    sql, given = selection.sql()
    chosen = [Chosen(*row) for row in store.db.execute(f"{sql} SELECT {', '.join(Chosen._fields)} FROM chosen", given)]
    judged = [review for review in chosen if review.cannot_judge is None]
    noted = {(one.review_id, one.left_id): (one.left_model, one.specialty) for one in judged}
    noted |= {(one.review_id, one.right_id): (one.right_model, one.specialty) for one in judged if one.right_id}
    models = _in_order(store, {model for model, _ in noted.values()})
    seconds = [one.active_seconds for one in judged if one.active_seconds > 0]
    return Figures(
        reviews=len(judged),
        unjudged=len(chosen) - len(judged),
        encounters=len({one.encounter_id for one in judged}),
        reviewers=tuple(sorted({one.reviewer_id for one in judged})),
        splits=tuple(split for split in SPLITS if split in {one.split for one in judged}),
        specialties=tuple(sorted({one.specialty for one in judged}, key=lambda name: (name == "", name))),
        models=models,
        notes=dict(_places({output_id: place for (_, output_id), place in noted.items()}.values())),
        tallies=_tallies(store, judged, noted, groups, before),
        rated=_rated(before.codes(store, "ratings", judged), noted),
        compared=_compared(judged, models),
        edited=_edited(store, noted),
        median_seconds=median(seconds) if seconds else None,
    )


def _in_order(store: Store, models: set[str]) -> tuple[str, ...]:
    known = store.db.query("SELECT id FROM models ORDER BY kind != 'base', rowid")
    return tuple(row["id"] for row in known if row["id"] in models)


def _places(places: Iterable[Place]) -> Counter[Place]:
    """How often each place occurs, and under ANY each model."""
    found = Counter(places)
    for (model, _), n in list(found.items()):
        found[model, ANY] += n
    return found


def _tallies(
    store: Store, judged: list[Chosen], noted: Noted, groups: dict[str, str], before: ReadBefore
) -> dict[tuple[str, str, Kind], Tally]:
    """Marks are summed over reviews; a note holds a kind when one of its reviews does."""
    import numpy as np

    read = chain.from_iterable(before.codes(store, table, judged) for table in ("spans", "omissions"))
    marks, places, codes = _marks_by_note(read, noted)
    if not codes:
        return {}
    of_code = [_kinds(code, groups) for code in codes]
    kinds = sorted(set().union(*of_code))
    # A row per note, a column per kind: how many marks of the kind the note holds. Floats multiply fast, and are exact here.
    held = marks @ np.array([[kind in found for kind in kinds] for found in of_code], np.float32)
    rows: dict[Place, list[int]] = defaultdict(list)
    for row, (model, specialty) in enumerate(places):
        rows[model, specialty].append(row)
        rows[model, ANY].append(row)
    found = {}
    for (model, specialty), chosen in rows.items():
        part = held[chosen]
        for kind, n, notes in zip(kinds, part.sum(axis=0), np.count_nonzero(part, axis=0), strict=True):
            if n:
                found[model, specialty, kind] = Tally(int(n), int(notes))
    return found


def _marks_by_note(read: Iterable[tuple[str, str, str]], noted: Noted) -> tuple["np.ndarray", list[Place], list[str]]:
    """How many marks of each code each note has (a row per note, a column per code), the notes' places, the codes."""
    import numpy as np

    note_rows: dict[tuple[str, Place], int] = {}
    rows, sizes, texts = [], [], []
    for review_id, output_id, codes in read:
        if place := noted.get((review_id, output_id)):
            rows.append(note_rows.setdefault((output_id, place), len(note_rows)))
            sizes.append(codes.count(_BETWEEN_MARKS) + 1)
            texts.append(codes)
    marks = _BETWEEN_MARKS.join(texts).split(_BETWEEN_MARKS) if texts else []
    code_columns = {code: column for column, code in enumerate(sorted(set(marks)))}
    cells = np.repeat(rows, sizes) * len(code_columns) + np.fromiter(map(code_columns.__getitem__, marks), np.int64, len(marks))
    counted = np.bincount(cells, minlength=len(note_rows) * len(code_columns)) if marks else np.zeros(0)
    shape = len(note_rows), len(code_columns)
    return counted.reshape(shape).astype(np.float32), [place for _, place in note_rows], list(code_columns)


def _kinds(code: str, groups: dict[str, str]) -> set[Kind]:
    """The kinds that a mark of this code counts for."""
    label, severity, section, *negative = code.split(_BETWEEN_PARTS)
    group = OMISSION if negative else groups.get(label, OTHER)
    wheres = [(ANY, ANY), (label, ANY), (ANY, section), *([(IMPORTANT_NEGATIVE, ANY)] if negative == ["1"] else [])]
    return {Kind(group, *where, grade) for where in wheres for grade in (ANY, severity)}


def _rated(read: Iterable[tuple[str, str, str]], noted: Noted) -> dict[tuple[str, str], Rated]:
    texts: dict[str, list[str]] = defaultdict(list)
    for review_id, output_id, codes in read:
        if place := noted.get((review_id, output_id)):
            texts[place[0]].append(codes)
    given = {model: Counter(_BETWEEN_MARKS.join(codes).split(_BETWEEN_MARKS)) for model, codes in texts.items()}
    values: dict[tuple[str, str], dict[int | None, int]] = defaultdict(dict)
    for model, codes in given.items():
        for code, n in codes.items():
            dimension, value = code.split(_BETWEEN_PARTS)
            values[model, dimension][int(value) if value else None] = n
    return {where: Rated(found) for where, found in values.items()}


def _compared(judged: list[Chosen], models: tuple[str, ...]) -> dict[tuple[str, str], Compared]:
    """Two notes of one model are no comparison of models."""
    found: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for one in judged:
        if one.right_id and one.left_model != one.right_model:
            first, second = sorted((one.left_model, one.right_model), key=models.index)
            preferred = {"left": one.left_model, "right": one.right_model}.get(one.preference)
            outcome = {first: "first", second: "second"}.get(preferred, one.preference or "open")
            found[first, second][outcome] += 1
    return {pair: Compared(**outcomes) for pair, outcomes in sorted(found.items(), key=lambda one: -one[1].total())}


def _edited(store: Store, noted: Noted) -> dict[str, Edited]:
    """Distances of the last version of each correction, with the editor's seconds of all its versions."""
    sql = """SELECT review_id, output_id, character_distance, word_distance, sum(active_seconds), max(version)
        FROM corrections GROUP BY review_id, output_id"""
    found: dict[str, list[tuple]] = defaultdict(list)
    for review_id, output_id, *measured in store.db.execute(sql):
        if place := noted.get((review_id, output_id)):
            found[place[0]].append(measured)
    return {model: _medians(rows) for model, rows in found.items()}


def _medians(rows: list[list]) -> Edited:
    characters, words, seconds, _ = zip(*rows, strict=True)
    timed = [value for value in seconds if value > 0]
    return Edited(len(rows), median(characters), median(words), median(timed) if timed else None,
                  *map(median_interval, (characters, words, timed)))  # fmt: skip
