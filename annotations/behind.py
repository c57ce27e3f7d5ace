"""The encounters behind a number of the results, and what in them it counted."""

from dataclasses import asdict, dataclass

from .figures import IMPORTANT_NEGATIVE, OMISSION, OTHER, Compared
from .labels import LabelSet
from .results import label_groups
from .selection import ANY, Selection
from .store import Store
from .values import one_of

RATINGS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Slice:
    """What one number counts, within a selection. ``what`` is a key of SOURCES; a field that does not belong to it stays ANY.

    Marks: ``group``, ``label``, ``section`` and ``severity`` as in Kind. Ratings: a ``value`` of "" is "not judged", ANY is any
    number. Compared: ``model`` with ``other`` as in Figures.compared, and one of its outcomes; ANY is any stated preference.
    """

    what: str = "reviews"
    model: str = ANY
    specialty: str = ANY
    group: str = ANY
    label: str = ANY
    section: str = ANY
    severity: str = ANY
    dimension: str = ANY
    value: str = ANY
    other: str = ANY
    outcome: str = ANY

    def __post_init__(self) -> None:
        one_of(self.what, tuple(SOURCES), "What is counted")
        one_of(self.value, (ANY, "", *RATINGS), "The rating")
        one_of(self.outcome, (ANY, *Compared.__dataclass_fields__), "The outcome")


@dataclass(frozen=True)
class Fact:
    """One thing that was counted: a review, a note in it (``model`` wrote it), a mark or a rating of the note, a preference."""

    review_id: str
    reviewer: str
    model: str | None = None
    label: str | None = None
    severity: str | None = None
    quote: str | None = None
    comment: str | None = None
    dimension: str | None = None
    value: int | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Found:
    """An encounter behind a number, with the facts of it that were counted."""

    encounter_id: str
    title: str
    specialty: str | None
    split: str
    facts: tuple[Fact, ...]


_MARKED = "noted c JOIN {table} m ON m.review_id = c.review_id AND m.output_id = c.output_id"
_OUTCOME = """CASE c.preference WHEN 'left' THEN iif(c.left_model = :model, 'first', 'second')
    WHEN 'right' THEN iif(c.right_model = :model, 'first', 'second') ELSE ifnull(c.preference, 'open') END"""
# What there is to count: where its rows are, which of them, and what of a row makes a Fact besides review and reviewer.
SOURCES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "reviews": ("chosen c", "c.cannot_judge IS NULL", ()),
    "unjudged": (
        "chosen c JOIN reviews m ON m.id = c.review_id",
        "c.cannot_judge IS NOT NULL",
        ("c.cannot_judge AS outcome", "m.cannot_judge_comment AS comment"),
    ),
    "notes": ("noted c", "true", ("c.model",)),
    "marks": (_MARKED, "true", ("c.model", "m.label", "m.severity", "m.quote", "m.comment")),
    "ratings": (_MARKED.format(table="ratings"), "true", ("c.model", "m.dimension", "m.value")),
    "compared": (
        "chosen c",
        """c.cannot_judge IS NULL AND :model != :other
            AND :model IN (c.left_model, c.right_model) AND :other IN (c.left_model, c.right_model)""",
        (f"{_OUTCOME} AS outcome",),
    ),
    "corrections": (
        "noted c",
        "EXISTS (SELECT 1 FROM corrections m WHERE m.review_id = c.review_id AND m.output_id = c.output_id)",
        ("c.model",),
    ),
}


class Behind:
    """The encounters behind one number. Reading only; each method sees the database as it then is."""

    def __init__(self, store: Store, selection: Selection, slice: Slice, labels: LabelSet | None = None) -> None:
        self.store = store
        self.slice = slice
        self.common, given = selection.sql()
        self.source, self.where = _source(slice, label_groups(store, labels))
        self.given = given | asdict(slice)

    def encounter_ids(self) -> list[str]:
        """Each once, in the order they came in."""
        inner = f"SELECT c.encounter_id FROM {self.source} WHERE {self.where}"
        sql = f"{self.common} SELECT id FROM encounters WHERE id IN ({inner}) ORDER BY rowid"
        return [row[0] for row in self.store.db.execute(sql, self.given)]

    def page(self, encounter_ids: list[str]) -> list[Found]:
        """These encounters, out of ``encounter_ids()``, with their facts."""
        facts: dict[str, list[Fact]] = {id: [] for id in encounter_ids}
        columns = ", ".join(("c.encounter_id", "c.review_id", "u.name AS reviewer", *SOURCES[self.slice.what][2]))
        places = ", ".join(f":id{number}" for number in range(len(encounter_ids)))
        sql = f"""{self.common} SELECT {columns} FROM {self.source} JOIN users u ON u.id = c.reviewer_id
            WHERE {self.where} AND c.encounter_id IN ({places})
            ORDER BY c.review_id{", m.start" if self.slice.what == "marks" else ""}"""
        ids = {f"id{number}": id for number, id in enumerate(encounter_ids)}
        for row in self.store.db.query(sql, self.given | ids):
            facts[row.pop("encounter_id")].append(Fact(**row))
        return [self._found(id, facts[id]) for id in encounter_ids]

    def _found(self, encounter_id: str, facts: list[Fact]) -> Found:
        visit = self.store.get_encounter(encounter_id)
        return Found(visit.id, visit.title or visit.external_id, visit.specialty, visit.split, tuple(facts))


def _source(slice: Slice, groups: dict[str, str]) -> tuple[str, str]:
    """The tables of a slice and what narrows them; values stay with the query."""
    table, where, _ = SOURCES[slice.what]
    parts = [where, *(f"c.{name} = :{name}" for name in ("specialty",) if getattr(slice, name) != ANY)]
    if slice.what != "compared" and slice.model != ANY:
        parts.append("c.model = :model")
    if slice.what == "marks":
        table = table.format(table="omissions" if slice.group == OMISSION else "spans")
        parts += _marks(slice, groups)
    if slice.what == "ratings":
        parts += ["m.dimension = :dimension"] if slice.dimension != ANY else []
        parts.append({ANY: "m.value IS NOT NULL", "": "m.value IS NULL"}.get(slice.value, "m.value = CAST(:value AS INTEGER)"))
    if slice.what == "compared":
        parts.append("c.preference IS NOT NULL" if slice.outcome == ANY else f"{_OUTCOME} = :outcome")
    return table, " AND ".join(parts)


def _marks(slice: Slice, groups: dict[str, str]) -> list[str]:
    parts = [f"ifnull(m.{name}, '') = :{name}" for name in ("section", "severity") if getattr(slice, name) != ANY]
    if slice.group == OMISSION and slice.label == IMPORTANT_NEGATIVE:
        return [*parts, "m.important_negative"]
    if slice.label != ANY:
        return [*parts, "m.label = :label"]
    if slice.group in (OMISSION, ANY):
        return parts
    known = [label for label, group in groups.items() if slice.group in (group, OTHER)]
    listed = ", ".join("'" + label.replace("'", "''") + "'" for label in known)
    return [*parts, f"m.label {'NOT IN' if slice.group == OTHER else 'IN'} ({listed})"]
