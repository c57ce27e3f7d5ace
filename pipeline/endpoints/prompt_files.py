"""Prompts as files that people read and change: a ``# System`` and a ``# User`` part, with ``{{name}}`` where values go in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from annotations import BadInput, sha256

_PARTS = re.compile(r"\s*# System\s*\n(.*?)\n# User\s*\n(.*)", re.DOTALL)
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Prompt:
    """``hash`` is of the file's text, so that what was asked with another wording is told apart."""

    name: str
    system: str
    user: str
    hash: str

    def messages(self, values: Mapping[str, str]) -> list[dict[str, str]]:
        """The chat to send. Every place must be given and every value used; what a value holds is never read as a place."""
        places = set(_PLACE.findall(self.user + self.system))
        if places != set(values):
            raise BadInput(f"The prompt {self.name} has the places {sorted(places)} and was given {sorted(values)}; mend it.")
        system, user = (_PLACE.sub(lambda found: values[found.group(1)], text) for text in (self.system, self.user))
        return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def load_prompt(folder: Path, name: str) -> Prompt:
    text = (folder / f"{name}.md").read_text(encoding="utf-8")
    found = _PARTS.fullmatch(text)
    if not found:
        raise BadInput(f"The prompt file {name}.md has no '# System' part followed by a '# User' part; see the others.")
    return Prompt(name, found.group(1).strip(), found.group(2).strip(), sha256(text))
