"""Names of splits: what a file's name says, the two halves of dev, and which encounters a name covers.

The split of an encounter is stored and frozen. ``dev-a`` is for tuning and ``dev-b`` for the promotion gate; which half an
encounter is in follows from its id alone, so it is the same on every machine.
"""

import re
from collections.abc import Iterable

from annotations import BadInput, Encounter, sha256

_WORDS = {
    "train": "train", "training": "train", "dev": "dev", "development": "dev", "val": "dev", "valid": "dev", "validation": "dev",
    "test": "test",
}  # fmt: skip
_IN_NAMES = re.compile(rf"(?<![a-z])({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?:set)?(?![a-z])", re.IGNORECASE)
MEASURED = ("dev", "dev-a", "dev-b", "test")


def split_word(word: str) -> str | None:
    """The split that a data set's own word means (``valid`` is dev), or None for a word that is no split."""
    return _WORDS.get(word.strip().lower())


def named_split(name: str) -> str | None:
    """The split that a file's name speaks of, such as ``valid.csv``; None when it speaks of none, or of two."""
    found = {_WORDS[word.lower()] for word in _IN_NAMES.findall(name)}
    return found.pop() if len(found) == 1 else None


def dev_half(encounter_id: str) -> str:
    """``dev-a`` or ``dev-b``, by the first hex digit of the id's hash."""
    return "dev-a" if int(sha256(encounter_id)[0], 16) % 2 == 0 else "dev-b"


def covered(encounters: Iterable[Encounter], split: str) -> list[Encounter]:
    """Those of ``encounters`` that ``split`` covers: train, dev, dev-a, dev-b or test."""
    if split in ("dev-a", "dev-b"):
        return [encounter for encounter in encounters if encounter.split == "dev" and dev_half(encounter.id) == split]
    if split not in ("train", "dev", "test"):
        raise BadInput(f"There is no split {split!r}; expected train, dev, dev-a, dev-b or test.")
    return [encounter for encounter in encounters if encounter.split == split]
