"""Licences under which something may be published, and what each asks for. One that is not known here is refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .parcel import Item

# The Hub's names, by ours in small letters.
FREE = {
    "apache-2.0": "apache-2.0", "mit": "mit", "bsd-3-clause": "bsd-3-clause", "bsd-2-clause": "bsd-2-clause",
    "cc0-1.0": "cc0-1.0", "cc-by-4.0": "cc-by-4.0", "cc-by-sa-4.0": "cc-by-sa-4.0",
}  # fmt: skip
_LLAMA = re.compile(r"llama[- ]?(3(?:\.\d)?)", re.IGNORECASE)
TEXTS = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt")


@dataclass(frozen=True)
class Licence:
    """``hub`` is what the card's front matter says; ``llama`` is the version of Llama whose conditions hold, if any."""

    name: str
    hub: str
    llama: str | None = None

    @property
    def notice(self) -> str | None:
        """The notice that a copy must carry."""
        if self.llama is None:
            return None
        return (
            f"Llama {self.llama} is licensed under the Llama {self.llama} Community License, "
            "Copyright © Meta Platforms, Inc. All Rights Reserved.\n"
        )


def read_licence(name: str) -> Licence | None:
    """The licence of that name, None when it is not one that is known here."""
    if found := _LLAMA.match(name.strip()):
        return Licence(f"Llama {found[1]} Community License", f"llama{found[1]}", found[1])
    hub = FREE.get(name.strip().lower())
    return Licence(name.strip(), hub) if hub else None


def conditions(licence: Licence, published_as: str, folders: Iterable[Path]) -> tuple[list[str], list[Item]]:
    """What of the licence's conditions is not met, and the files that meet the others: the notice and the licence's own text,
    looked for in ``folders``."""
    if licence.llama is None:
        return [], []
    problems, items = [], [Item("NOTICE", licence.notice.encode())]
    if not published_as.startswith("Llama"):
        problems.append(
            f"The {licence.name} asks for a name that begins with Llama, and this would be {published_as!r}; "
            f"publish it as Llama-{published_as} instead."
        )
    folders = list(folders)
    text = next((folder / name for folder in folders for name in TEXTS if (folder / name).is_file()), None)
    if text is None:
        problems.append(
            f"The {licence.name} must be passed on with the model and its text is not here; put it as LICENSE.txt "
            f"into {folders[0] if folders else 'the base model’s folder'}."
        )
    else:
        items.append(Item("LICENSE", text))
    policy = next((folder / "USE_POLICY.md" for folder in folders if (folder / "USE_POLICY.md").is_file()), None)
    return problems, items + ([Item("USE_POLICY.md", policy)] if policy else [])
