"""What was published, when, where and in which version: part of the audit trail, which is only ever appended to."""

from typing import Any

from annotations import LOCAL_USER
from pipeline.workspace import Workspace

VERB = "published"


def record(workspace: Workspace, kind: str, facts: dict[str, Any]) -> None:
    """Append a publication: ``facts`` hold id, target (repo or to, endpoint, public, licence), version, files and bytes. What
    stood at the same target before becomes ``before``."""
    before = next((one for one in reversed(publications(workspace, kind)) if _same_place(one, facts)), None)
    kept = before and {key: before.get(key) for key in ("id", "version", "at")}
    with workspace.store() as store, store.act():
        store.add_event(LOCAL_USER, VERB, _subject(kind), kept, facts)


def publications(workspace: Workspace, kind: str) -> list[dict[str, Any]]:
    """Oldest first, each with ``at`` and ``before``."""
    with workspace.store() as store:
        events = store.list_events(_subject(kind))
    return [event.after | {"kind": kind, "at": event.at, "before": event.before} for event in events if event.verb == VERB]


def last_publication(workspace: Workspace, kind: str) -> dict[str, Any] | None:
    found = publications(workspace, kind)
    return found[-1] if found else None


def _subject(kind: str) -> str:
    return f"publish/{kind}"


def _same_place(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in ("repo", "to", "endpoint"))
