"""The encounters that ship: enough of them, of the right kinds, and imported once however often one asks."""

import json
import re
from collections import Counter

from click.testing import CliRunner

from annotations import transcript_key
from exports.datasets import build_dataset
from pipeline.demo import FILE, SOURCE, demo_encounters
from pipeline.sources import default_entry, entries
from pipeline.weights import weights_sha256
from studio.cli import main

HEADINGS = ["SUBJECTIVE", "OBJECTIVE", "ASSESSMENT", "PLAN"]


def test_there_are_enough_and_endocrinology_comes_first():
    encounters = demo_encounters()
    specialties = Counter(encounter.specialty for encounter in encounters)
    assert len(encounters) >= 24
    assert specialties.most_common(1)[0][0] == encounters[0].specialty == "endocrinology"
    assert len(specialties) >= 7, "six specialties besides endocrinology"
    assert {encounter.split for encounter in encounters} == {"train", "dev", "test"}


def test_each_is_invented_titled_and_like_no_other():
    encounters = demo_encounters()
    assert {(encounter.source, encounter.synthetic) for encounter in encounters} == {(SOURCE, True)}
    for unique in ("external_id", "id", "title"):
        assert len({getattr(encounter, unique) for encounter in encounters}) == len(encounters)
    assert len({transcript_key(encounter.transcript) for encounter in encounters}) == len(encounters)
    assert all(encounter.meta["visit"] and isinstance(encounter.meta["hard"], list) for encounter in encounters)


def test_the_hard_cases_are_there():
    hard = Counter(kind for encounter in demo_encounters() for kind in encounter.meta["hard"])
    assert {"negation", "dose-change", "relative-history", "disfluent"} <= set(hard)


def test_every_line_has_a_speaker_and_every_note_its_four_headings():
    for encounter in demo_encounters():
        for line in encounter.transcript.split("\n"):
            assert re.match(r"[A-Z][A-Za-z ]+: \S", line), f"{encounter.external_id}: {line!r}"
        lines = encounter.reference.split("\n")
        assert [line for line in lines if line in HEADINGS] == HEADINGS, encounter.external_id
        assert lines[0] == "SUBJECTIVE", encounter.external_id


def test_the_command_imports_them_once(workspace):
    def run():
        return json.loads(CliRunner().invoke(main, ["transcripts", "demo", "--json", "--home", str(workspace.home)]).stdout)

    first, second = run(), run()
    assert first["added"] == first["read"] == len(demo_encounters())
    assert (second["added"], second["known"]) == (0, first["read"])
    with workspace.store() as store:
        assert [stored.transcript for stored in store.list_encounters()] == [one.transcript for one in demo_encounters()]


def test_the_adapter_that_ships_is_small_and_belongs_to_the_default_model():
    folder = FILE.parent / "adapter"
    about = json.loads((folder / "scribeloop.json").read_text())
    base = entries()[default_entry()]
    assert (about["base_id"], about["base_sha256"]) == (base.id, base.weights_sha256)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 10_000_000
    assert weights_sha256(folder) in (folder / "README.md").read_text()


def test_the_adapter_learnt_from_train_encounters_alone(workspace):
    """Its dataset can be built again from the shipped encounters, to the same bytes."""
    demo = demo_encounters()
    about = json.loads((FILE.parent / "adapter" / "scribeloop.json").read_text())
    with workspace.store() as store:
        store.add_encounters(demo)
    fresh = [one.id for one in demo if one.meta.get("fresh")]
    manifest = build_dataset(workspace, "demo", "references", where_source=SOURCE, without=fresh)
    assert manifest["files"]["train.jsonl"]["sha256"] == about["dataset"]["sha256"]
    assert set(manifest["split_ids"]["train"]) == {one.id for one in demo if one.split == "train"} - set(fresh)
