"""The database as a library of values: encounters, models, outputs, users, events. All SQL of the project is in this room.

Each public act is one short ``BEGIN IMMEDIATE`` transaction and is on disk when it returns (WAL, synchronous FULL).
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from .errors import BadInput, Conflict, Damaged, NotFound
from .judgement_tables import JUDGED_QUOTES
from .migrations import migrations
from .rows import from_row, to_row
from .spans import check_span, transcript_key
from .table import Table
from .values import Encounter, Event, Model, Output, User, now

LOCAL_USER = "local"


class Store:
    """Reads and writes values. ``db`` is migrated already; ``open_store`` makes one from a path. ``turn`` is a lock to hold while
    writing, where several stores of one process write to one file."""

    def __init__(self, db: Database, turn: AbstractContextManager | None = None) -> None:
        self.db = db
        self._turn = turn or nullcontext()

    def close(self) -> None:
        self.db.close()

    def table(self, name: str) -> Table:
        return Table(self.db.conn, name)

    @contextmanager
    def act(self) -> Iterator[None]:
        """One act of a user: everything in it is stored, or nothing."""
        if self.db.conn.in_transaction:
            with self.db.atomic():
                yield
            return
        with self._turn:
            self.db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.rollback()
                raise
            self.db.conn.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several readings of one moment, whatever others write meanwhile."""
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.db.rollback()

    # Encounters

    def add_encounters(self, encounters: list[Encounter]) -> list[str]:
        """Store new encounters, all or none; returns the ids that were new. An encounter that is there already is left as it
        is; one whose id is there with another transcript, reference or split raises Conflict."""
        added = []
        with self.act():
            for encounter in encounters:
                stored = self.find_encounter(encounter.id)
                if stored is None:
                    self.table("encounters").insert(
                        to_row(encounter, id=encounter.id, transcript_key=transcript_key(encounter.transcript))
                    )
                    added.append(encounter.id)
                else:
                    _same_encounter(stored, encounter)
            if added:
                self.add_event(LOCAL_USER, "import", "encounters", None, {"added": added})
        return added

    def get_encounter(self, id: str) -> Encounter:
        return self._get(Encounter, "encounters", id)

    def find_encounter(self, id: str) -> Encounter | None:
        return self._find(Encounter, "encounters", id)

    def list_encounters(
        self, split: str | None = None, source: str | None = None, specialty: str | None = None
    ) -> list[Encounter]:
        """Encounters in the order they came in, narrowed by whatever is given."""
        return self._list(Encounter, "encounters", split=split, source=source, specialty=specialty)

    def specialties(self) -> list[str]:
        """The specialties of the stored encounters, in the order of the alphabet."""
        sql = "SELECT DISTINCT specialty FROM encounters WHERE specialty IS NOT NULL ORDER BY specialty"
        return [row["specialty"] for row in self.db.query(sql)]

    def held_out_keys(self) -> set[str]:
        """The transcript keys of the test split: what no training row may match, under whatever id it comes."""
        return {row["transcript_key"] for row in self.table("encounters").rows_where("split = 'test'")}

    # Models and outputs

    def ensure_model(self, model: Model) -> Model:
        """Store the model if it is new and return the stored one; the same id with other weights raises Conflict.
        A model that moved to another folder keeps its id and gets the new path."""
        with self.act():
            stored = self.find_model(model.id)
            if stored is None:
                self.table("models").insert(to_row(model, status=model.first_status))
                self.add_event(LOCAL_USER, "register", model.id, None, {"sha256": model.weights_sha256, "path": model.path})
            elif stored.weights_sha256 != model.weights_sha256:
                raise Conflict(
                    f"Model {model.id!r} is registered with other weights ({stored.weights_sha256[:12]}, not "
                    f"{model.weights_sha256[:12]}); give the new one another name."
                )
            elif stored.path != model.path:
                self.table("models").update(model.id, {"path": model.path})
        return self.get_model(model.id)

    def get_model(self, id: str) -> Model:
        return self._get(Model, "models", id)

    def find_model(self, id: str) -> Model | None:
        return self._find(Model, "models", id)

    def list_models(self, kind: str | None = None) -> list[Model]:
        return self._list(Model, "models", kind=kind)

    def add_output(self, output: Output) -> Output:
        """Store a note for good; it can never be changed or deleted."""
        with self.act():
            self.table("outputs").insert(to_row(output))
        return output

    def get_output(self, id: str) -> Output:
        return self._get(Output, "outputs", id)

    def list_outputs(self, encounter_id: str | None = None, model_id: str | None = None) -> list[Output]:
        """Outputs, oldest first."""
        return self._list(Output, "outputs", encounter_id=encounter_id, model_id=model_id)

    def models_by_encounter(self) -> dict[str, int]:
        """How many different models have finished a note, per encounter id."""
        sql = """SELECT encounter_id, count(DISTINCT model_id) AS models FROM outputs
            WHERE finish_reason != 'cancelled' GROUP BY encounter_id"""
        return {row["encounter_id"]: row["models"] for row in self.db.query(sql)}

    def notes_by_model(self) -> dict[str, int]:
        """How many notes each model has written."""
        sql = "SELECT model_id, count(*) AS notes FROM outputs GROUP BY model_id"
        return {row["model_id"]: row["notes"] for row in self.db.query(sql)}

    # Runs

    def put_run(self, row: dict[str, Any]) -> None:
        """Bring a training run's row up to its own record, which lies in the run's folder."""
        with self.act():
            self.table("runs").insert(row, replace=True)

    def list_run_rows(self) -> list[dict[str, Any]]:
        """The rows of training runs, in the order in which they were made."""
        return list(self.table("runs").rows_where(order_by="created, id"))

    # Users and events

    def local_user(self) -> User:
        """The user who is there from the start, so that every mark has an author."""
        return self.get_user(LOCAL_USER)

    def add_user(self, id: str, name: str) -> User:
        with self.act():
            if self._find(User, "users", id):
                raise Conflict(f"There is already a user {id!r}; choose another name.")
            user = User(id, name)
            self.table("users").insert(to_row(user))
        return user

    def disable_user(self, id: str, disabled: bool = True) -> User:
        """Let a user open no new reviews, or again; what is begun can be finished, and nothing that was signed changes."""
        with self.act():
            before = self.get_user(id)
            self.db["users"].update(id, {"disabled": int(disabled)})
            if before.disabled != disabled:
                self.add_event(LOCAL_USER, "disable" if disabled else "enable", id, before.disabled, disabled)
        return self.get_user(id)

    def get_user(self, id: str) -> User:
        return self._get(User, "users", id)

    def list_users(self) -> list[User]:
        return self._list(User, "users")

    def add_event(self, user_id: str, verb: str, subject: str, before: Any, after: Any, step: str | None = None) -> None:
        """Append to the audit trail; call it inside the act that it records."""
        self.table("events").insert(to_row(Event(now(), user_id, verb, subject, before, after, step)))

    def list_events(self, subject: str | None = None) -> list[Event]:
        return self._list(Event, "events", subject=subject)

    # Care

    def counts(self) -> dict[str, int]:
        """How many rows each table of ours holds."""
        return {name: self.db[name].count for name in self.db.table_names() if not name.startswith("_")}

    def verify(self) -> list[str]:
        """Everything wrong with the file, as sentences: SQLite's own checks, and every quote against its text."""
        problems = [row[0] for row in self.db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        problems += [
            f"Row {row[1]} of {row[0]} points to a missing row of {row[2]}."
            for row in self.db.execute("PRAGMA foreign_key_check")
        ]
        return problems + _wrong_quotes(self)

    def backup(self, target: Path) -> None:
        """A consistent copy of the live file, made while others write."""
        if target.exists():
            raise Conflict(f"{target} exists; name a file that does not.")
        with sqlite3.connect(target) as copy:
            self.db.conn.backup(copy)
        copy.close()

    # One way to fetch

    def _get(self, kind: type, table: str, id: str) -> Any:
        found = self._find(kind, table, id)
        if found is None:
            known = [row["id"] for row in self.table(table).rows_where(select="id", limit=4)]
            raise NotFound(
                f"There is no {table[:-1]} {id!r}; {'known ones are ' + ', '.join(known) if known else 'none is stored yet'}."
            )
        return found

    def _find(self, kind: type, table: str, id: str) -> Any:
        row = next(self.table(table).rows_where("id = ?", [id]), None)
        return from_row(kind, row) if row else None

    def _list(self, kind: type, table: str, /, order: str = "rowid", **where: Any) -> list:
        given = {key: value for key, value in where.items() if value is not None}
        clause = " AND ".join(f'"{key}" = :{key}' for key in given) or None
        return [from_row(kind, row) for row in self.table(table).rows_where(clause, given, order_by=order)]


def open_store(path: Path, turn: AbstractContextManager | None = None) -> Store:
    """Open (or make) the database file, bring it to the current shape, and see that the local user exists."""
    try:
        # Handlers of the studio run in threads; a Store is used by one at a time.
        # A transaction begins and ends where an act does; what is written outside of one is on disk at once.
        connection = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
        _patiently(lambda: connection.execute("PRAGMA journal_mode=WAL"))
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # SQLite's own lower() knows ASCII alone.
        connection.create_function("casefold", 1, str.casefold, deterministic=True)
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{path.name} is not a usable database ({error}); restore a backup or choose another --home.") from error
    db = Database(connection)
    if _patiently(lambda: migrations.pending(db)):
        _migrate(db)
    return Store(db, turn)


def _patiently(attempt: Callable[[], Any], seconds: float = 30) -> Any:
    """SQLite's own busy timeout does not cover the change to WAL, which several processes may ask for on a new file."""
    until = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _migrate(db: Database) -> None:
    """Two processes may open a new file at once: whoever comes second waits, and finds nothing left to do."""
    _patiently(lambda: migrations.ensure_migrations_table(db))
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
        db["users"].insert(to_row(User(LOCAL_USER, "Local reviewer")), ignore=True)
        db.conn.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def _same_encounter(stored: Encounter, given: Encounter) -> None:
    for name in ("transcript", "reference", "split"):
        if getattr(stored, name) != getattr(given, name):
            raise Conflict(
                f"Encounter {given.external_id!r} of {given.source!r} is stored with another {name}; "
                f"nothing was imported. Give the new one another id, or import it with another --source."
            )


def _wrong_quotes(store: Store) -> list[str]:
    """Every stored mark whose quote is not what its text says at that place."""
    texts = """SELECT 'span' AS kind, s.id, s.start, s."end", s.quote, o.text FROM spans s JOIN outputs o ON o.id = s.output_id
        UNION ALL SELECT 'evidence', s.id, s.evidence_start, s.evidence_end, s.evidence_quote, e.transcript
            FROM spans s JOIN reviews r ON r.id = s.review_id JOIN encounters e ON e.id = r.encounter_id
            WHERE s.evidence_start IS NOT NULL
        UNION ALL SELECT 'omission', m.id, m.start, m."end", m.quote, e.transcript
            FROM omissions m JOIN reviews r ON r.id = m.review_id JOIN encounters e ON e.id = r.encounter_id"""
    problems = []
    for row in store.db.query(f"{texts} UNION ALL {JUDGED_QUOTES}"):
        try:
            check_span(row["text"], row["start"], row["end"], row["quote"], f"{row['kind']} {row['id']}")
        except BadInput as error:
            problems.append(str(error))
    return problems
