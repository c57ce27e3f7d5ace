"""The pool of stores: lent to one at a time, kept, closed, never left inside an act, never writing into a replaced file."""

import shutil
import sqlite3
import threading

import pytest

from annotations import Reviews, Span
from tests.invented import NOTE, encounter, two_notes


def test_a_store_is_kept_and_lent_to_one_at_a_time(workspace):
    with workspace.kept_open() as kept:
        with kept.store() as first, kept.store() as second:
            assert first is not second
        with kept.store() as third:
            assert third in (first, second)
    for store in (first, second):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            store.local_user()


def test_a_store_that_is_still_lent_at_the_end_is_closed_when_it_comes_back(workspace):
    with workspace.kept_open() as kept:
        borrowed = kept.store()
        store = borrowed.__enter__()
    assert store.local_user().id == "local"
    borrowed.__exit__(None, None, None)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        store.local_user()


def test_the_next_borrower_starts_outside_of_a_broken_act(workspace):
    with workspace.kept_open() as kept:
        with pytest.raises(KeyboardInterrupt), kept.store() as store:
            store.db.conn.execute("BEGIN IMMEDIATE")
            store.db.conn.execute("INSERT INTO users VALUES ('half', 'Half', 0, '')")
            raise KeyboardInterrupt
        with kept.store() as again:
            assert again is store
            assert [user.id for user in again.list_users()] == ["local"]


def test_a_replaced_file_is_opened_anew(workspace, tmp_path):
    with workspace.kept_open() as kept:
        with kept.store() as store:
            store.backup(tmp_path / "copy.db")
            store.add_encounters([encounter(1)])
        for log in workspace.home.glob("studio.db-*"):
            log.unlink()
        shutil.copy(tmp_path / "copy.db", tmp_path / "new.db")
        (tmp_path / "new.db").replace(workspace.db_path)
        with kept.store() as store:
            store.add_encounters([encounter(2)])
    with workspace.store() as store:
        assert [one.external_id for one in store.list_encounters()] == ["case-2"]


def test_eight_threads_that_save_on_eight_reviews_lose_nothing(workspace):
    with workspace.kept_open() as kept:
        with kept.store() as store:
            reviews = [_review(store, number) for number in range(8)]
        problems: list[Exception] = []

        def mark(review) -> None:
            try:
                for revision in range(25):
                    with kept.store() as store:
                        span = Span(review.left, revision, revision + 5, NOTE[revision : revision + 5], "negation", "minor")
                        assert Reviews(store).put_span(review.id, span, revision).revision == revision + 1
            except Exception as error:
                problems.append(error)

        threads = [threading.Thread(target=mark, args=(review,)) for review in reviews]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
    with workspace.store() as store:
        states = [Reviews(store).state(review.id) for review in reviews]
        assert [[span.start for span in state.spans] for state in states] == [list(range(25))] * 8
        assert [state.review.revision for state in states] == [25] * 8
        marked = [event.subject for event in store.list_events() if event.verb == "mark"]
        assert sorted(marked) == sorted(f"{state.review.id}/{span.id}" for state in states for span in state.spans)
        assert store.verify() == []


def _review(store, number: int):
    visit, base, _ = two_notes(store, number=number)
    return Reviews(store).open(visit.id, "local", [base.id])
