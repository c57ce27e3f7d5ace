"""The runner of the long trials: it finds them, says what did not hold, and keeps what was found."""

import json
import sys

import pytest

from tests.soak import Found
from tests.soak import __main__ as runner


@pytest.fixture
def soak(monkeypatch, tmp_path):
    trials = {
        "good": lambda size: Found(True, f"A claim at size {size}.", [{"n": 20, "share": 95.1}]),
        "bad": lambda size: Found(False, "Another claim."),
    }
    monkeypatch.setattr(runner, "trials", lambda: trials)

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["soak", "--folder", str(tmp_path / "kept"), *words])
        return runner.main()

    return run


def test_what_was_found_is_printed_and_kept(soak, tmp_path, capsys):
    assert soak("--only", "good", "--size", "full") == 0
    said = capsys.readouterr().out
    assert "good: held in" in said and "A claim at size full." in said and "| 20 | 95.1 |" in said
    (kept,) = (tmp_path / "kept").iterdir()
    record = json.loads(kept.read_text(encoding="utf-8"))
    assert record["trials"]["good"]["rows"] == [{"n": 20, "share": 95.1}] and record["size"] == "full"
    assert record["commit"] and "cores" in record["machine"] and "numpy" in record["versions"]


def test_a_trial_that_does_not_hold_is_status_1_and_an_unknown_one_2(soak, capsys):
    assert soak() == 1
    assert "bad: DID NOT HOLD" in capsys.readouterr().out
    assert soak("--only", "nothing") == 2
    assert "there are good, bad" in capsys.readouterr().err


def test_every_module_with_a_trial_takes_part():
    assert {"bootstrap_coverage", "alpha_coverage", "false_alarms", "family_alarms", "power"} <= set(runner.trials())
