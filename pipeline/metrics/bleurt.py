"""BLEURT (Sellam et al., ACL 2020), run in a Python of its own: it needs TensorFlow, which does not fit beside the rest."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotations import Unavailable

PYTHON, CHECKPOINT = "SCRIBELOOP_BLEURT_PYTHON", "SCRIBELOOP_BLEURT_CHECKPOINT"
_HOW = (
    "Make an environment of its own with TensorFlow and Google's bleurt, which no package index has (pip install "
    "'tensorflow>=2.18' git+https://github.com/google-research/bleurt), "
    f"unpack a checkpoint such as BLEURT-20, and set {PYTHON} to that environment's python and {CHECKPOINT} to the checkpoint's "
    "folder; or leave bleurt out of --metrics."
)
_SCRIPT = """
import json, sys
from bleurt.score import BleurtScorer
pairs = json.load(sys.stdin)
scores = BleurtScorer(sys.argv[1]).score(references=[r for r, _ in pairs], candidates=[c for _, c in pairs], batch_size=8)
print("\\n" + json.dumps([float(score) for score in scores]))
"""


class Bleurt:
    """Made only where it can run; Unavailable says what is missing."""

    name, columns = "bleurt", ("bleurt",)

    def __init__(self) -> None:
        self.python, self.checkpoint = os.environ.get(PYTHON), Path(os.environ.get(CHECKPOINT) or "missing")
        if not self.python:
            raise Unavailable(f"BLEURT is not installed here: {PYTHON} is not set. {_HOW}")
        if not (self.checkpoint / "bleurt_config.json").exists():
            raise Unavailable(f"BLEURT has no checkpoint: {CHECKPOINT} names no folder with bleurt_config.json. {_HOW}")
        answer = self._run("-c", "import importlib.metadata as m, bleurt; print(m.version('bleurt'), m.version('tensorflow'))")
        self.versions = answer.split()[-2:]

    def details(self) -> dict[str, Any]:
        return {"checkpoint": self.checkpoint.name, "bleurt": self.versions[0], "tensorflow": self.versions[1]}

    def score(self, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, dict[str, float]]]:
        """Index and score of each (reference, prediction)."""
        answer = self._run("-c", _SCRIPT, str(self.checkpoint), text=json.dumps(pairs))
        scores = json.loads(answer.strip().splitlines()[-1])
        return ((number, {"bleurt": score}) for number, score in enumerate(scores))

    def _run(self, *words: str, text: str = "") -> str:
        try:
            done = subprocess.run([self.python, *words], input=text, capture_output=True, text=True)
        except OSError as error:
            raise Unavailable(f"{PYTHON} names {self.python}, which does not run ({error.strerror}). {_HOW}") from error
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Unavailable(f"BLEURT does not run in {self.python} ({reason}). {_HOW}")
        return done.stdout
