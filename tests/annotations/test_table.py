"""One table's rows in and out, each call one statement, and nothing left open outside of an act."""

import pytest

from annotations import Reviews, open_store
from tests.annotations.test_reviews import span_of
from tests.invented import NOTE, two_notes


@pytest.fixture
def store(workspace):
    with workspace.store() as store:
        yield store


def user(id: str, name: str = "Name") -> dict:
    return {"id": id, "name": name, "disabled": 0, "created": "2026-11-24T00:00:00.000Z"}


def test_rows_go_in_and_come_out(store):
    users = store.table("users")
    for id in ("ann", "ben", "cleo"):
        users.insert(user(id))
    users.insert(user("ann", "Ann"), replace=True)
    users.update("ben", {"name": "Ben", "disabled": 1})
    users.delete("cleo")
    assert [(row["id"], row["name"], row["disabled"]) for row in users.rows_where("id != ?", ["local"], order_by="id")] == [
        ("ann", "Ann", 0),
        ("ben", "Ben", 1),
    ]
    assert list(users.rows_where(order_by="id DESC", limit=1, select="id")) == [{"id": "local"}]
    assert list(users.rows_where("name = :name", {"name": "Nobody"})) == []


def test_what_is_written_outside_of_an_act_is_there_for_others_at_once(store, workspace):
    store.table("users").insert(user("ann"))
    other = open_store(workspace.db_path)
    assert [found.id for found in other.list_users()] == ["local", "ann"]
    other.close()


def test_a_mark_is_saved_in_few_statements(store):
    """Each statement is a moment at which a busy server may turn to another reviewer; sqlite-utils took seventy of them."""
    visit, base, tuned = two_notes(store)
    reviews = Reviews(store)
    review = reviews.open(visit.id, "local", [base.id, tuned.id])
    statements: list[str] = []
    store.db.conn.set_trace_callback(statements.append)
    reviews.put_span(review.id, span_of(NOTE, "since May", base.id), seen=0)
    store.db.conn.set_trace_callback(None)
    assert statements[-1] == "COMMIT"
    assert 5 <= len(statements) <= 12, statements
