"""``scribeloop users``: who may sign a mark."""

import click

from pipeline.workspace import Workspace

from .shell import Answer, command, table


@click.group("users")
def users() -> None:
    """List, add and disable reviewers."""


@command(users, "list", example="scribeloop users list")
def list_users(workspace: Workspace) -> Answer:
    """List reviewers; `local` is there from the start."""
    with workspace.store() as store:
        found = store.list_users()
    rows = [{"id": user.id, "name": user.name, "disabled": user.disabled} for user in found]
    return Answer(rows, table(rows, "No user."))


@command(users, "add", example="scribeloop users add rivera 'Dr Rivera'")
@click.argument("id")
@click.argument("name")
def add_user(workspace: Workspace, id: str, name: str) -> Answer:
    """Add a reviewer with a short ID and a NAME."""
    with workspace.store() as store:
        user = store.add_user(id, name)
    return Answer(user, f"Added {user.name} as {user.id}.")


@command(users, "disable", example="scribeloop users disable rivera")
@click.argument("id")
@click.option("--undo", is_flag=True, help="Let the reviewer open new reviews again.")
def disable_user(workspace: Workspace, id: str, undo: bool) -> Answer:
    """Let reviewer ID open no new reviews; what is begun can be finished."""
    with workspace.store() as store:
        user = store.disable_user(id, not undo)
    return Answer(user, f"{user.name} can open new reviews again." if undo else f"{user.name} opens no new reviews.")
