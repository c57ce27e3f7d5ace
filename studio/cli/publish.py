"""``scribeloop publish``: what leaves the house. Nothing is sent without ``--upload``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from annotations import Refused
from pipeline.workspace import Workspace

from .shell import Answer, command, say, table


@click.group("publish")
def publish() -> None:
    """Show what would leave this machine, and send it when told to: to a Hub or a folder, private unless said otherwise."""


def _options(function: Callable) -> Callable:
    """The target and the go-ahead, the same for every kind."""
    for option in reversed((
        click.option("--repo", metavar="OWNER/NAME", help="A repository on the Hub; it is made if there is none."),
        click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="A folder, for any web server."),
        click.option("--public", is_flag=True, help="For all to see; without it the repository is private."),
        click.option("--licence", metavar="NAME", help="The licence, where none is recorded: your word, shown on the card."),
        click.option("--endpoint", metavar="URL", help="The Hub's address (default: $HF_ENDPOINT, else huggingface.co)."),
        click.option("--upload", is_flag=True, help="Send it. Without this the command only shows what it would do."),
    )):  # fmt: skip
        function = option(function)
    return function


@command(publish, "browser", example="scribeloop publish browser champion --repo clinic/notes-in-the-browser --upload")
@click.argument("id")
@click.option("--build", is_flag=True, help="Build the site first.")
@_options
def browser(workspace: Workspace, id: str, build: bool, **options: Any) -> Answer:
    """The browser site of model ID: a static Space, or a folder with snippets for nginx and Caddy."""
    if build:
        from exports.browser import build_site
        from pipeline.models import named

        build_site(workspace, named(workspace, id), say)
    return shown_or_sent(workspace, "browser", id, **options)


@command(publish, "space", example="scribeloop publish space champion --to ./space")
@click.argument("id")
@_options
def space(workspace: Workspace, id: str, **options: Any) -> Answer:
    """A Gradio Space for model ID and its base: the folder is made now, its notes are written by this machine."""
    return shown_or_sent(workspace, "space", id, **options)


@command(publish, "model", example="scribeloop publish model champion --repo clinic/soap-notes-135m")
@click.argument("id")
@_options
def model(workspace: Workspace, id: str, **options: Any) -> Answer:
    """Model ID merged into its base, the adapter beside it, and a card from the recorded facts."""
    return shown_or_sent(workspace, "model", id, **options)


@command(publish, "dataset", example="scribeloop publish dataset simulated --repo clinic/invented-visits --licence cc-by-4.0")
@click.argument("name")
@_options
def dataset(workspace: Workspace, name: str, **options: Any) -> Answer:
    """The dataset NAME, when every row of it is marked as invented and none is of the test split."""
    return shown_or_sent(workspace, "dataset", name, **options)


@command(publish, "list", example="scribeloop publish list")
def list_all(workspace: Workspace) -> Answer:
    """List what was published from here, where and in which version, oldest first."""
    from exports.publishing import KINDS, publications

    found = sorted((one for kind in KINDS for one in publications(workspace, kind)), key=lambda one: one["at"])
    rows = [
        {
            "at": one["at"][:16], "kind": one["kind"], "what": one["id"], "target": one["url"], "version": one["version"][:12],
            "in place of": (one["before"] or {}).get("id"),
        }
        for one in found
    ]  # fmt: skip
    return Answer(found, table(rows, "Nothing was published from here yet."))


def shown_or_sent(
    workspace: Workspace, kind: str, id: str, upload: bool, repo: str | None, folder: Path | None, public: bool,
    licence: str | None, endpoint: str | None,
) -> Answer:  # fmt: skip
    """The dry run, or with ``upload`` the act."""
    from exports.publishing import choose_target

    target = choose_target(workspace, kind, id, repo, folder, public, endpoint, licence)
    return send(workspace, target, id) if upload else show(workspace, target, id)


def show(workspace: Workspace, target: Any, id: str) -> Answer:
    """Every file with its size, the target, who can see it; Refused, after all that, when something stands against it."""
    from exports.publishing import outline, plan

    parcel = plan(workspace, target, id, say)
    text = _outline_text(target, parcel)
    if parcel.problems:
        say(text)
        raise Refused(" ".join(parcel.problems))
    data = outline(target, parcel) | {
        "sent": False, "target": target.place, "visibility": target.visibility, "notices": list(parcel.notices),
        "paths": {item.path: item.bytes for item in parcel.items},
    }  # fmt: skip
    return Answer(data, f"{text}\nNothing was sent.", "the same command with --upload")


def send(workspace: Workspace, target: Any, id: str) -> Answer:
    """Send what stands nothing against; the ledger keeps where and in which version."""
    from exports.publishing import plan, publish

    parcel = plan(workspace, target, id, say)
    for notice in parcel.notices:
        say(f"Note: {notice}")
    done = publish(workspace, target, parcel, say)
    text = f"{parcel.kind} {parcel.id} is published at {done['url']}, for {target.visibility}; version {done['version'][:12]}."
    kept = f"\nWhat was there before is kept as {done['kept']}." if done.get("kept") else ""
    return Answer(done | {"sent": True}, text + kept, "scribeloop publish list")


def _outline_text(target: Any, parcel: Any) -> str:
    rows = [{"file": item.path, "bytes": f"{item.bytes:,}".rjust(14)} for item in parcel.items]
    head = f"{parcel.kind} {parcel.id}: {len(parcel.items)} files, {parcel.bytes / 1e6:,.1f} MB, licence {parcel.licence}"
    notices = [f"note: {notice}" for notice in parcel.notices]
    return "\n".join([table(rows, ""), head, f"to {target.place}, for {target.visibility}", *notices])
