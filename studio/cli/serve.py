"""``scribeloop serve``: the studio on this machine."""

from pathlib import Path

import click

from annotations import study_guideline, study_labels
from pipeline.workspace import Workspace

from .shell import Answer, command, say


@click.group()
def _root() -> None:
    pass


@command(_root, "serve", example="scribeloop serve --demo")
@click.option("--demo", is_flag=True, help="Bring in the invented encounters, the demo model and its adapter first.")
@click.option("--port", default=7860, show_default=True, type=click.IntRange(1, 65535), help="Where the studio listens.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another address makes the studio reachable from outside.")
def serve(workspace: Workspace, demo: bool, port: int, host: str) -> Answer:
    """Open the studio in a browser at http://127.0.0.1:7860."""
    from studio.app import check_port, serve_app

    check_port(host, port)
    # A mistake in the study's own files is told here, not to the first reviewer.
    study_labels(workspace.home)
    study_guideline(workspace.home)
    if demo:
        from studio.desks.demo import prepare_demo

        prepare_demo(workspace, say)
    say(f"Scribeloop is open at http://{host}:{port} (workspace {_short(workspace.home)}). Ctrl-C closes it; nothing is lost.")
    serve_app(workspace, host, port)
    return Answer({"closed": True}, "Closed.")


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
