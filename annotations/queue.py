"""A reviewer's queue: every encounter with where it stands for that reviewer, a page at a time, the other texts left on disk.

Drafts come first, then encounters with notes to compare, then those without (fresh ones first), then the reviewed; within each in
the order they came in. The walk from one that waits to the next follows the order they came in alone, so that previous undoes
next although opening an encounter makes a draft of it.
"""

from dataclasses import dataclass
from typing import Any

from .rows import from_row
from .store import Store
from .values import Encounter

# By rank, the order of the queue. Two of them look alike to a reviewer: an encounter that no shipped model was trained on says
# more about the notes than one that was, and comes first.
STATUSES = ("in progress", "to review", "needs notes", "needs notes", "reviewed")

_RANK = """CASE (SELECT r.status FROM reviews r
        WHERE r.reviewer_id = :reviewer AND r.encounter_id = e.id ORDER BY r.version DESC LIMIT 1)
    WHEN 'draft' THEN 0
    WHEN 'submitted' THEN 4
    ELSE CASE
        WHEN (SELECT min(o.model_id) < max(o.model_id) FROM outputs o
            WHERE o.encounter_id = e.id AND o.finish_reason != 'cancelled') THEN 1
        WHEN e.split = 'dev' OR json_extract(e.meta, '$.fresh') THEN 2
        ELSE 3 END
    END"""


@dataclass(frozen=True)
class QueueEntry:
    encounter: Encounter
    status: str


@dataclass(frozen=True)
class QueuePage:
    """Some of the ``total`` entries that were asked for; ``counts`` is by status, whatever status was asked for."""

    entries: tuple[QueueEntry, ...]
    total: int
    counts: dict[str, int]


class Queue:
    """What waits for one reviewer."""

    def __init__(self, store: Store, reviewer_id: str) -> None:
        self.store = store
        self.reviewer_id = reviewer_id

    def page(
        self, limit: int, offset: int = 0, split: str | None = None, specialty: str | None = None, search: str = "",
        status: str | None = None,
    ) -> QueuePage:  # fmt: skip
        """Encounters that have every word of ``search`` in title, id or specialty, whatever their case; None narrows nothing."""
        ranked = self._ranked(split, specialty, search)
        counts = dict.fromkeys(STATUSES, 0)
        for _, rank in ranked:
            counts[STATUSES[rank]] += 1
        wanted = [(place, STATUSES[rank]) for place, rank in ranked if status in (None, STATUSES[rank])]
        return QueuePage(self._entries(wanted[offset : offset + limit]), len(wanted), counts)

    def progress(self) -> tuple[int, int]:
        """How many encounters the reviewer has ever submitted, and how many there are."""
        sql = "SELECT count(DISTINCT encounter_id) AS done FROM reviews WHERE reviewer_id = :reviewer AND status = 'submitted'"
        return self._query(sql, {})[0]["done"], self.store.db["encounters"].count

    def next_to_review(self, after: str) -> str | None:
        """The id of the encounter that waits (begun, or with two notes) and came in next after this one, at the end the first
        again; None when no other waits."""
        return self._walk(after, ">", "") or self._walk(after, "<", "")

    def previous_to_review(self, before: str) -> str | None:
        """The way back of ``next_to_review``: before the first comes the last."""
        return self._walk(before, "<", "DESC") or self._walk(before, ">", "DESC")

    def _walk(self, encounter_id: str, side: str, direction: str) -> str | None:
        sql = f"""SELECT e.id FROM encounters e WHERE e.rowid {side} (SELECT rowid FROM encounters WHERE id = :here)
            AND ({_RANK}) < 2 ORDER BY e.rowid {direction} LIMIT 1"""
        found = self._query(sql, {"here": encounter_id})
        return found[0]["id"] if found else None

    def _ranked(self, split: str | None, specialty: str | None, search: str) -> list[tuple[int, int]]:
        """Place (the row) and rank of each wanted encounter, in the queue's order. One pass serves the page and its counts."""
        words = {f"word{number}": word for number, word in enumerate(search.casefold().split())}
        narrow = [f"e.{name} = :{name}" for name, value in (("split", split), ("specialty", specialty)) if value is not None]
        text = "casefold(coalesce(e.title, '') || ' ' || e.external_id || ' ' || coalesce(e.specialty, ''))"
        narrow += [f"instr({text}, :{name})" for name in words]
        sql = f"SELECT e.rowid, {_RANK} AS rank FROM encounters e WHERE {' AND '.join(narrow) or 'true'} ORDER BY rank, e.rowid"
        given = {"reviewer": self.reviewer_id, "split": split, "specialty": specialty} | words
        return self.store.db.execute(sql, given).fetchall()

    def _entries(self, wanted: list[tuple[int, str]]) -> tuple[QueueEntry, ...]:
        places = ", ".join(str(place) for place, _ in wanted)
        rows = {row["rowid"]: row for row in self._query(f"SELECT rowid, * FROM encounters WHERE rowid IN ({places})", {})}
        return tuple(QueueEntry(from_row(Encounter, rows[place]), status) for place, status in wanted)

    def _query(self, sql: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.store.db.query(sql, given | {"reviewer": self.reviewer_id}))
