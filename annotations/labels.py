"""The label set: which marks, sections and ratings a reviewer has, and the words beside them. Data, not code."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .errors import BadInput
from .values import sha256

DEFAULT = Path(__file__).with_name("labels.toml")


@dataclass(frozen=True)
class LabelSet:
    """One study's labels. ``version`` is what every mark stores: name, version and the first 8 digits of the file's hash."""

    version: str
    data: dict[str, Any]

    @property
    def errors(self) -> tuple[str, ...]:
        return self._ids("error")

    @property
    def omissions(self) -> tuple[str, ...]:
        return self._ids("omission")

    @property
    def sections(self) -> tuple[str, ...]:
        return self._ids("section")

    @property
    def dimensions(self) -> tuple[str, ...]:
        return self._ids("dimension")

    def group(self, label: str) -> str:
        """The group of an error label: hallucination, style, or not an error."""
        return next(entry["group"] for entry in self.data["error"] if entry["id"] == label)

    def needs_severity(self, label: str) -> bool:
        """An inference is no error, so it has no severity."""
        return self.group(label) != "not an error"

    def _ids(self, kind: str) -> tuple[str, ...]:
        return tuple(entry["id"] for entry in self.data[kind])


@cache
def load_labels(path: Path = DEFAULT) -> LabelSet:
    """Read a label file; BadInput says which table is missing or which dimension lacks its five anchors."""
    raw = path.read_bytes()
    try:
        data = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The label file {path.name} is not readable TOML ({error}); compare it with the shipped one.") from error
    missing = [key for key in ("name", "version", "error", "omission", "section", "severity", "dimension") if key not in data]
    if missing:
        raise BadInput(f"The label file {path.name} lacks {', '.join(missing)}; compare it with the shipped one.")
    for dimension in data["dimension"]:
        if len(dimension.get("anchors", [])) != 5:
            raise BadInput(f"Dimension {dimension.get('id')!r} in {path.name} needs five anchors, for the values 1 to 5.")
    return LabelSet(f"{data['name']}/{data['version']}/{sha256(raw)[:8]}", data)
