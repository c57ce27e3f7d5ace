"""The database as parts that can travel: one value after the other, each after what it refers to.

A part is a kind and plain values. A review's part holds its spans, omissions, ratings and corrections; everything else is one
row. What follows from other values (the section of a mark, the distance of a correction) travels too, and is worked out anew on
arrival.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from .labels import LabelSet
from .rows import from_row
from .store import Store
from .values import Correction, Encounter, Event, Model, Omission, Output, Rating, Review, Span, User

# Kind, table, value; in the order in which they can be taken in.
PARTS: tuple[tuple[str, str, type], ...] = (
    ("user", "users", User),
    ("label_set", "label_sets", LabelSet),
    ("model", "models", Model),
    ("encounter", "encounters", Encounter),
    ("output", "outputs", Output),
    ("review", "reviews", Review),
    ("event", "events", Event),
)
# A model's place in the line is this workspace's own: whoever takes the file in has a gate to decide it.
_STAYS = {Model: ("status",)}
# What a review's part holds, as the names of its fields and of the tables.
IN_REVIEW: dict[str, type] = {"spans": Span, "omissions": Omission, "ratings": Rating, "corrections": Correction}


def read_parts(store: Store) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that is stored, as it was at one moment; ``(kind, plain values)``."""
    with store.snapshot():
        for kind, table, value in PARTS:
            for row in store.db[table].rows_where(order_by="rowid"):
                plain = _plain(value, row)
                if kind == "review":
                    plain |= {name: _inside(store, name, row["id"]) for name in IN_REVIEW}
                yield kind, plain


def _inside(store: Store, table: str, review_id: str) -> list[dict[str, Any]]:
    rows = store.db[table].rows_where("review_id = ?", [review_id], order_by="rowid")
    return [_plain(IN_REVIEW[table], row) for row in rows]


def _plain(kind: type, row: dict[str, Any]) -> dict[str, Any]:
    value = from_row(kind, row)
    # An encounter's id follows from its source; whoever reads the file wants it all the same.
    plain = ({"id": value.id} if isinstance(value, Encounter) else {}) | asdict(value)
    return {name: cell for name, cell in plain.items() if name not in _STAYS.get(kind, ())}
