"""Scores that were worked out before, by the content of both texts and of all settings."""

import json
from pathlib import Path
from typing import Any

from annotations import sha256


class ScoreCache:
    """One JSON Lines file per metric and setting in ``folder``; lines are only ever appended. A line that a kill left half
    written is passed over, and its scores are worked out again."""

    def __init__(self, folder: Path, metric: str, details: dict[str, Any]) -> None:
        setting = sha256(json.dumps([metric, details], sort_keys=True))[:16]
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{metric}-{setting}.jsonl"
        self._known = dict(self._lines())

    def find(self, reference: str, prediction: str) -> dict[str, float] | None:
        return self._known.get(_key(reference, prediction))

    def add(self, scores: dict[tuple[str, str], dict[str, float]]) -> None:
        """Append in one write, so that two processes leave whole lines."""
        self._known |= {_key(*pair): values for pair, values in scores.items()}
        lines = "".join(json.dumps([_key(*pair), values]) + "\n" for pair, values in scores.items())
        with self.path.open("ab", buffering=0) as stream:
            # After a half line a new one begins.
            stream.write((("\n" if self._torn() else "") + lines).encode())

    def _lines(self) -> list[tuple[str, dict[str, float]]]:
        found = []
        for line in self.path.read_text(encoding="utf-8").split("\n") if self.path.exists() else ():
            try:
                key, values = json.loads(line)
                found.append((key, dict(values)))
            except (ValueError, TypeError):
                continue
        return found

    def _torn(self) -> bool:
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        with self.path.open("rb") as stream:
            stream.seek(-1, 2)
            return stream.read(1) != b"\n"


def _key(reference: str, prediction: str) -> str:
    return sha256(f"{sha256(reference)}{sha256(prediction)}")
