"""What is to leave the house: files with their sizes, and what stands against it."""

from dataclasses import dataclass
from pathlib import Path

KINDS = ("browser", "space", "model", "dataset")


@dataclass(frozen=True)
class Item:
    """One file: ``path`` is its place at the target, ``source`` a file of this machine or the bytes themselves."""

    path: str
    source: Path | bytes

    @property
    def bytes(self) -> int:
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size

    def read(self) -> bytes:
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()


@dataclass(frozen=True)
class Parcel:
    """The files of one publication. ``made`` names what they were made from, so that two publications can be told apart;
    ``problems`` are sentences on what forbids it, ``notices`` on what the person should know; ``licence`` is how it is named."""

    kind: str
    id: str
    items: tuple[Item, ...]
    licence: str
    made: str
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    space_sdk: str | None = None

    @property
    def bytes(self) -> int:
        return sum(item.bytes for item in self.items)


def folder_items(folder: Path, under: str = "") -> list[Item]:
    """Every file below ``folder``, hidden ones left out, in the order of their paths."""
    found = []
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in place.parts):
            found.append(Item(f"{under}{place.as_posix()}", path))
    return found


def without(items: list[Item], *paths: str) -> list[Item]:
    return [item for item in items if item.path not in paths]
