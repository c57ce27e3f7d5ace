"""``scribeloop synth generate``: encounters by the offline author, or by a stronger model with critique and revision."""

import shlex
from typing import Any

import click

from annotations import BadInput
from pipeline.workspace import Workspace

from .shell import Answer, command, say
from .synth import synth
from .synth_offline import offline_answer


@command(synth, "generate", example="scribeloop synth generate --count 1500 --specialty endocrinology")
@click.option("--endpoint", "endpoint_name", metavar="NAME", help="Which model writes (default: the offline author).")
@click.option("--offline", is_flag=True, help="Write with the offline author, which needs no model; the default.")
@click.option("--count", type=click.IntRange(min=1), required=True, metavar="N", help="How many encounters.")
@click.option("--specialty", metavar="NAME", help="Only this specialty (default: all).")
@click.option("--seed", type=int, default=1, show_default=True, metavar="N", help="Another seed is another plan.")
@click.option("--name", metavar="NAME", help="What the run and its dataset are called (default: from the other options).")
@click.option("--rounds", type=click.IntRange(0, 10), default=2, show_default=True, help="Revisions of each text at most.")
@click.option("--pass-score", type=click.IntRange(1, 5), default=4, show_default=True, help="Every score must reach it.")
@click.option("--budget-tokens", "tokens", type=click.IntRange(min=1), metavar="N", help="Stop before the run has taken more.")
@click.option("--budget-usd", "usd", type=click.FloatRange(min=0), metavar="USD", help="Stop before the run has cost more.")
@click.option("--concurrency", type=click.IntRange(1, 256), metavar="N", help="Requests at once (default: the endpoint's).")
@click.option("--fewer", is_flag=True, help="Make the dataset even if some encounters could not be had.")
@click.option("--estimate", "only_estimate", is_flag=True, help="Say what it would cost, and spend nothing.")
def generate_command(
    workspace: Workspace, endpoint_name: str | None, offline: bool, name: str | None, concurrency: int | None,
    only_estimate: bool, fewer: bool, tokens: int | None, usd: float | None, **options: Any,
) -> Answer:  # fmt: skip
    """Plan encounters, write them with their notes, store them as encounters to train on, and make a dataset of them.

    Without --endpoint the offline author composes them from structured cases: same seed, same bytes. With it a stronger model
    writes, criticises and revises them; run again after a stop, it goes on at the very step where it was."""
    if endpoint_name is None:
        return offline_answer(workspace, name, options["count"], options["seed"], options["specialty"])
    if offline:
        raise BadInput("Both --offline and --endpoint were given; leave one of them out.")
    from pipeline.endpoints import cost, find_endpoint
    from pipeline.synthesis.recipe import Settings, estimate, generate, prepare, write_dataset

    endpoint = find_endpoint(workspace.home, endpoint_name).at_once(concurrency)
    settings = Settings(**options)
    expected = estimate(endpoint, settings.count, settings.rounds)
    if only_estimate:
        return Answer(expected, expected.sentence(), _again(endpoint_name, settings, name))
    name = name or f"{settings.specialty or 'all'}-{settings.count}-seed{settings.seed}".replace(" ", "-")
    run = prepare(workspace, name, settings, endpoint)
    say(expected.sentence())
    made, spent, remarks = generate(run, say, tokens, usd, fewer)
    manifest = write_dataset(workspace, name, run, made, spent, remarks, _again(endpoint_name, settings, name))
    unknown = f"; {spent.unknown} requests more were cut off, at most {spent.unknown_tokens:,} tokens" if spent.unknown else ""
    paid = cost(spent.total_tokens, spent.usd)
    text = f"Dataset {name}: {len(made):,} encounters, {len(remarks)} replaced on the way. The run has cost {paid}{unknown}."
    return Answer(manifest, text, f"scribeloop model train {name}")


def _again(endpoint: str, settings: Any, name: str | None) -> str:
    words = ["scribeloop", "synth", "generate", "--endpoint", endpoint, "--count", str(settings.count)]
    words += ["--specialty", settings.specialty] if settings.specialty else []
    words += ["--seed", str(settings.seed), "--rounds", str(settings.rounds), "--pass-score", str(settings.pass_score)]
    return shlex.join([*words, *(["--name", name] if name else [])])
