"""``scribeloop hints``: what rules find in a note that its transcript does not hold, and the reverse."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from pipeline.hints import find_hints
from pipeline.hints.stored import SPLITS, hints_for_model
from pipeline.tables import read_text
from pipeline.workspace import Workspace

from .shell import Answer, command, table

_FILE = click.Path(path_type=Path)


@command(click.Group(), "hints", example="scribeloop hints note.txt transcript.txt")
@click.argument("note", type=_FILE, required=False)
@click.argument("transcript", type=_FILE, required=False)
@click.option("--model", metavar="ID", help="Instead of files: the notes that this model has stored.")
@click.option("--split", type=click.Choice(SPLITS), default="dev-a", show_default=True, help="With --model: of which encounters.")
@click.option("--source", metavar="NAME", help="With --model: only encounters of this source.")
@click.option("--wide", is_flag=True, help="With files: also amounts, symptoms and sides left out, often for good reason.")
def hints(
    workspace: Workspace, note: Path | None, transcript: Path | None, model: str | None, split: str, source: str | None,
    wide: bool,
) -> Answer:  # fmt: skip
    """Numbers, doses, medicines, sides and negations of NOTE that TRANSCRIPT does not hold, and what NOTE leaves out, by rules
    and without a model. A hint is a place to look at, not a verdict."""
    if model and not note:
        found = hints_for_model(workspace, model, split, source)
        return Answer(found, _rates(found))
    if model or not transcript:
        raise click.UsageError("Name a note's file and its transcript's file, or else a model with --model.")
    return _of_files(read_text(note), read_text(transcript), wide)


def _of_files(note: str, transcript: str, wide: bool) -> Answer:
    found = find_hints(transcript, note, wide)
    lines = [
        {"where": hint.where, "line": (note if hint.where == "note" else transcript).count("\n", 0, hint.start) + 1,
         "kind": hint.kind, "words": hint.quote.replace("\n", " ")[:40], "why": hint.message}
        for hint in found
    ]  # fmt: skip
    data = {"words": len(note.split()), "counts": dict(Counter(hint.kind for hint in found)), "hints": found}
    return Answer(data, table(lines, "The rules find nothing to look at."))


def _with(rates: dict[str, Any], name: str) -> str:
    """A rate with its interval."""
    if rates[name] is None:
        return "-"
    ends = rates[f"{name}_ci95"]
    return f"{rates[name]:.2f}" + (f" ({ends[0]:.2f} to {ends[1]:.2f})" if ends else "")


def _rates(found: dict[str, Any]) -> str:
    rows = [
        {"hints": name, "n": rates["hints"], "notes": rates["notes"], "per note": _with(rates, "per_note"),
         "per 100 words": _with(rates, "per_100_words")}
        for name, rates in found["kinds"].items()
    ]  # fmt: skip
    head = f"{found['model']} on {found['split']}: {found['n']} notes of {found['words_per_note']:.0f} words each on average"
    return f"{head}\n{table(rows, '')}"
