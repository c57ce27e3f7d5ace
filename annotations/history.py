"""What a reviewer did to the marks of a review, as steps that can be taken back and done again, read from the events.

An act of the page names the step that it belongs to. The first event of a step on a mark does it, the next one takes it back, the
one after does it again, and so on: that is how undo and redo look in an append-only trail.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .rows import from_row
from .store import Store
from .values import Omission, Span


@dataclass(frozen=True)
class Change:
    """One mark before and after; ``before`` is None where it was made, ``after`` where it was deleted."""

    step: str
    mark_id: str
    before: Span | Omission | None
    after: Span | Omission | None


@dataclass(frozen=True)
class History:
    """Steps in the order of doing: what undo would take back, and what redo would do, the last one of each first."""

    past: tuple[tuple[Change, ...], ...]
    future: tuple[tuple[Change, ...], ...]


def read_history(store: Store, review_id: str) -> History:
    """The steps of one review version; an act that named no step is a step of its own."""
    steps: dict[str, dict[str, Change]] = {}
    undone: dict[str, set[str]] = {}
    past: list[str] = []
    future: list[str] = []
    for change in _changes(store, review_id):
        step, mark = change.step, change.mark_id
        if mark not in steps.setdefault(step, {}):
            steps[step][mark] = change
            undone.setdefault(step, set())
            future.clear()
            if step not in past:
                past.append(step)
        elif mark in undone[step]:
            undone[step].remove(mark)
            _move(step, future, past)
        else:
            undone[step].add(mark)
            _move(step, past, future)
    return History(*(tuple(tuple(steps[step].values()) for step in line) for line in (past, future)))


def _move(step: str, source: list[str], target: list[str]) -> None:
    """A step of several changes moves with its first one."""
    if step in source:
        source.remove(step)
    if step not in target:
        target.append(step)


def _changes(store: Store, review_id: str) -> Iterator[Change]:
    # "0" is the sign after "/": the range holds the subjects of this review alone, and the index serves it.
    sql = """SELECT rowid, subject, before, after, step FROM events
        WHERE subject > :from AND subject < :to AND verb IN ('mark', 'omission', 'unmark') ORDER BY rowid"""
    for row in store.db.query(sql, {"from": f"{review_id}/", "to": f"{review_id}0"}):
        mark_id = row["subject"].removeprefix(f"{review_id}/")
        yield Change(row["step"] or f"event-{row['rowid']}", mark_id, _mark(row["before"]), _mark(row["after"]))


def _mark(stored: str | None) -> Span | Omission | None:
    row: dict[str, Any] | None = json.loads(stored) if stored else None
    if row is None:
        return None
    return from_row(Omission if "important_negative" in row else Span, row)
