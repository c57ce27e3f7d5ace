"""What a table or plot says of its own making, wherever it is copied to."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotations import now
from pipeline.versions import versions

# Whatever may have had a part in a figure; what is not installed is left out.
PACKAGES = (
    "scribeloop", "rouge-score", "bert-score", "torch", "transformers", "numpy", "scipy", "matplotlib",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """``data_sha256`` is the hash of what was scored: ids, references and notes."""

    command: str
    data_sha256: str
    created: str
    versions: dict[str, str]

    def lines(self) -> list[str]:
        """As comments: each one line, whatever the command holds."""
        packages = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        told = (f"command: {self.command}", f"data sha256: {self.data_sha256}", f"made: {self.created}", f"with: {packages}")
        return [" ".join(line.split()) for line in told]


def made_now(command: str, data_sha256: str) -> Made:
    return Made(command, data_sha256, now(), {"python": platform.python_version(), **versions(*PACKAGES)})


def data_hash(cases: Sequence[Sequence[str | None]]) -> str:
    """One hash over the cases in their order."""
    import json

    from annotations import sha256

    return sha256(json.dumps([list(case) for case in cases], ensure_ascii=False))


def made_from(stored: dict[str, Any]) -> Made:
    return Made(**stored)
