"""Whether ``synth generate``, killed at random points and run again, gives what was asked for and loses no spending."""

import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.pipeline.synth_kills import kill_and_go_on
from tests.soak import Found

KILLS = {"small": 3, "full": 20}


def trial_synth_kills(size: str) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        found = kill_and_go_on(Path(folder), KILLS[size], count=3 if size == "small" else 20, seed=11)
    sound = not (found.duplicates or found.other_rows or found.lost or found.paid_twice)
    held = sound and found.ledger_tokens == found.server_tokens and found.rows == (3 if size == "small" else 20)
    claim = "Killed and run again: exactly the rows asked for, none alike, nothing paid twice, the ledger is the server's count."
    return Found(held, claim, [asdict(found)])
