"""Promotion and publishing put together: the champion's site goes out, and the former champion's comes back."""

from typing import Any

from annotations import BadInput, ScribeloopError
from pipeline.workspace import Workspace

from .publish import send
from .shell import Answer, say


def site_target(workspace: Workspace) -> Any:
    """Where browser sites are published; BadInput says how to name a place."""
    from exports.publishing import find_target

    target = find_target(workspace, "browser")
    if target is None:
        raise BadInput(
            "There is no place to publish to yet; publish once with scribeloop publish browser ID --repo OWNER/NAME --upload, or "
            "write a [browser] table with a repo into publish.toml of the workspace."
        )
    return target


def publish_champion(workspace: Workspace, target: Any, id: str) -> Answer:
    """Build the site of the champion ``id`` and publish it; an error says that the promotion stands all the same."""
    from exports.browser import build_site

    try:
        build_site(workspace, id, say)
        return send(workspace, target, id)
    except ScribeloopError as error:
        raise type(error)(f"{id} is champion, but its site was not published. {error}") from error


def bring_back(workspace: Workspace, retired: str, former: str | None) -> str:
    """Republish the former champion's site where the retired one's stands, if it stood there before; a sentence on what was done,
    empty when the retired one's was not published."""
    from exports.browser import build_site
    from exports.publishing import last_publication, publications, target_of

    last = last_publication(workspace, "browser")
    if last is None or last["id"] != retired:
        return ""
    target = target_of("browser", last)
    stood = [one["id"] for one in publications(workspace, "browser") if target_of("browser", one).place == target.place]
    if former is None or former not in stood:
        return f" The site of {retired} still stands at {target.place}; publish another one there, or take it down."
    try:
        if not (workspace.browser / former / "manifest.json").exists():
            build_site(workspace, former, say)
        return "\n" + send(workspace, target, former).text
    except ScribeloopError as error:
        return f" The site of {retired} still stands at {target.place}: {error}"
