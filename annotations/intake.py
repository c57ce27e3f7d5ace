"""Taking in parts that come from elsewhere (see ``parts``): each is checked like an act at the desk, and all are stored or none.

What is there already with the same content is left as it is, so that a file can be taken in twice; the same id with other content
is a Conflict. Taken into an empty database, the parts of another one make the same database.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .errors import BadInput, Conflict, NotFound, ScribeloopError
from .intake_review import ReviewIntake
from .label_rules import check_labels
from .labels import LabelSet, load_labels
from .parts import PARTS
from .rows import from_row, to_row
from .spans import transcript_key
from .store import LOCAL_USER, Store
from .values import Encounter, Event, Model, Output, User

_TABLE = {kind: table for kind, table, _ in PARTS}
_VALUE = {kind: value for kind, _, value in PARTS}
# What must agree when the id is there already; the rest is what this machine knows better (a path, a title).
_SAME = {
    User: ("name",), LabelSet: ("data",), Model: ("weights_sha256",), Encounter: ("transcript", "reference", "split"),
    Output: tuple(field.name for field in dataclasses.fields(Output)),
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """How many parts of each kind were new, and how many were there already."""

    added: dict[str, int]
    known: dict[str, int]


def take_in(
    store: Store, parts: Iterable[tuple[str, str, dict[str, Any]]], labels: LabelSet | None = None, local_is: str | None = None
) -> Taken:
    """Store ``(place, kind, plain values)`` in the order given; an error names the place, such as "Line 12", and stores nothing.

    The values must have the fields of their kind and the right types; what they say is checked here. ``local_is`` counts the
    parts' local reviewer as this user, who is added when new: every machine has a "local".
    """
    intake = _Intake(store, labels or load_labels(), local_is)
    with store.act():
        for place, kind, plain in parts:
            with naming(place):
                intake.take(kind, plain)
        intake.take_events()
    return Taken(dict(intake.added), dict(intake.known))


@contextmanager
def naming(place: str) -> Iterator[None]:
    """Put the place in front of what is wrong there."""
    try:
        yield
    except ScribeloopError as error:
        raise type(error)(f"{place}: {error}") from error


class _Intake:
    def __init__(self, store: Store, labels: LabelSet, local_is: str | None) -> None:
        self.store = store
        self.local_is = local_is
        self.reviews = ReviewIntake(store, labels)
        self.events: list[dict[str, Any]] = []
        self.added: Counter[str] = Counter()
        self.known: Counter[str] = Counter()

    def take(self, kind: str, plain: dict[str, Any]) -> None:
        if kind == "event":
            self.events.append(to_row(Event(**plain | {"user_id": self._user_id(plain["user_id"])})))
        elif kind == "review":
            self._count(kind, self.reviews.take(plain | {"reviewer_id": self._user_id(plain["reviewer_id"])}))
        elif kind == "user":
            self._count(kind, self._take_user(User(**plain)))
        else:
            self._count(kind, self._take(kind, plain))

    def take_events(self) -> None:
        """Events have no id: one that is there as often as the file has it is known."""
        stored = {key: self._stored_events(row) for row in self.events if (key := tuple(row.values()))}
        for row in self.events:
            key = tuple(row.values())
            stored[key] -= 1
            if stored[key] < 0:
                self.store.db["events"].insert(row)
            self._count("event", stored[key] < 0)

    def _count(self, kind: str, is_new: bool) -> None:
        (self.added if is_new else self.known)[kind] += 1

    def _user_id(self, id: str) -> str:
        if not self.local_is or id != LOCAL_USER:
            return id
        if self._stored("users", "id", self.local_is) is None:
            # A file may hold no line of its local user: a browser page's does not.
            self._count("user", self._take_user(User(LOCAL_USER, LOCAL_USER)))
        return self.local_is

    def _take_user(self, user: User) -> bool:
        if self.local_is and user.id == LOCAL_USER:
            user = User(self.local_is, self.local_is)
            if self._stored("users", "id", user.id):
                return False
        if user.id == LOCAL_USER and self._nobody_yet():
            self.store.db["users"].update(LOCAL_USER, {"name": user.name, "disabled": user.disabled, "created": user.created})
            return False
        return self._put("users", "id", user, to_row(user))

    def _nobody_yet(self) -> bool:
        """In an empty database the local user is a placeholder that has not signed anything."""
        sql = "SELECT 1 FROM reviews WHERE reviewer_id = :id UNION ALL SELECT 1 FROM events WHERE user_id = :id"
        return self.store.db.execute(sql, {"id": LOCAL_USER}).fetchone() is None

    def _take(self, kind: str, plain: dict[str, Any]) -> bool:
        if kind == "label_set":
            value = LabelSet(**plain)
            check_labels(value.data, value.version)
            return self._put("label_sets", "version", value, to_row(value))
        if kind == "encounter":
            value = Encounter(**{name: cell for name, cell in plain.items() if name != "id"})
            if plain.get("id", value.id) != value.id:
                raise BadInput(
                    f"The id {plain['id']!r} does not follow from source and external_id; expected {value.id!r}, or none."
                )
            more = {"id": value.id, "transcript_key": transcript_key(value.transcript)}
            return self._put("encounters", "id", value, to_row(value, **more), plain)
        value = _VALUE[kind](**plain)
        if isinstance(value, Output):
            self._must_be_there("encounters", value.encounter_id)
            self._must_be_there("models", value.model_id)
        more = {"status": value.first_status} if isinstance(value, Model) else {}
        return self._put(_TABLE[kind], "id", value, to_row(value, **more))

    def _put(self, table: str, key: str, value: Any, row: dict[str, Any], said: dict[str, Any] | None = None) -> bool:
        """Whether it was new. ``said`` are the values that the file gave, where it need not give all: what it does not say is no
        contradiction."""
        stored = self._stored(table, key, row[key])
        if stored is None:
            self.store.db[table].insert(row)
            return True
        there = from_row(type(value), stored)
        for name in _SAME[type(value)]:
            if name in (said or row) and getattr(there, name) != getattr(value, name):
                raise Conflict(f"{row[key]!r} is stored in {table} with another {name}; import into another --home to keep both.")
        return False

    def _stored(self, table: str, key: str, id: str) -> dict[str, Any] | None:
        return next(self.store.db[table].rows_where(f"{key} = ?", [id]), None)

    def _stored_events(self, row: dict[str, Any]) -> int:
        where = " AND ".join(f'"{name}" IS :{name}' for name in row)
        return self.store.db.execute(f"SELECT count(*) FROM events WHERE {where}", row).fetchone()[0]

    def _must_be_there(self, table: str, id: str) -> None:
        if self._stored(table, "id", id) is None:
            raise NotFound(f"{id!r} is neither stored in {table} nor above this line; put it before what refers to it.")
