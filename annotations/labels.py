"""The label set: which marks, sections and ratings a reviewer has, and the words beside them. Data, not code.

A study brings its own by two files in its workspace: ``labels.toml`` replaces the shipped set, ``guideline.md`` the shipped text.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import BadInput
from .label_rules import check_labels
from .values import sha256

DEFAULT = Path(__file__).with_name("labels.toml")
GUIDELINE = Path(__file__).with_name("guideline.md")


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

    def find(self, kind: str, id: str) -> dict[str, Any] | None:
        """One entry of the file, such as the error ``fabrication``; None when the set has none of this id."""
        return next((entry for entry in self.data[kind] if entry["id"] == id), None)

    def group(self, label: str) -> str:
        """The group of an error label: hallucination, style, or not an error."""
        return next(entry["group"] for entry in self.data["error"] if entry["id"] == label)

    def needs_severity(self, label: str) -> bool:
        """An inference is no error, so it has no severity."""
        return self.group(label) != "not an error"

    def _ids(self, kind: str) -> tuple[str, ...]:
        return tuple(entry["id"] for entry in self.data[kind])


def study_labels(folder: Path) -> LabelSet:
    """The study's own labels in ``folder``, else the shipped ones; BadInput says in a sentence what is wrong in the file."""
    own = folder / DEFAULT.name
    return load_labels(own if own.exists() else DEFAULT)


def study_guideline(folder: Path) -> str:
    """What the study asks of its reviewers, as text: its own in ``folder``, else the shipped one."""
    own = folder / GUIDELINE.name
    try:
        return (own if own.exists() else GUIDELINE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The guideline {own} cannot be read ({error}); save it as plain text in UTF-8.") from error


def load_labels(path: Path = DEFAULT) -> LabelSet:
    """Read a label file, once for each state of it; BadInput says which table, field or anchor is missing."""
    try:
        state = path.stat()
        return _load(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise BadInput(f"The label file {path} cannot be read ({error.strerror}); mend it, or remove it.") from error


@lru_cache(maxsize=8)
def _load(path: Path, changed: int, size: int) -> LabelSet:
    raw = path.read_bytes()
    try:
        data = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The label file {path.name} is not readable TOML ({error}); compare it with the shipped one.") from error
    check_labels(data, path.name)
    return LabelSet(f"{data['name']}/{data['version']}/{sha256(raw)[:8]}", data)
