"""The planter's word lists, read once from ``lists.toml``."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any


@lru_cache(maxsize=1)
def lists() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("lists.toml").read_text(encoding="utf-8"))


def any_of(words: list[str]) -> str:
    """A pattern of whole words or phrases, the longest first."""
    return rf"\b(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})\b"


def red_flag(text: str) -> bool:
    """Whether the text speaks of something that would change what is done."""
    return any(flag in text.lower() for flag in lists()["red_flags"])


def cased(word: str, like: str) -> str:
    """``word`` with a capital where ``like`` begins with one."""
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
