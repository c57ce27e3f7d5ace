"""An encounter as a file gives it, before its source and split are settled."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Draft:
    """``place`` says where it stands, for error messages; ``split`` and ``source`` are what the row itself says, which may be
    nothing."""

    place: str
    external_id: str
    transcript: str
    reference: str | None = None
    split: str | None = None
    specialty: str | None = None
    synthetic: bool | None = None
    title: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    source: str | None = None
