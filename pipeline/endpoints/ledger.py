"""What was asked and what it cost: one line per event, on disk before anything else happens, so that no kill loses a spending.

``sent`` is written before an attempt leaves, with the most that it can cost; ``answered`` when its answer is here, with the
server's own count; ``failed`` when the server refused it or was not reached (``status`` is its answer's or 0, and nothing is
served) or the line broke (``status`` is null, and what was served nobody knows). An attempt without a second line was under way
when the process died.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import now


@dataclass(frozen=True)
class Spent:
    """What a ledger says. ``prompt_tokens`` and ``tokens`` are of answered attempts, by the server's count; ``unknown`` counts
    the attempts whose cost nobody knows, and ``unknown_tokens`` and ``unknown_usd`` the most that they can have cost."""

    answered: int = 0
    prompt_tokens: int = 0
    tokens: int = 0
    usd: float = 0.0
    unknown: int = 0
    unknown_tokens: int = 0
    unknown_usd: float = 0.0

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.tokens


class Ledger:
    """Appends to ``path``; any number of threads of one process may."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        _mend_last_line(path)

    def add(self, event: str, id: str, **facts: Any) -> None:
        line = json.dumps({"at": now(), "event": event, "id": id, **facts}, ensure_ascii=False) + "\n"
        with self._turn, self.path.open("a", encoding="utf-8") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())

    def spent(self) -> Spent:
        return read_spent(self.path)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The events of a ledger, oldest first; a last line that a kill cut short is passed over."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            yield json.loads(line)
        except ValueError:
            continue


def read_spent(path: Path) -> Spent:
    """The sums of a ledger."""
    open_attempts: dict[tuple[str, int], dict[str, Any]] = {}
    closed: set[tuple[str, int]] = set()
    sums = {"answered": 0, "prompt_tokens": 0, "tokens": 0, "usd": 0.0}
    for line in read_lines(path):
        key = (line["id"], line["attempt"])
        if line["event"] == "sent":
            open_attempts[key] = line
        elif line["event"] == "answered" and key not in closed:
            # The answers of a batch may be fetched a second time, after a kill.
            closed.add(key)
            open_attempts.pop(key, None)
            sums["answered"] += 1
            for name in ("prompt_tokens", "tokens", "usd"):
                sums[name] += line[name] or 0
        elif line["event"] == "failed" and line["status"] is not None:
            open_attempts.pop(key, None)
    left = open_attempts.values()
    return Spent(
        **sums, unknown=len(left), unknown_tokens=sum(line["tokens_at_most"] for line in left),
        unknown_usd=sum(line["usd_at_most"] or 0 for line in left),
    )  # fmt: skip


def _mend_last_line(path: Path) -> None:
    """End a line that a kill cut short, so that the next one does not run into it."""
    if path.exists() and path.stat().st_size:
        with path.open("rb+") as stream:
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.write(b"\n")
