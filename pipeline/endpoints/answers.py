"""Answers that were paid for, one small JSON file each, named by the hash of everything that went into the question."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from annotations import sha256


class AnswerFiles:
    """A folder of answers. A file is there whole or not at all, and is never written again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str, question: Any) -> Path:
        """Where the answer to ``question`` (plain values) is kept; ``name`` is for people, such as ``case-0003/transcript``."""
        key = sha256(json.dumps(question, sort_keys=True, ensure_ascii=False))
        return self.folder / f"{name}-{key[:16]}.json"

    def find(self, name: str, question: Any) -> dict[str, Any] | None:
        path = self.path(name, question)
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def keep(self, name: str, question: Any, answer: dict[str, Any]) -> dict[str, Any]:
        """Store the answer; when another process was first, its answer counts and is returned."""
        path = self.path(name, question)
        write_once(path, json.dumps(answer, indent=1, ensure_ascii=False) + "\n")
        return json.loads(path.read_text(encoding="utf-8"))


def write_once(path: Path, text: str) -> None:
    """Write ``path`` in one step that survives a kill; one that is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if not path.exists():
            os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)
