"""``scribeloop notes``: writing notes with models."""

from typing import Any

import click

from annotations import BadInput
from pipeline.notes import MAX_NEW_TOKENS, generate
from pipeline.workspace import Workspace

from .shell import Answer, command, say, table

ENGINE = "What writes: transformers, onnx (a model's browser build), or an endpoint by its name."
BATCH = "How many notes of a model are written at once (default: as the engine likes)."


@click.group("notes")
def notes() -> None:
    """Write notes from transcripts, with the base model and with tuned ones."""


@command(notes, "generate", example="scribeloop notes generate --model smollm2-135m --model demo-adapter --split dev --limit 3")
@click.option("--model", "models", metavar="ID", multiple=True, required=True, help="A model; repeatable.")
@click.option("--split", type=click.Choice(["train", "dev", "dev-a", "dev-b", "test"]), default="dev", show_default=True,
              help="Which encounters to write notes for.")  # fmt: skip
@click.option("--encounter", "encounters", metavar="ID", multiple=True, help="This encounter, whatever its split; repeatable.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N encounters.")
@click.option("--max-new-tokens", type=click.IntRange(1, 8192), default=MAX_NEW_TOKENS, show_default=True, metavar="N",
              help="Where a note is cut off if the model does not end it.")
@click.option("--long", type=click.Choice(["refuse", "shorten"]), default="refuse", show_default=True,
              help="A transcript that does not fit: refuse it, or leave out its middle behind a visible mark.")  # fmt: skip
@click.option("--engine", default="transformers", show_default=True, metavar="NAME", help=ENGINE)
@click.option("--batch", type=click.IntRange(1, 256), metavar="N", help=BATCH)
@click.option("--rerun", is_flag=True, help="Write again what is there already; the old notes stay.")
@click.option("--final", is_flag=True, help="Allow encounters of the held-out test split.")
def generate_command(workspace: Workspace, models: tuple[str, ...], encounters: tuple[str, ...], **options: Any) -> Answer:
    """Write a note per model and encounter, and store it. Notes that are there already are skipped, so a run that was
    stopped goes on where it was."""
    done = generate(workspace, models, say, encounter_ids=encounters, **options)
    if done.refused and not done.outputs and not done.skipped:
        raise BadInput(f"No note was written. {next(iter(done.refused.values()))}")
    rows = [
        {
            "output": output.id, "encounter": output.encounter_id, "model": output.model_id, "tokens": output.tokens,
            "ended by": output.finish_reason, "seconds": f"{output.seconds:.1f}", "left out": output.shortened_words or None,
        }
        for output in done.outputs
    ]  # fmt: skip
    counts = f"{len(done.outputs)} notes written, {done.skipped} there already, {len(done.refused)} encounters refused."
    return Answer(done, table(rows, "") + ("\n" if rows else "") + counts, "scribeloop serve")
