import json
import os

import pytest
from click.testing import CliRunner

from annotations import BadInput, Conflict, NotFound, Refused, Reviews, Unavailable, sha256
from exports.datasets import build_dataset, list_datasets
from pipeline.dataset_files import read_dataset
from studio.cli import main
from tests.invented import encounter, two_notes

CORRECTION = "SUBJECTIVE\nFatigue 👩🏽‍⚕️ since May.\u2028No chest pain.\r\nPLAN\n1. Repeat TSH."


def review(store, number: int, split: str = "train", text: str | None = CORRECTION, submit: bool = True) -> str:
    """A review of a new encounter, whose right or left note (the base's) was corrected; returns the encounter's id."""
    reviews = Reviews(store)
    visit, base, tuned = two_notes(store, split, number)
    opened = reviews.open(visit.id, "local", [base.id, tuned.id])
    if text:
        reviews.correct(opened.id, base.id, text)
    if submit:
        reviews.submit(opened.id)
    return visit.id


def test_a_submitted_correction_becomes_a_row(workspace):
    with workspace.store() as store:
        learnt = review(store, 1)
        review(store, 2, submit=False)
        review(store, 3, text=None)
        held_out, tuned_on = review(store, 4, "test"), review(store, 5, "dev")
        visit, output = store.get_encounter(learnt), store.list_outputs(learnt, "base-model")[0]
    manifest = build_dataset(workspace, "round1")
    line, end = (workspace.datasets / "round1" / "train.jsonl").read_text(encoding="utf-8").split("\n")
    assert end == ""
    row = json.loads(line)
    assert (row["encounter_id"], row["transcript"], row["note"]) == (learnt, visit.transcript, CORRECTION)
    assert (row["from"], row["output_id"], row["rejected"]) == ("review", output.id, output.text)
    assert (row["synthetic"], row["specialty"]) == (True, "endocrinology")
    assert manifest["split_ids"] == {"train": [learnt]}
    assert {entry["encounter_id"]: entry["why"] for entry in manifest["left_out"]} == {
        held_out: "it is in the test split", tuned_on: "it is in the dev split",
    }  # fmt: skip
    assert manifest["counts"]["rows"] == manifest["files"]["train.jsonl"]["rows"] == 1
    assert manifest["counts"]["real"] == 0


def test_the_manifest_holds_the_files_hash_and_reading_checks_it(workspace):
    with workspace.store() as store:
        review(store, 1)
        review(store, 2)
    manifest = build_dataset(workspace, "round1")
    path = workspace.datasets / "round1" / "train.jsonl"
    assert manifest["files"]["train.jsonl"] == {
        "sha256": sha256(path.read_bytes()), "rows": 2, "bytes": path.stat().st_size,
    }  # fmt: skip
    # A line separator inside a note must not become a row's end.
    assert [row.note for row in read_dataset(workspace, "round1").rows] == [CORRECTION, CORRECTION]
    path.write_text(path.read_text(encoding="utf-8").replace("Repeat TSH", "Repeat it"), encoding="utf-8")
    with pytest.raises(Refused, match="changed after it was built"):
        read_dataset(workspace, "round1")


def test_building_again_is_harmless_and_never_overwrites(workspace):
    with workspace.store() as store:
        review(store, 1)
    first = build_dataset(workspace, "round1")
    again = build_dataset(workspace, "round1")
    assert again == first | {"unchanged": True}
    with workspace.store() as store:
        review(store, 2)
    with pytest.raises(Conflict, match="other content"):
        build_dataset(workspace, "round1")
    assert list_datasets(workspace) == [first]
    assert sorted(os.listdir(workspace.datasets)) == ["round1"]


def test_references_filters_and_encounters_left_out(workspace):
    visits = [encounter(1), encounter(2), encounter(3, specialty="cardiology")]
    visits += [encounter(4, reference=None), encounter(5, "test")]
    with workspace.store() as store:
        store.add_encounters(visits)
    manifest = build_dataset(workspace, "refs", "references", specialty="endocrinology", without=[visits[1].id])
    assert manifest["split_ids"]["train"] == [visits[0].id]
    assert {entry["why"] for entry in manifest["left_out"]} == {"it was left out with --without", "it is in the test split"}
    assert manifest["command"] == (
        f"scribeloop dataset build refs --from references --kind sft --specialty endocrinology --without {visits[1].id}"
    )
    with pytest.raises(BadInput, match="enc-nowhere"):
        build_dataset(workspace, "refs2", "references", without=["enc-nowhere"])


def test_a_preference_row_needs_two_different_notes(workspace):
    with workspace.store() as store:
        review(store, 1)
        unchanged = two_notes(store, "train", 2)
        reviews = Reviews(store)
        opened = reviews.open(unchanged[0].id, "local", [unchanged[1].id, unchanged[2].id])
        reviews.correct(opened.id, unchanged[1].id, unchanged[1].text)
        reviews.submit(opened.id)
    manifest = build_dataset(workspace, "pairs", kind="preference")
    assert manifest["counts"]["rows"] == 1
    assert [entry["encounter_id"] for entry in manifest["left_out"]] == [unchanged[0].id]
    with pytest.raises(BadInput, match="--from reviews"):
        build_dataset(workspace, "pairs2", "references", "preference")


@pytest.mark.parametrize("split", ["test", "dev"])
def test_a_dataset_of_a_held_out_split_is_refused(workspace, split):
    with workspace.store() as store:
        review(store, 1, split)
    with pytest.raises(Refused, match=f"never built from the {split} split"):
        build_dataset(workspace, "round1", split=split)


def test_no_pair_says_what_to_do(workspace):
    with pytest.raises(BadInput, match="submit its review"):
        build_dataset(workspace, "round1")
    with pytest.raises(BadInput, match="transcripts import"):
        build_dataset(workspace, "round1", "references")
    with workspace.store() as store:
        review(store, 1, "test")
    with pytest.raises(BadInput, match="1 because it is in the test split"):
        build_dataset(workspace, "round1")
    assert not list(workspace.datasets.iterdir())


@pytest.mark.parametrize("name", ["../outside", "a/b", "", ".hidden", "x" * 65, "ends."])
def test_a_name_that_is_no_folder_name_is_refused(workspace, name):
    with pytest.raises(BadInput, match="cannot be used"):
        build_dataset(workspace, name)


def test_a_full_disk_leaves_no_half_dataset(workspace):
    resource = pytest.importorskip("resource")
    with workspace.store() as store:
        store.add_encounters([encounter(n, reference="A long note. " * 40_000) for n in range(3)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(Unavailable, match="free some space"):
            build_dataset(workspace, "refs", "references")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(workspace.datasets.iterdir()) == []


def test_the_commands(workspace):
    with workspace.store() as store:
        review(store, 1)
        held_out = review(store, 2, "test")
    home = ["--home", str(workspace.home)]
    built = CliRunner().invoke(main, ["dataset", "build", "round1", *home])
    assert built.exit_code == 0, built.stderr
    assert "1 row from 1 encounter" in built.stdout and held_out in built.stdout
    assert "scribeloop model train round1" in built.stderr
    shown = CliRunner().invoke(main, ["dataset", "show", "round1", "--json", *home])
    assert json.loads(shown.stdout)["name"] == "round1"
    assert "round1" in CliRunner().invoke(main, ["dataset", "list", *home]).stdout
    refused = CliRunner().invoke(main, ["dataset", "build", "round2", "--split", "test", *home])
    assert (refused.exit_code, refused.stdout) == (1, "") and "never built from the test split" in refused.stderr
    missing = CliRunner().invoke(main, ["dataset", "show", "nowhere", *home])
    assert missing.exit_code == 1 and "known ones are round1" in missing.stderr


def test_an_unknown_dataset_names_what_to_do(workspace):
    with pytest.raises(NotFound, match="scribeloop dataset build"):
        read_dataset(workspace, "nowhere")
