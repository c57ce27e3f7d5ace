"""Where a publication goes: a repository on the Hub or a folder, for all or private; given, configured, or as last time."""

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import BadInput
from pipeline.workspace import Workspace

from .ledger import last_publication
from .parcel import KINDS

FILE = "publish.toml"
_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_TYPES = {"browser": "space", "space": "space", "model": "model", "dataset": "dataset"}
HUB = "https://huggingface.co"


@dataclass(frozen=True)
class Target:
    """``repo`` (owner/name) or ``folder`` is set. ``endpoint`` is the Hub's address; ``licence`` is what the person stated where
    none is recorded."""

    kind: str
    repo: str | None = None
    folder: Path | None = None
    public: bool = False
    endpoint: str = HUB
    licence: str | None = None

    @property
    def repo_type(self) -> str:
        return _TYPES[self.kind]

    @property
    def name(self) -> str:
        """What the thing is called there."""
        return self.repo.split("/")[1] if self.repo else self.folder.name

    @property
    def place(self) -> str:
        """The target in one line: an address or a folder."""
        return str(self.folder) if self.folder else f"{self.endpoint}/{_prefix(self.repo_type)}{self.repo}"

    @property
    def visibility(self) -> str:
        return "whoever can read the folder" if self.folder else "public" if self.public else "private"


def choose_target(
    workspace: Workspace,
    kind: str,
    id: str,
    repo: str | None,
    folder: Path | None,
    public: bool,
    endpoint: str | None,
    licence: str | None,
) -> Target:
    """The target that was named, else the one that ``find_target`` knows; BadInput when there is none."""
    if repo and folder:
        raise BadInput("Name one target: --repo OWNER/NAME or --to FOLDER.")
    endpoint = (endpoint or os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
    if repo or folder:
        return Target(kind, _checked(repo), folder and folder.expanduser().resolve(), public, endpoint, licence)
    known = find_target(workspace, kind, id)
    if known is None:
        raise BadInput(
            f"There is no target for {kind} {id} yet; name one with --repo OWNER/NAME or --to FOLDER, or in {FILE} of the "
            "workspace."
        )
    if public and not known.public:
        raise BadInput(f"The target {known.place} was private so far; to publish for all, name it with --repo and --public.")
    return Target(kind, known.repo, known.folder, known.public, known.endpoint, licence or known.licence)


def find_target(workspace: Workspace, kind: str, id: str | None = None) -> Target | None:
    """The target in ``publish.toml``, else that of the last publication of this kind, else None. A site or a Space takes the
    place of the one before it; a model or a dataset only its own."""
    configured, last = _configured(workspace).get(kind), last_publication(workspace, kind)
    if last and kind in ("model", "dataset") and last["id"] != id:
        last = None
    return target_of(kind, configured or last) if configured or last else None


def target_of(kind: str, table: dict[str, Any]) -> Target:
    """The target in a table of ``publish.toml`` or in a record of the ledger, which have the same keys."""
    folder = Path(table["to"]).expanduser().resolve() if table.get("to") else None
    endpoint = table.get("endpoint") or os.environ.get("HF_ENDPOINT") or HUB
    return Target(
        kind, _checked(table.get("repo")), folder, bool(table.get("public")), endpoint.rstrip("/"), table.get("licence")
    )


def _checked(repo: str | None) -> str | None:
    if repo is not None and not _REPO.fullmatch(repo):
        raise BadInput(f"The repository {repo!r} is not understood; expected OWNER/NAME, such as clinic/soap-notes.")
    return repo


def _configured(workspace: Workspace) -> dict[str, Any]:
    path = workspace.home / FILE
    if not path.exists():
        return {}
    keys = {"repo", "to", "public", "endpoint", "licence"}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = [name for name in tables if name not in KINDS] + [
            key for one in tables.values() for key in one if key not in keys
        ]
        wrong = [kind for kind, one in tables.items() if bool(one.get("repo")) == bool(one.get("to"))]
    except (tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise BadInput(f'{path} cannot be read ({error}); expected tables such as [browser] with repo = "owner/name".') from error
    if unknown or wrong:
        raise BadInput(
            f"{path} is not understood at {', '.join(unknown + wrong)}; expected tables {', '.join(KINDS)}, each with repo or "
            "to, and if need be public, endpoint and licence."
        )
    return tables


def _prefix(repo_type: str) -> str:
    return "" if repo_type == "model" else f"{repo_type}s/"
