"""``synth generate`` killed at random points and run again until it is done: what is to be seen afterwards."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from pipeline.endpoints import Endpoint, add_endpoint
from pipeline.endpoints.ledger import read_lines, read_spent
from pipeline.synthesis.duplicates import NearDuplicates
from studio.cli import main
from tests.pipeline.invented_scribe import scribe
from tests.pipeline.loopback_model import Served, loopback_model

FAULTS = ("rate", "drop", "error", "half", "broken", "silent")


@dataclass(frozen=True)
class Killed:
    """What ``kill_and_go_on`` found. ``lost`` counts answers that the server served and no line of the ledger knows of; tokens
    are of answered requests, by both sides' books."""

    kills: int
    in_the_middle: int
    rows: int
    duplicates: int
    paid_twice: int
    ledger_tokens: tuple[int, int]
    server_tokens: tuple[int, int]
    answered: int
    unknown: int
    lost: int
    other_rows: int


def kill_and_go_on(home: Path, kills: int, count: int = 6, seed: int = 1, faults: bool = True) -> Killed:
    """Kill the command ``kills`` times, then let it end; and the same set again without a kill, for comparison."""
    dice = random.Random(seed)
    stumbles = [dice.choice(FAULTS) if dice.random() < 0.15 else None for _ in range(10_000)] if faults else []
    with loopback_model(scribe, faults=stumbles, pause=0.05) as served:
        add_endpoint(home, Endpoint("here", served.address, "model-x", concurrency=3, retries=9, timeout=5.0))
        # An encounter takes 4 to 8 answers: kill after every so many, so that no two of them fall upon the same step.
        middle = sum(_killed(home, served, count, dice.randint(1, max(2, 5 * count // kills)), dice) for _ in range(kills))
        _ended(home, count, "set")
        answers = _answers(home)
    with loopback_model(scribe) as calm:
        (home / "endpoints.toml").write_text("")
        add_endpoint(home, Endpoint("here", calm.address, "model-x", concurrency=3, timeout=5.0))
        _ended(home, count, "calm")
    return _found(home, served, kills, middle, answers)


def _words(home: Path, count: int, name: str) -> list[str]:
    words = ["synth", "generate", "--endpoint", "here", "--count", str(count), "--rounds", "1", "--name", name]
    return [*words, "--home", str(home), "--json"]


def _killed(home: Path, served: Served, count: int, after: int, dice: random.Random) -> bool:
    """Kill once ``after`` more requests have come in; whether it was still at work."""
    until, limit = len(served.requests) + after, time.monotonic() + 60
    command = [sys.executable, "-m", "studio.cli", *_words(home, count, "set")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
    while len(served.requests) < until and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.002)
    time.sleep(dice.uniform(0, 0.08))
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return alive


def _ended(home: Path, count: int, name: str) -> None:
    """A run that nobody kills needs no process of its own."""
    done = CliRunner().invoke(main, _words(home, count, name))
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["rows"] == count


def _answers(home: Path) -> list[Path]:
    return list((home / "synth" / "set" / "steps").rglob("case-*/[0-9]*.json"))


def _rows(home: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (home / "datasets" / name / "train.jsonl").read_text().splitlines()]


def _found(home: Path, served: Served, kills: int, middle: int, answers: list[Path]) -> Killed:
    rows, calm = _rows(home, "set"), _rows(home, "calm")
    seen = NearDuplicates()
    ledger = list(read_lines(home / "synth" / "set" / "ledger.jsonl"))
    answered = {f"{line['id']}.{line['attempt']}": line for line in ledger if line["event"] == "answered"}
    sent = {f"{line['id']}.{line['attempt']}" for line in ledger if line["event"] == "sent"}
    books = [(line["prompt_tokens"], line["tokens"]) for line in answered.values()]
    theirs = [served.served[id] for id in answered]
    steps = [path.name.rsplit("-", 1)[0] + path.parent.name for path in answers]
    spent = read_spent(home / "synth" / "set" / "ledger.jsonl")
    assert spent.answered == len(answered)
    return Killed(
        kills, middle, len(rows), sum(seen.add(row["encounter_id"], row["transcript"]) is not None for row in rows),
        len(steps) - len(set(steps)), *((sum(one[0] for one in side), sum(one[1] for one in side)) for side in (books, theirs)),
        answered=len(answered), unknown=spent.unknown, lost=len(set(served.served) - sent),
        other_rows=sum(row["transcript"] != other["transcript"] for row, other in zip(rows, calm, strict=True)),
    )  # fmt: skip
