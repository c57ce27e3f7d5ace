"""Secrets that must not leave the house: tokens, keys and private keys in any text file, told by their shape."""

import re
from collections.abc import Iterable, Iterator

from .parcel import Item

SHAPES = {
    "a Hugging Face token": rb"\bhf_[A-Za-z0-9]{30,}\b",
    "an API key": rb"\bsk-(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}",
    "an AWS access key": rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "an AWS secret": rb"(?i)aws_secret_access_key[\"']?\s*[=:]\s*[\"']?[A-Za-z0-9/+=]{20,}",
    "a GitHub token": rb"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})",
    "a Google API key": rb"\bAIza[0-9A-Za-z_-]{35}",
    "a Slack token": rb"\bxox[abprs]-[0-9A-Za-z-]{20,}",
    "a private key": rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----",
}
_SHAPES = {what: re.compile(shape) for what, shape in SHAPES.items()}
# Files that exist to hold secrets.
NAMES = (".env", ".netrc", ".npmrc", ".pypirc", "credentials", "id_rsa", "id_ed25519", "token")


def find_secrets(items: Iterable[Item], known: str | None = None) -> Iterator[str]:
    """A phrase for each secret: what it is and where, never the secret itself. ``known`` is this user's own token, whatever
    its shape."""
    for item in items:
        if item.path.rsplit("/", 1)[-1].lower() in NAMES:
            yield f"{item.path} (a file for secrets)"
        data = item.read() if _is_text(item) else b""
        for what, shape in _SHAPES.items():
            if found := shape.search(data):
                yield f"{what} in {item.path}, line {_line(data, found.start())}"
        if known and (at := data.find(known.encode())) >= 0:
            yield f"your own token in {item.path}, line {_line(data, at)}"


def find_folders(items: Iterable[Item], folders: Iterable[str]) -> list[str]:
    """The text files that name one of these folders of this machine."""
    names = [folder.encode() for folder in folders]
    return [item.path for item in items if _is_text(item) and any(name in item.read() for name in names)]


def _is_text(item: Item) -> bool:
    """Weights and other binaries hold a zero byte near their beginning."""
    if isinstance(item.source, bytes):
        return b"\0" not in item.source[:8192]
    with item.source.open("rb") as stream:
        return b"\0" not in stream.read(8192)


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1
