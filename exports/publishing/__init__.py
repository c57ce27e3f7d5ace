"""Publishing: what leaves the house, looked at first and sent only when asked.

``plan`` packs and judges, and touches nothing outside; ``publish`` sends a parcel against which nothing stands, and writes it
down.
"""

from collections.abc import Callable
from typing import Any

from annotations import Refused
from pipeline.workspace import Workspace

from .folder import write_folder
from .ledger import last_publication, publications, record
from .packing import pack
from .parcel import KINDS, Item, Parcel
from .targets import HUB, Target, choose_target, find_target, target_of

Say = Callable[[str], None]

__all__ = [
    "HUB", "KINDS", "Item", "Parcel", "Target", "choose_target", "find_target", "last_publication", "outline", "plan",
    "publications", "publish", "target_of",
]  # fmt: skip


def plan(workspace: Workspace, target: Target, id: str, say: Say) -> Parcel:
    """What would be published, with the reasons against it; nothing is sent and nobody is asked."""
    from huggingface_hub import get_token

    return pack(workspace, target, id, say, get_token())


def publish(workspace: Workspace, target: Target, parcel: Parcel, say: Say) -> dict[str, Any]:
    """Send the parcel and return the record of it; Refused, with every reason, when something stands against it."""
    if parcel.problems:
        raise Refused(" ".join(parcel.problems))
    if target.folder:
        before = [one["to"] for one in publications(workspace, parcel.kind)]
        done = write_folder(parcel, target.folder, ours=str(target.folder) in before)
    else:
        from .hub import upload

        done = upload(parcel, target, say)
    facts = outline(target, parcel) | done
    record(workspace, parcel.kind, facts)
    return facts


def outline(target: Target, parcel: Parcel) -> dict[str, Any]:
    """The facts of a publication without its files: what the ledger keeps."""
    return {
        "id": parcel.id, "repo": target.repo, "to": str(target.folder) if target.folder else None, "public": target.public,
        "endpoint": None if target.folder else target.endpoint, "licence": target.licence, "made": parcel.made,
        "files": len(parcel.items), "bytes": parcel.bytes,
    }  # fmt: skip
