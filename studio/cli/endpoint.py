"""``scribeloop endpoint``: which servers of stronger models may be asked."""

import dataclasses

import click

from pipeline.endpoints import Endpoint, add_endpoint, find_endpoint, list_endpoints
from pipeline.endpoints.config import STRUCTURED
from pipeline.workspace import Workspace

from .shell import Answer, command, table


@click.group("endpoint")
def endpoint() -> None:
    """Name the OpenAI-compatible servers that may be asked: hosted ones, vLLM, llama.cpp, Ollama."""


@command(endpoint, "add", example="scribeloop endpoint add local --base-url http://127.0.0.1:8000/v1 --model llama-3.1-8b")
@click.argument("name")
@click.option("--base-url", required=True, metavar="URL", help="Such as http://127.0.0.1:8000/v1.")
@click.option("--model", required=True, metavar="MODEL", help="What the server calls the model.")
@click.option("--key-env", metavar="VARIABLE", help="The environment variable that holds the key; never the key itself.")
@click.option("--price-in", type=click.FloatRange(min=0), metavar="USD", help="Per million tokens read.")
@click.option("--price-out", type=click.FloatRange(min=0), metavar="USD", help="Per million tokens written.")
@click.option("--concurrency", type=click.IntRange(1, 256), default=4, show_default=True, metavar="N", help="Requests at once.")
@click.option("--timeout", type=float, default=120.0, show_default=True, metavar="S", help="Seconds without a sign of life.")
@click.option("--structured", type=click.Choice(STRUCTURED), default="auto", show_default=True, help="How JSON is asked for.")
@click.option("--real-host", "real_hosts", multiple=True, metavar="HOST", help="A host that may read real transcripts.")
def add(workspace: Workspace, name: str, **options) -> Answer:
    """Name a server in endpoints.toml of the workspace. Nothing is sent to it."""
    new = Endpoint(name=name, **options)
    path = add_endpoint(workspace.home, new)
    return Answer(new, f"Endpoint {name} is named in {path}.", f"scribeloop endpoint check {name}")


@command(endpoint, "list", example="scribeloop endpoint list")
def list_all(workspace: Workspace) -> Answer:
    """List the servers that may be asked."""
    found = list_endpoints(workspace.home)
    rows = [
        {
            "endpoint": one.name, "model": one.model, "address": one.base_url, "key in": one.key_env, "in $/M": one.price_in,
            "out $/M": one.price_out, "real transcripts": "yes" if one.loopback else ", ".join(one.real_hosts) or "no",
        }
        for one in found
    ]  # fmt: skip
    return Answer(found, table(rows, "No endpoint yet; name one with: scribeloop endpoint add NAME --base-url URL --model MODEL"))


@command(endpoint, "check", example="scribeloop endpoint check local")
@click.argument("name")
def check(workspace: Workspace, name: str) -> Answer:
    """Ask the server for a word and for a small JSON object, and say what it took."""
    from pipeline.endpoints.checking import check_endpoint

    found = check_endpoint(workspace, find_endpoint(workspace.home, name))
    text = (
        f"{name}: {found.model} answered {found.text!r} in {found.seconds:.1f} s ({found.prompt_tokens} tokens read, "
        f"{found.tokens} written); JSON is asked for by {found.structured or 'nothing that it could follow'}."
    )
    return Answer(dataclasses.asdict(found), text, f"scribeloop synth generate --endpoint {name} --count 10 --estimate")
