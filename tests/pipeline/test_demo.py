"""The encounters that ship: enough of them, of the right kinds, and imported once however often one asks."""

import json
import re
from collections import Counter
from contextlib import closing

import pytest
from click.testing import CliRunner

from annotations import transcript_key
from exports.datasets import build_dataset
from pipeline.demo import FILE, SOURCE, demo_encounters
from pipeline.engines import Draft, Request, open_engine
from pipeline.models import resolve_model
from pipeline.prompts import prompt_ids
from pipeline.sources import default_entry, entries
from pipeline.weights import weights_sha256
from pipeline.workspace import Workspace
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


@pytest.fixture(scope="module")
def demo_home(demo_model, tmp_path_factory):
    """A home that has the base model in its cache and nothing else; the demo was never opened in it."""
    home = Workspace(tmp_path_factory.mktemp("demo") / "home")
    (home.cache / "models").mkdir()
    (home.cache / "models" / demo_model.name).symlink_to(demo_model)
    return home


def test_the_adapter_that_ships_is_known_where_the_demo_was_never_opened(demo_home):
    with demo_home.store() as store:
        assert store.find_model("smollm2-135m-demo") is None
    adapter, base = resolve_model(demo_home, "smollm2-135m-demo", print)
    assert (adapter.id, adapter.kind) == ("smollm2-135m-demo", "adapter")
    assert adapter.base_id == base.id == "smollm2-135m"
    assert resolve_model(demo_home, "smollm2-135m-demo", print) == (adapter, base)


def test_a_fresh_install_writes_two_different_notes_and_both_are_the_greedy_ones(demo_home, monkeypatch):
    """The real base and the adapter that ships, on one demo visit: every token is the likeliest by the logits that the model gave
    at its place. In 24 tokens no run of eight comes twice here, so the rule against repetition bars nothing."""
    adapter, base = resolve_model(demo_home, "smollm2-135m-demo", print)
    visit = min((one for one in demo_encounters() if one.split == "dev"), key=lambda one: len(one.transcript))
    likeliest: dict[str, list[int]] = {base.id: [], adapter.id: []}
    with closing(open_engine(base)) as engine:
        forward = engine.forward

        def watched(ids, cache, switched_on):
            logits = forward(ids, cache, switched_on)
            likeliest[switched_on.id if switched_on else base.id].append(int(logits.argmax()))
            return logits

        monkeypatch.setattr(engine, "forward", watched)
        requests = [Request(model, visit.transcript, 24) for model in (base, adapter)]
        drafts = sorted((one for one in engine.stream(requests) if isinstance(one, Draft)), key=lambda one: one.index)
        assert [one.prompt_tokens for one in drafts] == [len(prompt_ids(engine.tokenizer, visit.transcript))] * 2
    plain, tuned = drafts
    assert len(plain.token_ids) == len(tuned.token_ids) == 24
    # A long prompt is read in parts, and what the model would say after an early part is not a token of the note.
    assert likeliest[base.id][-24:] == list(plain.token_ids)
    assert likeliest[adapter.id][-24:] == list(tuned.token_ids)
    assert plain.text.strip() and tuned.text.strip() and plain.text != tuned.text
    assert tuned.text.startswith("SUBJECTIVE"), "what the adapter has learnt first of all"
