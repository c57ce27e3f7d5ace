import sqlite3
import subprocess
import sys
import threading

import pytest

from annotations import Conflict, Damaged, Model, NotFound, Output, open_store
from tests.invented import encounter, two_notes


def test_encounters_come_back_as_they_went_in(workspace):
    visit = encounter(meta={"hard": ["negation"]}, title="Tired")
    with workspace.store() as store:
        assert store.add_encounters([visit]) == [visit.id]
        assert store.add_encounters([visit]) == []
        assert store.get_encounter(visit.id) == visit
        assert store.list_encounters(split="dev") == []


def test_the_same_id_with_another_text_stores_nothing_of_the_import(workspace):
    with workspace.store() as store:
        store.add_encounters([encounter(1)])
        changed = encounter(1, reference="another note")
        with pytest.raises(Conflict, match="case-1.*another reference.*nothing was imported"):
            store.add_encounters([encounter(2), changed])
        assert [e.external_id for e in store.list_encounters()] == ["case-1"]


def test_outputs_events_and_splits_cannot_be_changed_even_by_sql(workspace):
    with workspace.store() as store:
        two_notes(store)
        for sql in (
            "UPDATE outputs SET text = 'other'",
            "DELETE FROM outputs",
            "DELETE FROM events",
            "UPDATE events SET verb = 'x'",
            "UPDATE encounters SET split = 'train'",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                store.db.execute(sql)


def test_a_model_keeps_its_weights(workspace):
    with workspace.store() as store:
        store.ensure_model(Model("m", "M", "base", "/one", "a" * 64))
        assert store.ensure_model(Model("m", "M", "base", "/two", "a" * 64)).path == "/two"
        with pytest.raises(Conflict, match="other weights"):
            store.ensure_model(Model("m", "M", "base", "/one", "b" * 64))
        with pytest.raises(NotFound, match="known ones are m"):
            store.get_model("n")


def test_there_is_a_local_user_from_the_start(workspace):
    with workspace.store() as store:
        assert store.local_user().id == "local"
        with pytest.raises(Conflict):
            store.add_user("local", "Again")


def test_eight_processes_may_open_a_new_file_at_once(workspace):
    workspace.home.mkdir()
    code = "import sys; from pathlib import Path; from annotations import open_store; open_store(Path(sys.argv[1])).local_user()"
    started = [subprocess.Popen([sys.executable, "-c", code, str(workspace.db_path)], stderr=subprocess.PIPE) for _ in range(8)]
    errors = [process.communicate()[1].decode() for process in started]
    assert [process.returncode for process in started] == [0] * 8, errors


def test_twenty_threads_write_without_losing_a_note(workspace):
    with workspace.store() as store:
        visit, *_ = two_notes(store)

    def write(number: int) -> None:
        with workspace.store() as own:
            for count in range(5):
                own.add_output(Output(visit.id, "base-model", f"{number}-{count}", "test", "p", {}, 1, 1, 1, "stop"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with workspace.store() as store:
        assert len(store.list_outputs(visit.id)) == 2 + 100


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path):
    path = tmp_path / "studio.db"
    path.write_text("this is not SQLite, " * 100)
    with pytest.raises(Damaged, match="not a usable database"):
        open_store(path)


def test_backup_is_a_whole_database(workspace, tmp_path):
    with workspace.store() as store:
        visit, *_ = two_notes(store)
        store.backup(tmp_path / "copy.db")
        with pytest.raises(Conflict):
            store.backup(tmp_path / "copy.db")
    copy = open_store(tmp_path / "copy.db")
    assert copy.get_encounter(visit.id) == visit
    assert copy.verify() == []
    copy.close()
