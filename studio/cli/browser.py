"""``scribeloop browser``: the site that writes notes in a browser."""

import click

from annotations import Refused
from pipeline.models import named
from pipeline.workspace import Workspace

from .shell import Answer, command, say

VARIANTS = ("q4f16", "q4", "wasm")


@click.group("browser")
def browser() -> None:
    """Build, check and serve a model's browser site."""


@command(browser, "build", example="scribeloop browser build smollm2-135m")
@click.argument("id")
@click.option("--variant", "variants", multiple=True, type=click.Choice(VARIANTS), help="Build only this variant; repeatable.")
@click.option("--force", is_flag=True, help="Keep a build that is not close enough to the model.")
@click.option("--model-at", metavar="URL", help="Let the page fetch models/ from this folder of another host instead of its own.")
def build(workspace: Workspace, id: str, variants: tuple[str, ...], force: bool, model_at: str | None) -> Answer:
    """Merge model ID if it is an adapter, export it to ONNX, measure it, and write its site."""
    from exports.browser import build_site

    id = named(workspace, id)
    manifest = build_site(workspace, id, say, variants=variants or VARIANTS, force=force, model_at=model_at)
    folder = workspace.browser / id
    return Answer(
        manifest | {"folder": str(folder)}, f"{folder}: {manifest['bytes'] / 1e6:.0f} MB", f"scribeloop browser serve {id}"
    )


@command(browser, "check", example="scribeloop browser check smollm2-135m --variant q4")
@click.argument("id")
@click.option("--variant", default="wasm", type=click.Choice(VARIANTS), show_default=True, help="The build to run.")
@click.option("--prompt", metavar="TEXT", help="A transcript (default: an invented one).")
def check(workspace: Workspace, id: str, variant: str, prompt: str | None) -> Answer:
    """Write a note on the site of ID in a headless Chromium and compare its tokens with Python's."""
    from exports.checking import check_site

    id = named(workspace, id)
    found = check_site(workspace, id, variant, prompt)
    if not found["prompt_equal"] or found["foreign_requests"]:
        raise Refused(f"The site {id!r} is not sound: {_account(found)} Build it again, or report this as a bug.")
    return Answer(found, _account(found), f"scribeloop browser serve {id}")


def _account(found: dict) -> str:
    yes = {True: "yes", False: "no"}
    return (
        f"{found['variant']} wrote {len(found['browser_ids'])} tokens in {found['seconds']} s; same prompt as Python: "
        f"{yes[found['prompt_equal']]}; same tokens as this build in Python: {yes[found['equal_to_onnx']]}; as the float32 "
        f"model: {yes[found['equal_to_model']]}; requests to other hosts: {len(found['foreign_requests'])}."
    )


@command(browser, "serve", example="scribeloop browser serve smollm2-135m --port 8000")
@click.argument("id")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; the default is this machine only."
)
def serve(workspace: Workspace, id: str, port: int, host: str) -> Answer:
    """Serve the site of ID until interrupted."""
    from exports.browser import site_folder
    from exports.serving import serve_site

    id = named(workspace, id)
    folder = site_folder(workspace, id)
    say(f"Serving {folder} at http://{host}:{port}/ (stop with Ctrl+C)")
    serve_site(workspace, id, port, host)
    return Answer({"id": id, "folder": str(folder)}, "Stopped.")
