"""``scribeloop synth generate`` as a process: killed, run again, and read as a dataset."""

import json

from click.testing import CliRunner

from pipeline.dataset_files import read_dataset
from pipeline.endpoints import Endpoint, add_endpoint
from pipeline.train_rows import check_splits
from pipeline.transcripts import read_encounters
from studio.cli import main
from tests.pipeline.invented_scribe import scribe
from tests.pipeline.loopback_model import loopback_model
from tests.pipeline.synth_kills import kill_and_go_on
from tests.tiny import make_tiny_llama


def test_killed_three_times_it_still_gives_what_was_asked_for_and_loses_no_spending(workspace):
    """The same twenty times is in ``make soak``."""
    found = kill_and_go_on(workspace.home, kills=3, count=3)
    assert found.in_the_middle >= 2
    assert (found.rows, found.duplicates, found.other_rows) == (3, 0, 0)
    # Every answer that was counted was served with those tokens; every answer that was served had been written down before.
    assert found.ledger_tokens == found.server_tokens and found.lost == 0
    assert found.paid_twice == 0 and found.answered >= 12


def scribeloop(home, *words):
    """In this process: starting one takes longer than what most of these do."""
    return CliRunner().invoke(main, [*words, "--home", str(home)])


def test_the_dataset_can_be_trained_on_and_imported_and_says_what_it_is(workspace):
    home = workspace.home
    with loopback_model(scribe) as served:
        more = {"price_in": 1.0, "price_out": 2.0}
        add_endpoint(home, Endpoint("here", served.address, "model-x", **more))
        words = ["synth", "generate", "--endpoint", "here", "--count", "3", "--specialty", "endocrinology"]
        asked = scribeloop(home, *words, "--estimate", "--json")
        assert json.loads(asked.stdout)["count"] == 3 and served.requests == []
        stopped = scribeloop(home, *words, "--budget-usd", "0.004")
        assert stopped.exit_code == 1 and stopped.stderr.splitlines()[-1].startswith("Error: The budget of 0.0040 US dollars")
        done = scribeloop(home, *words)
        assert done.exit_code == 0, done.stderr
        # What it may cost is said before anything is spent, and how far it is on the way.
        assert done.stderr.startswith("Estimate for 3 encounters: ") and "3 of 3 encounters, " in done.stderr
        assert "Dataset endocrinology-3-seed1: 3 encounters" in done.stdout
        again = scribeloop(home, *words, "--json")
        assert json.loads(again.stdout)["unchanged"] is True
    files = read_dataset(workspace, "endocrinology-3-seed1")
    assert len(files.rows) == 3 and all(row.note.startswith("SUBJECTIVE\n") for row in files.rows)
    encounters = read_encounters(files.folder / "encounters.jsonl")
    # Training may read it as it is, and the file names the same encounters, unless whoever imports it calls its source otherwise.
    with workspace.store() as store:
        check_splits(store, files.rows)
        assert store.list_encounters() == encounters
    assert {one.source for one in encounters} == {"synth-endocrinology-3-seed1"}
    imported = scribeloop(home, "transcripts", "import", str(files.folder / "encounters.jsonl"))
    assert "as synth-endocrinology-3-seed1; 0 new, 3 there already" in imported.stdout
    other = scribeloop(home, "transcripts", "import", str(files.folder / "encounters.jsonl"), "--source", "mine")
    assert "as mine; 3 new" in other.stdout
    assert [one.synthetic for one in encounters] == [True] * 3 and {one.specialty for one in encounters} == {"endocrinology"}
    assert {one.split for one in encounters} == {"train"} and encounters[0].meta["scenario"]["condition"]
    card = (files.folder / "README.md").read_text()
    assert "written by the model `model-x`" in card and "| condition |" in card
    assert "3 invented" in card and "at most 2 rounds" in card
    run = (home / "synth" / "endocrinology-3-seed1" / "run.json").read_text()
    assert "model-x" in run and "prompts" in run


def test_the_command_that_it_names_next_trains_on_the_simulated_encounters(workspace, tmp_path):
    base = make_tiny_llama(tmp_path / "tiny", positions=16_384)
    words = ["synth", "generate", "--count", "2", "--seed", "1", "--name", "sim2"]
    made = scribeloop(workspace.home, *words)
    assert made.exit_code == 0 and scribeloop(workspace.home, *words, "--json").exit_code == 0
    then = made.stderr.splitlines()[-1].removeprefix("Next: scribeloop ").split()
    trained = scribeloop(workspace.home, *then, "--base", str(base), "--max-steps", "1", "--follow")
    assert then == ["model", "train", "sim2"] and trained.exit_code == 0, trained.stderr
    # Another count is another plan, and no stranger under an id that is taken.
    assert scribeloop(workspace.home, "synth", "generate", "--count", "3", "--seed", "1").exit_code == 0
    with workspace.store() as store:
        stored = store.list_encounters("train", "offline-author")
    assert len(stored) == 5 and all(one.synthetic for one in stored)


def test_a_hosted_model_may_write_but_gets_no_key_that_is_not_named(workspace):
    add_endpoint(workspace.home, Endpoint("away", "https://models.example/v1", "m", key_env="NO_SUCH_KEY"))
    found = scribeloop(workspace.home, "synth", "generate", "--endpoint", "away", "--count", "1")
    assert found.exit_code == 1 and "environment variable NO_SUCH_KEY" in found.stderr
    missing = scribeloop(workspace.home, "synth", "generate", "--endpoint", "nowhere", "--count", "1")
    assert missing.exit_code == 1 and "known ones are away" in missing.stderr


def test_an_endpoint_is_named_and_checked_by_command(workspace):
    def answer(body):
        return json.dumps({"days": 7}) if "days" in body["messages"][0]["content"] else "Hello."

    with loopback_model(answer, refuses=("json_schema",)) as served:
        add = ["endpoint", "add", "near", "--base-url", served.address, "--model", "model-x", "--price-in", "0.5"]
        assert scribeloop(workspace.home, *add).exit_code == 0
        found = json.loads(scribeloop(workspace.home, "endpoint", "check", "near", "--json").stdout)
    assert (found["text"], found["structured"], found["tokens"]) == ("Hello.", "json_object", 1)
    listed = scribeloop(workspace.home, "endpoint", "list").stdout
    assert "near" in listed and "model-x" in listed
