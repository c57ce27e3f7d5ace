import sqlite3

import pytest

from annotations import BadInput, NotFound, Refused, Reviews, restore_database
from annotations.migrations import FIRST
from tests.invented import encounter, two_notes


def visits(workspace) -> list[str]:
    with workspace.store() as store:
        return [one.external_id for one in store.list_encounters()]


@pytest.fixture
def backup(workspace, tmp_path):
    """A backup with one encounter; the database has a second one since."""
    with workspace.store() as store:
        store.add_encounters([encounter(1)])
        store.backup(tmp_path / "backup.db")
        store.add_encounters([encounter(2)])
    return tmp_path / "backup.db"


def test_a_backup_takes_the_place_and_what_was_there_is_kept(workspace, backup):
    with workspace.store() as open_meanwhile:
        aside = restore_database(workspace.db_path, backup)
        # Somebody who had the database open goes on in the restored one.
        open_meanwhile.add_encounters([encounter(3)])
    assert visits(workspace) == ["case-1", "case-3"]
    restore_database(workspace.db_path, aside)
    assert visits(workspace) == ["case-1", "case-2"]


def test_it_restores_into_a_new_home(tmp_path, backup):
    from pipeline.workspace import Workspace

    other = Workspace(tmp_path / "other")
    assert restore_database(other.db_path, backup) is None
    assert visits(other) == ["case-1"]


def test_a_database_that_cannot_be_read_gives_way(workspace, backup):
    workspace.db_path.write_bytes(b"not a database" * 1000)
    aside = restore_database(workspace.db_path, backup)
    assert aside.read_bytes().startswith(b"not a database")
    assert visits(workspace) == ["case-1"]


def test_a_backup_of_an_older_version_gets_todays_shape(workspace, tmp_path):
    with sqlite3.connect(tmp_path / "old.db") as old:
        for statement in FIRST.split(";\n\n"):
            old.execute(statement)
        old.execute("CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)")
        old.execute("INSERT INTO _sqlite_migrations VALUES (1, 'scribeloop', 'm001_first_tables', '2026-11-23')")
    restore_database(workspace.db_path, tmp_path / "old.db")
    with workspace.store() as store:
        assert "section" in store.db["spans"].columns_dict


def test_what_is_no_backup_changes_nothing(workspace, backup, tmp_path):
    (tmp_path / "text.db").write_text("hello")
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE things (id)")
    for name in ("text.db", "foreign.db"):
        with pytest.raises(BadInput, match="is no backup of a Scribeloop database"):
            restore_database(workspace.db_path, tmp_path / name)
    with pytest.raises(BadInput, match="There is no"):
        restore_database(workspace.db_path, tmp_path / "nowhere.db")
    with sqlite3.connect(backup) as newer:
        newer.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('scribeloop', 'm999_from_the_future')")
    with pytest.raises(Refused, match="another version"):
        restore_database(workspace.db_path, backup)
    assert visits(workspace) == ["case-1", "case-2"]
    assert [path.name for path in workspace.home.glob("*before*")] == []


def test_a_disabled_user_finishes_what_is_begun_and_opens_nothing_new(workspace):
    with workspace.store() as store:
        store.add_user("ann", "Dr Ann")
        begun, base, tuned = two_notes(store)
        other, *notes = two_notes(store, number=2)
        reviews = Reviews(store)
        review = reviews.open(begun.id, "ann", [base.id, tuned.id])
        assert store.disable_user("ann").disabled
        assert reviews.open(begun.id, "ann", [base.id, tuned.id]) == review
        reviews.submit(review.id)
        with pytest.raises(Refused, match="Dr Ann is disabled"):
            reviews.open(other.id, "ann", [note.id for note in notes])
        assert not store.disable_user("ann", False).disabled
        assert reviews.open(other.id, "ann", [note.id for note in notes]).reviewer_id == "ann"
        assert [event.verb for event in store.list_events("ann")] == ["disable", "enable"]
        with pytest.raises(NotFound):
            store.disable_user("nobody")
