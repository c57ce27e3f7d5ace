"""Reviews out and in again: the same database, whatever the words hold, in one form as in the other."""

import csv
import dataclasses
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations import Conflict, Encounter, Reviews, Span, Unavailable, read_parts
from annotations.parts import IN_REVIEW as IN_REVIEW_VALUES
from annotations.parts import PARTS
from exports.reviews import FORMAT, dictionary_markdown, export_reviews, import_reviews
from exports.reviews.tables import TABLES
from pipeline.workspace import Workspace
from tests.exports.review_files import changed, rows, written
from tests.invented import NOTE, two_notes
from tests.reviewed import few_reviews, many_reviews

# Worked out on arrival, and so not in the files.
UNTRAVELLED = {"encounters": {"transcript_key"}, "models": {"status"}}
# A workspace's own: its runs and what its gate decided. What judges found is apart from reviews, and made anew from the notes.
AT_HOME = {"runs", "promotions", "judges", "judgements", "judge_spans", "judge_omissions", "judge_ratings", "judge_pairs"}
FORMATS = ("jsonl", "csv")


@pytest.fixture
def full(tmp_path):
    """A home with reviews of every kind: several versions, drafts, given up, deleted marks, texts that break careless readers."""
    workspace = Workspace(tmp_path / "full")
    with workspace.store() as store:
        many_reviews(store, 8, seed=5)
        few_reviews(store)
        store.add_encounters([Encounter("bare", "1", "Words.", "test", title="", meta={"fresh": True})])
        visit, base, _ = two_notes(store, number=7)
        reviews = Reviews(store)
        review = reviews.open(visit.id, "local", [base.id])
        at, evidence = NOTE.index("👩🏽‍⚕️\nsince"), visit.transcript.index("${7*7}")
        mark = Span(base.id, at, at + 10, NOTE[at : at + 10], "negation", "major", '"', evidence, evidence + 6, "${7*7}")
        reviews.put_span(review.id, mark)
        reviews.delete_mark(review.id, mark.id)
        reviews.put_span(review.id, mark, step="again")
        reviews.correct(review.id, base.id, NOTE + "\r\n=1+1")
    return workspace


@pytest.fixture
def empty(tmp_path):
    return Workspace(tmp_path / "empty")


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_makes_the_same_database_out_of_an_empty_one(full, empty, tmp_path, format):
    made = export_reviews(full, tmp_path / "out", format)
    taken = import_reviews(empty, tmp_path / "out", format)
    there, here = rows(full), rows(empty)
    assert set(there) >= set(TABLES) and all(there[name] for name in TABLES)
    for table, expected in there.items():
        assert here[table] == expected, table
    # The placeholder of the local reviewer was there before.
    assert taken.known == {"user": 1}
    assert {kind: taken.added.get(kind, 0) + taken.known.get(kind, 0) for kind in made["counts"]} == made["counts"]
    with full.store() as one, empty.store() as other:
        assert other.verify() == []
        assert list(read_parts(other)) == list(read_parts(one))


@pytest.mark.parametrize("format", FORMATS)
def test_a_second_import_changes_nothing(full, empty, tmp_path, format):
    export_reviews(full, tmp_path / "out", format)
    import_reviews(empty, tmp_path / "out", format)
    before = rows(empty)
    assert import_reviews(empty, tmp_path / "out", format).added == {}
    assert rows(empty) == before


def test_both_forms_say_the_same(full, empty, tmp_path):
    export_reviews(full, tmp_path / "a.jsonl")
    export_reviews(full, tmp_path / "b")
    import_reviews(empty, tmp_path / "b")
    export_reviews(empty, tmp_path / "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()


# Text that a database may hold: every Unicode character but halves of surrogate pairs, and with it quotes, commas and line ends.
AWKWARD = ['"', '""', "", "\r", "\r\n", ",", "\ufeff"]
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(AWKWARD)


@settings(max_examples=30, deadline=None)
@given(words=st.tuples(WORDS, WORDS, WORDS))
def test_any_words_come_back_as_they_were(words):
    title, comment, text = words
    with TemporaryDirectory() as folder:
        one = Workspace(Path(folder) / "one")
        with one.store() as store:
            visit, base, _ = two_notes(store)
            store.add_encounters([Encounter("s", text or "x", f"Words {text}", "dev", title=title, meta={title: [comment]})])
            reviews = Reviews(store)
            review = reviews.open(visit.id, "local", [base.id])
            reviews.put_span(review.id, Span(base.id, 0, 10, NOTE[:10], "unclear", "minor", comment))
            reviews.correct(review.id, base.id, f"Note {text}")
        for format in FORMATS:
            export_reviews(one, Path(folder) / f"out.{format}", format)
            other = Workspace(Path(folder) / format)
            import_reviews(other, Path(folder) / f"out.{format}", format)
            assert rows(other) == rows(one)


@pytest.fixture
def file(tmp_path):
    """A small export: users, label set, models, three encounters, six notes, five reviews, their events."""
    workspace = Workspace(tmp_path / "small")
    with workspace.store() as store:
        few_reviews(store)
    export_reviews(workspace, tmp_path / "small.jsonl")
    return tmp_path / "small.jsonl"


def test_every_machine_has_a_local_reviewer(tmp_path, empty):
    """Two machines' files meet in one database; each machine's local reviewer gets a name of her own."""
    for name in ("north", "south"):
        workspace = Workspace(tmp_path / name)
        with workspace.store() as store:
            visit, base, tuned = two_notes(store)
            reviews = Reviews(store)
            reviews.submit(reviews.open(visit.id, "local", [base.id, tuned.id]).id)
        export_reviews(workspace, tmp_path / f"{name}.jsonl")
    import_reviews(empty, tmp_path / "north.jsonl", local_is="north")
    import_reviews(empty, tmp_path / "south.jsonl", local_is="south")
    with empty.store() as store:
        assert {review.reviewer_id for review in Reviews(store).list_reviews()} == {"north", "south"}
        assert {user.id for user in store.list_users()} == {"local", "north", "south"}
        assert {event.user_id for event in store.list_events() if event.verb == "submit"} == {"north", "south"}


def test_one_review_with_what_it_needs_is_a_file(empty, tmp_path):
    """What a browser page writes: one note, one review, a correction; marked as nothing, so it counts as real."""
    visit = Encounter("browser", "7f3a", "Patient: Tired since May.", "train")
    stamp = "2026-11-24T08:00:00.000Z"
    note = {"id": "out-1", "encounter_id": visit.id, "model_id": "m", "text": "Tired since March.", "engine": "transformers.js"}
    span = {"id": "span-1", "output_id": "out-1", "start": 12, "end": 17, "quote": "March", "label": "fabrication",
            "severity": "major", "label_set": "scribeloop-default/1", "created": stamp}  # fmt: skip
    correction = {"id": "cor-1", "output_id": "out-1", "version": 1, "text": "Tired since May.", "created": stamp}
    values = [
        {"record": "model", "id": "m", "name": "M", "kind": "merged", "path": "", "weights_sha256": "c" * 64},
        {"record": "encounter", "source": "browser", "external_id": "7f3a", "transcript": visit.transcript, "split": "train"},
        note | {"record": "output", "prompt_hash": "p", "parameters": {}, "seconds": 2, "prompt_tokens": 9, "tokens": 4,
                "finish_reason": "stop", "created": stamp},
        {"record": "review", "id": "rev-1", "encounter_id": visit.id, "reviewer_id": "local", "left": "out-1", "right": None,
         "version": 1, "status": "submitted", "preference": None, "active_seconds": 30.5, "revision": 2, "submitted": stamp,
         "created": stamp, "spans": [span], "omissions": [], "ratings": [], "corrections": [correction]},
    ]  # fmt: skip
    written(tmp_path / "page.jsonl", [{"format": FORMAT, **value} for value in values])
    import_reviews(empty, tmp_path / "page.jsonl")
    with empty.store() as store:
        state = Reviews(store).state("rev-1")
        assert state.encounter.real and state.spans[0].quote == "March"
        # "March" to "May" costs three letters and one word.
        assert (state.corrections[0].character_distance, state.corrections[0].word_distance) == (3, 1)
        assert store.verify() == []
    assert import_reviews(empty, tmp_path / "page.jsonl").added == {}


def test_a_spreadsheet_may_add_a_byte_order_mark_and_sort(file, empty, tmp_path):
    import_reviews(empty, file)
    export_reviews(empty, tmp_path / "tables")
    for table in (tmp_path / "tables").glob("*.csv"):
        table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    changed(tmp_path / "tables" / "spans.csv", lambda table: [table[0], *reversed(table[1:])])
    assert import_reviews(empty, tmp_path / "tables").added == {}


def test_an_export_writes_over_nothing(file, empty, tmp_path):
    for target in (file, tmp_path):
        with pytest.raises(Conflict, match="exists; name a file that does not"):
            export_reviews(empty, target)
    with pytest.raises(Unavailable, match="could not be written"):
        export_reviews(empty, tmp_path / "nowhere" / "out.jsonl")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_dictionary_describes_every_column_of_every_table(file, empty):
    import_reviews(empty, file)
    with empty.store() as store:
        columns = {name: set(store.db[name].columns_dict) for name in _own_tables(store)}
    described = {name: {field.name for field in table.fields} for name, table in TABLES.items()}
    assert {name: found - UNTRAVELLED.get(name, set()) for name, found in columns.items()} == described


def _own_tables(store):
    names = {name for name in store.db.table_names() if not name.startswith("_")}
    assert names > AT_HOME
    return names - AT_HOME


def test_a_field_that_may_be_left_out_has_a_default_and_others_have_none():
    values = {table: kind for _, table, kind in PARTS} | IN_REVIEW_VALUES
    for name, table in TABLES.items():
        known = {field.name: field for field in dataclasses.fields(values[name])}
        for field in table.fields:
            # Whoever imports a page's file says the split (--split).
            if field.optional and field.name in known and field.name != "split":
                default = (known[field.name].default, known[field.name].default_factory)
                assert default != (dataclasses.MISSING, dataclasses.MISSING), field.name


def test_the_dictionary_is_a_document_and_a_table(full, tmp_path):
    export_reviews(full, tmp_path / "out.jsonl")
    export_reviews(full, tmp_path / "tables")
    assert (tmp_path / "out.data_dictionary.md").read_text() == dictionary_markdown()
    assert (tmp_path / "tables" / "data_dictionary.md").read_text() == dictionary_markdown()
    with (tmp_path / "tables" / "data_dictionary.csv").open(newline="") as file:
        described = list(csv.DictReader(file))
    assert [(row["table"], row["field"]) for row in described] == [(t.name, f.name) for t in TABLES.values() for f in t.fields]
    severity = next(row for row in described if (row["table"], row["field"]) == ("omissions", "severity"))
    assert (severity["type"], severity["allowed"], severity["may be empty"]) == ("text", "major, minor", "no")
    assert next(row for row in described if row["field"] == "start")["unit"] == "Unicode code points"
    for row in described:
        assert row["meaning"].endswith("."), row
