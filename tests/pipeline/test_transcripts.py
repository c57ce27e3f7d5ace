"""The importers: every format to the letter, every bad input as one sentence, and nothing stored when anything is wrong."""

import csv
import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations import BadInput, Conflict, NotFound, Refused
from pipeline.transcripts import detect, read_encounters, remarks
from studio.cli import main
from tests.conftest import SHARED_DATA
from tests.pipeline.files import ACI, TALK, texts, write


def shared(name):
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip("the public data is not beside this checkout")
    return path


def say(workspace, *args):
    return CliRunner().invoke(main, ["transcripts", *map(str, args), "--home", str(workspace.home)])


# The public sets, as they are


@pytest.mark.parametrize(
    "name, format, split, count, text, key",
    [
        ("aci-bench/train.csv", "aci-bench", "train", 67, "dialogue", "encounter_id"),
        ("aci-bench/valid.csv", "aci-bench", "dev", 20, "dialogue", "encounter_id"),
        ("mts-dialog/MTS-Dialog-TrainingSet.csv", "mts-dialog", "train", 1201, "dialogue", "ID"),
        ("mts-dialog/MTS-Dialog-ValidationSet.csv", "mts-dialog", "dev", 100, "dialogue", "ID"),
    ],
)
def test_public_files_come_in_to_the_letter(name, format, split, count, text, key, workspace):
    path = shared(name)
    assert detect(path) == format
    encounters = read_encounters(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(encounters) == len(rows) == count
    assert [encounter.transcript for encounter in encounters] == [row[text].replace("\r\n", "\n") for row in rows]
    assert {encounter.split for encounter in encounters} == {split}
    assert {encounter.source for encounter in encounters} == {format}
    assert {encounter.synthetic for encounter in encounters} == {None}
    assert all(encounter.external_id.endswith(row[key]) for encounter, row in zip(encounters, rows, strict=True))
    with workspace.store() as store:
        assert len(store.add_encounters(encounters)) == count
        assert store.add_encounters(read_encounters(path)) == []
        assert [stored.transcript for stored in store.list_encounters()] == [encounter.transcript for encounter in encounters]


def test_aci_bench_takes_its_note_and_its_metadata():
    path = shared("aci-bench/valid.csv")
    with path.open(newline="", encoding="utf-8") as file:
        notes = [row["note"] for row in csv.DictReader(file)]
    with shared("aci-bench/valid_metadata.csv").open(newline="", encoding="utf-8") as file:
        complaints = {row["encounter_id"]: row["cc"].strip() for row in csv.DictReader(file)}
    encounters = read_encounters(path)
    assert [encounter.reference for encounter in encounters] == notes
    assert {encounter.external_id: encounter.title for encounter in encounters} == complaints
    assert encounters[0].meta["dataset"] == "virtassist"


def test_mts_dialog_files_that_count_from_zero_do_not_collide(workspace):
    train = read_encounters(shared("mts-dialog/MTS-Dialog-TrainingSet.csv"))
    valid = read_encounters(shared("mts-dialog/MTS-Dialog-ValidationSet.csv"))
    assert not {one.id for one in train} & {one.id for one in valid}
    assert train[0].reference.startswith(f"{train[0].meta['section_header']}\n")
    with workspace.store() as store:
        store.add_encounters(train)
        assert len(store.add_encounters(valid)) == 100


def test_two_mts_test_files_have_ids_of_their_own(tmp_path):
    row = "ID,section_header,section_text,dialogue\r\n0,CC,Cough.,Doctor: {}?\r\n"
    one = read_encounters(write(tmp_path, "MTS-Dialog-TestSet-1-X-2023.csv", row.format("One")))
    two = read_encounters(write(tmp_path, "MTS-Dialog-TestSet-2-X-2023.csv", row.format("Two")))
    assert [one[0].external_id, two[0].external_id] == ["test1-0", "test2-0"]
    assert one[0].split == two[0].split == "test"


# JSON Lines and text


def test_jsonl_keys(tmp_path):
    rows = [
        {"id": 7, "transcript": "Doctor: Hi.\r\nPatient: <b>{x}</b>", "note": "S", "specialty": "heart", "split": "validation"},
        {"transcript": "Doctor: Again.", "split": "train", "synthetic": True, "title": "Again", "clinic": {"city": "Ulm"}},
    ]
    path = write(tmp_path, "visits.jsonl", "\n\n".join(json.dumps(row) for row in rows) + "\n")
    first, second = read_encounters(path)
    assert (first.external_id, first.reference, first.specialty, first.split) == ("7", "S", "heart", "dev")
    assert first.transcript == "Doctor: Hi.\nPatient: <b>{x}</b>"
    assert (second.split, second.synthetic, second.title, second.meta) == ("train", True, "Again", {"clinic": {"city": "Ulm"}})
    # Without an id the line is known by its words, wherever it stands.
    moved = write(tmp_path, "moved.jsonl", json.dumps(rows[1]))
    assert read_encounters(moved)[0].id == second.id


@settings(deadline=None)
@given(st.lists(texts.filter(str.strip), min_size=1, max_size=6, unique=True), st.booleans())
def test_any_transcript_comes_back_from_jsonl(tmp_path_factory, transcripts, ascii):
    lines = [json.dumps({"transcript": text}, ensure_ascii=ascii) for text in transcripts]
    path = write(tmp_path_factory.mktemp("jsonl"), "visits.jsonl", "\n".join(lines))
    assert [found.transcript for found in read_encounters(path, split="train")] == transcripts


def test_a_folder_of_texts_with_notes(tmp_path):
    write(tmp_path, "visits/b.txt", "Doctor: B.\r\n")
    write(tmp_path, "visits/a.txt", "\ufeffDoctor: A.")
    write(tmp_path, "visits/a.note.txt", "S: a")
    found = read_encounters(tmp_path / "visits", split="dev", synthetic=True)
    assert [(one.external_id, one.transcript, one.reference, one.synthetic) for one in found] == [
        ("a", "Doctor: A.", "S: a", True),
        ("b", "Doctor: B.\n", None, True),
    ]
    assert read_encounters(tmp_path / "visits" / "a.txt", split="dev", synthetic=True) == found[:1]
    write(tmp_path, "visits/c.note.txt", "S: c")
    with pytest.raises(BadInput, match=r"c\.note\.txt has no transcript beside it"):
        read_encounters(tmp_path / "visits", split="dev")


# Bad input: the sentence names the place, and nothing is stored

GOOD = f"a,D1,{TALK},Note.\n"
# Where Windows-1252 breaks: the heading and its line end are 35 bytes, and "a,D1,Doctor: caf" is 16.
BAD = {
    "a missing column": (
        "train.csv", "dataset,encounter_id,text,note\na,D1,x,y\n",
        BadInput, "lacks the column dialogue", "found dataset, encounter_id, text, note",
    ),
    "two missing columns": (
        "train.csv", "ID,section_text\n0,y\n",
        BadInput, "lacks the columns section_header, dialogue", "found ID, section_text",
    ),
    "unknown columns": ("train.csv", "patient,words\n1,y\n", BadInput, "none of the known formats", "patient, words"),
    "a doubled column": (
        "train.csv", "encounter_id,dialogue,note,note\n1,y,n,n\n",
        BadInput, "two columns of one name", "rename",
    ),
    "too few cells": (
        "train.csv", ACI + GOOD + "a,D2\n",
        BadInput, "Row 2 of train.csv has 2 cells where the heading has 4", "quotes",
    ),
    "an open quote": ("train.csv", ACI + GOOD + 'a,D2,"Doctor: Hi\n', BadInput, "not well-formed CSV", "quote"),
    "a heading alone": ("train.csv", ACI, BadInput, "a heading and no rows", "completely"),
    "an empty transcript": (
        "train.csv", ACI + GOOD + "a,D2, ,Note\n",
        BadInput, "Row 2 of train.csv (id D2) has an empty transcript", "Nothing was imported",
    ),
    "an empty id": ("train.csv", ACI + "a,,Doctor: Hi,Note\n", BadInput, "Row 1 of train.csv has no encounter_id", "needs one"),
    "one id, two texts": (
        "train.csv", ACI + GOOD + "a,D1,Doctor: Other,Note.\n",
        Conflict, "'D1' stands twice with another transcript", "Nothing",
    ),
    "Windows-1252": (
        "train.csv", (ACI + "a,D1,Doctor: caf\xe9,N\n").encode("cp1252"),
        BadInput, "byte 0xe9 at offset 51 (line 2)", "iconv -f WINDOWS-1252 -t UTF-8 train.csv",
    ),
    "UTF-16 without its mark": ("train.csv", ACI.encode("utf-16-le"), BadInput, "NUL byte at offset 1,", "iconv -f UTF-16LE"),
    "half of UTF-16": ("train.csv", ACI.encode("utf-16")[:-1], BadInput, "not UTF-16 text", "iconv"),
    "an empty file": ("train.csv", "", BadInput, "train.csv is empty", "completely"),
    "blank lines alone": ("train.jsonl", "\n \n", BadInput, "train.jsonl is empty", "completely"),
    "a broken line": (
        "train.jsonl", '{"transcript": "Doctor: Hi."}\n{"transcript": "Doctor',
        BadInput, "Line 2 of train.jsonl is not JSON", "one object on each line",
    ),
    "a list": (
        "train.jsonl", '[{"transcript": "Doctor: Hi."}]',
        BadInput, "Line 1 of train.jsonl is JSON but no object", "one object",
    ),
    "no transcript": (
        "train.jsonl", '{"id": 1, "dialogue": "Hi."}',
        BadInput, "Line 1 of train.jsonl has no transcript", "found id, dialogue",
    ),
    "a number as note": ("train.jsonl", '{"transcript": "Hi.", "note": 3}', BadInput, "a note that is no text (3)", "quotes"),
    "two references": (
        "train.jsonl", '{"transcript": "Hi.", "note": "a", "reference": "b"}',
        BadInput, "that differ", "keep the one",
    ),
    "a truth value as id": ("train.jsonl", '{"transcript": "Hi.", "id": true}', BadInput, "has the id True", "whole number"),
    "a word for synthetic": (
        "train.jsonl", '{"transcript": "Hi.", "synthetic": "yes"}',
        BadInput, "synthetic is 'yes'", "true or false",
    ),
    "an unknown split": (
        "train.jsonl", '{"transcript": "Hi.", "split": "main"}',
        BadInput, "the split 'main'", "train, dev (or valid) or test",
    ),
    "half of an emoji": ("train.jsonl", '{"transcript": "Hi \\ud83d."}', BadInput, "half of a character (\\ud83d)", "UTF-8"),
    "a NUL": ("train.jsonl", '{"transcript": "Hi \\u0000."}', BadInput, "a NUL character", "take it out"),
    "an empty line's transcript": (
        "train.jsonl", '{"transcript": null, "id": "x"}',
        BadInput, "Line 1 of train.jsonl (id x) has an empty transcript", "Nothing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name, content, error, what, then", BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_sentence_and_stores_nothing(tmp_path, workspace, name, content, error, what, then):
    path = write(tmp_path, name, content)
    with pytest.raises(error) as caught:
        read_encounters(path)
    assert what in str(caught.value) and then in str(caught.value)
    result = say(workspace, "import", path)
    assert result.exit_code == 1 and result.stdout == ""
    assert result.stderr == f"Error: {caught.value}\n"
    with workspace.store() as store:
        assert store.list_encounters() == []


def test_a_missing_path_and_a_folder_of_tables(tmp_path):
    with pytest.raises(NotFound, match="no file or folder"):
        read_encounters(tmp_path / "none.csv")
    write(tmp_path, "set/valid.csv", ACI)
    with pytest.raises(BadInput, match=r"one by one: valid\.csv"):
        read_encounters(tmp_path / "set")
    with pytest.raises(BadInput, match="a folder; the format jsonl is read from a file"):
        read_encounters(tmp_path / "set", "jsonl")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-mark"])
def test_encodings_that_say_what_they_are(tmp_path, encoding):
    text = ACI + "a,D1,Doctor: 38,5 \N{DEGREE SIGN}C \U0001f642?,Note\n".replace("38,5", "38.5")
    raw = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-mark" else text.encode(encoding)
    (found,) = read_encounters(write(tmp_path, "train.csv", raw))
    assert found.transcript == "Doctor: 38.5 \N{DEGREE SIGN}C \U0001f642?"


def test_the_same_id_with_another_text_is_a_conflict_and_loses_nothing(tmp_path, workspace):
    first = write(tmp_path, "train.csv", ACI + GOOD)
    assert say(workspace, "import", first).exit_code == 0
    second = write(tmp_path, "other/train.csv", ACI + "a,D0,Doctor: New.,Note\na,D1,Doctor: Changed.,Note.\n")
    result = say(workspace, "import", second)
    assert result.exit_code == 1 and "'D1' of 'aci-bench' is stored with another transcript" in result.stderr
    with workspace.store() as store:
        (kept,) = store.list_encounters()
    assert kept.transcript == "Doctor: Any chest pain?\nPatient: No, \"none\" at all."
    result = say(workspace, "import", second, "--source", "aci-bench-mine")
    assert result.exit_code == 0 and "2 new" in result.stdout


def test_a_very_long_transcript_comes_in_whole_with_a_remark(tmp_path, workspace):
    lines, one_line = ("Patient: It goes on and on.\n" * 8000)[:200_000], "Oh. " * 50_000
    for name, content, words in (
        ("long.csv", f'{ACI}a,D1,"{lines}",N\n', lines), ("long.txt", lines, lines), ("one_line.txt", one_line, one_line),
    ):  # fmt: skip
        result = say(workspace, "import", write(tmp_path, name, content), "--split", "dev", "--json")
        assert result.exit_code == 0
        data = json.loads(result.stdout)
        assert data["added"] == 1 and "has 200,000 characters" in data["remarks"][0]
        assert data["remarks"][0] in result.stderr
        with workspace.store() as store:
            assert store.get_encounter(data["ids"][0]).transcript == words
    assert remarks(read_encounters(write(tmp_path, "short.txt", "Doctor: Hi."), split="dev")) == []


# The commands


def test_import_and_list_answer_in_json(tmp_path, workspace):
    path = write(tmp_path, "train.csv", ACI + GOOD + "a,D2,Doctor: Two.,\n")
    first = json.loads(say(workspace, "import", path, "--synthetic", "--json").stdout)
    assert (first["read"], first["added"], first["known"], first["splits"]) == (2, 2, 0, {"train": 2})
    again = json.loads(say(workspace, "import", path, "--synthetic", "--json").stdout)
    assert (again["added"], again["known"], again["ids"]) == (0, 2, first["ids"])
    listed = json.loads(say(workspace, "list", "--split", "train", "--json").stdout)
    shown = [(line["external_id"], line["synthetic"], line["reference"]) for line in listed]
    assert shown == [("D1", True, True), ("D2", True, False)]
    assert json.loads(say(workspace, "list", "--source", "other", "--json").stdout) == []
    assert "D2" in say(workspace, "list").stdout


def test_a_line_that_says_real_is_not_made_synthetic(tmp_path):
    path = write(tmp_path, "train.jsonl", '{"transcript": "Doctor: Hi.", "synthetic": false}')
    with pytest.raises(Refused, match="not synthetic"):
        read_encounters(path, synthetic=True)
