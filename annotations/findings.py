"""What reviewers found in two models' notes for the same encounters, side by side, as plain values to compare the models by."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import BadInput
from .figures import OMISSION, OTHER
from .labels import LabelSet
from .results import label_groups
from .selection import Selection
from .store import Store


@dataclass(frozen=True)
class NoteFindings:
    """One reviewer's findings in one note. ``marks`` counts by group (OMISSION or a label file's) and severity; ``words`` is the
    note's length; ``ratings`` by dimension, None for not judged. ``edit_seconds`` is time in the editor over all versions; what
    was never corrected has no distances and no seconds."""

    output_id: str
    words: int
    marks: dict[tuple[str, str], int] = field(default_factory=dict)
    ratings: dict[str, int | None] = field(default_factory=dict)
    character_distance: int | None = None
    word_distance: int | None = None
    edit_seconds: float | None = None

    def count(self, group: str, severity: str) -> int:
        return self.marks.get((group, severity), 0)


@dataclass(frozen=True)
class PairFindings:
    """One reviewer's findings on one encounter. ``preference`` is first, second, tie, neither, or None where none was stated."""

    encounter_id: str
    reviewer_id: str
    first: NoteFindings
    second: NoteFindings
    preference: str | None


def paired_findings(
    store: Store, first_model: str, second_model: str, selection: Selection | None = None, labels: LabelSet | None = None
) -> list[PairFindings]:
    """The submitted, judged reviews of notes by both models, by default the first versions, which were made blind.

    Several reviewers of one encounter are several values with one ``encounter_id``: a cluster.
    """
    if first_model == second_model:
        raise BadInput(f"Model {first_model!r} is compared with itself; name two models.")
    for model in (first_model, second_model):
        store.get_model(model)
    common, given = replace(selection or Selection(), pair=(first_model, second_model)).sql()
    with store.snapshot():
        groups = label_groups(store, labels)
        more = _marks(store, common, given, groups), _ratings(store, common, given), _edits(store, common, given)
        rows = list(store.db.query(f"{common} {_PAIRS}", given))
    return [_pair(row, first_model, *more) for row in rows]


_PAIRS = """SELECT c.review_id, c.encounter_id, c.reviewer_id, c.preference, c.left_model, c.left_id, c.right_id,
        l.text AS left_text, t.text AS right_text
    FROM chosen c JOIN outputs l ON l.id = c.left_id JOIN outputs t ON t.id = c.right_id
    WHERE c.cannot_judge IS NULL ORDER BY c.encounter_id, c.reviewer_id"""
_OF_NOTES = "FROM noted n JOIN {table} m ON m.review_id = n.review_id AND m.output_id = n.output_id"


def _marks(store: Store, common: str, given: dict, groups: dict[str, str]) -> dict[tuple[str, str], dict]:
    found: dict[tuple[str, str], dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for table in ("spans", "omissions"):
        sql = f"{common} SELECT m.review_id, m.output_id, m.label, ifnull(m.severity, '') {_OF_NOTES.format(table=table)}"
        for review_id, output_id, label, severity in store.db.execute(sql, given):
            group = OMISSION if table == "omissions" else groups.get(label, OTHER)
            found[review_id, output_id][group, severity] += 1
    return found


def _ratings(store: Store, common: str, given: dict) -> dict[tuple[str, str], dict[str, int | None]]:
    found: dict[tuple[str, str], dict[str, int | None]] = defaultdict(dict)
    sql = f"{common} SELECT m.review_id, m.output_id, m.dimension, m.value {_OF_NOTES.format(table='ratings')}"
    for review_id, output_id, dimension, value in store.db.execute(sql, given):
        found[review_id, output_id][dimension] = value
    return found


def _edits(store: Store, common: str, given: dict) -> dict[tuple[str, str], dict[str, Any]]:
    """The last version's distances, and the seconds of all of them; time that was not counted is None."""
    sql = f"""{common}
        SELECT m.review_id, m.output_id, m.character_distance, m.word_distance, sum(m.active_seconds), max(m.version)
        {_OF_NOTES.format(table="corrections")} GROUP BY m.review_id, m.output_id"""
    return {
        (review_id, output_id): {"character_distance": characters, "word_distance": words, "edit_seconds": seconds or None}
        for review_id, output_id, characters, words, seconds, _ in store.db.execute(sql, given)
    }


def _pair(row: dict[str, Any], first_model: str, marks: dict, ratings: dict, edits: dict) -> PairFindings:
    notes = {}
    for side in ("left", "right"):
        output_id = row[f"{side}_id"]
        key = (row["review_id"], output_id)
        words = len(row[f"{side}_text"].split())
        notes[side] = NoteFindings(output_id, words, dict(marks.get(key, {})), ratings.get(key, {}), **edits.get(key, {}))
    first, second = ("left", "right") if row["left_model"] == first_model else ("right", "left")
    preference = {first: "first", second: "second"}.get(row["preference"], row["preference"])
    return PairFindings(row["encounter_id"], row["reviewer_id"], notes[first], notes[second], preference)
