"""``scribeloop reviews``: what reviewers found."""

from pathlib import Path

import click

from annotations import SPLITS, Reviews
from exports.reviews import FORMATS, export_reviews, import_reviews
from pipeline.workspace import Workspace

from .shell import Answer, command, table


@click.group("reviews")
def reviews() -> None:
    """List, export and import what reviewers marked, rated and corrected."""


@command(reviews, "list", example="scribeloop reviews list --status submitted")
@click.option("--status", type=click.Choice(["draft", "submitted"]), help="Only these.")
def list_reviews(workspace: Workspace, status: str | None) -> Answer:
    """List reviews, oldest first, with the number of marks and corrections in each."""
    with workspace.store() as store:
        desk = Reviews(store)
        rows = [_row(desk.state(review.id)) for review in desk.list_reviews(status=status)]
    return Answer(rows, table(rows, "No review yet; open one with: scribeloop serve"), "scribeloop dataset build ROUND1")


@command(reviews, "export", example="scribeloop reviews export reviews.jsonl")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", type=click.Choice(FORMATS), help="JSONL or CSV, where FILE's ending does not say it.")
def export(workspace: Workspace, file: Path, format: str | None) -> Answer:
    """Write all encounters, notes and reviews to FILE (.jsonl), or to a folder of CSV files, with a data dictionary.

    Transcripts are in it: keep it like them. Models are named, their weights stay here.
    """
    made = export_reviews(workspace, file, format)
    counts = ", ".join(f"{count:,} {kind.replace('_', ' ')}s" for kind, count in made["counts"].items())
    text = f"Wrote {counts} to {made['path']}; the data dictionary is {made['dictionary']}."
    return Answer(made, text, f"scribeloop reviews import {file} --home ANOTHER")


@command(reviews, "import", example="scribeloop reviews import reviews.jsonl --as rivera")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", type=click.Choice(FORMATS), help="Where FILE is not plainly a JSONL file or a folder of CSV files.")
@click.option("--as", "local_is", metavar="USER", help="Count FILE's local reviewer as this user; every machine has a `local`.")
@click.option("--split", type=click.Choice(SPLITS), help="The split of new encounters for which FILE says none (a page's).")
def import_(workspace: Workspace, file: Path, format: str | None, local_is: str | None, split: str | None) -> Answer:
    """Take in an export, or what a browser page saved: all of it, or nothing when anything is wrong; twice changes nothing."""
    taken = import_reviews(workspace, file, format, local_is, split)
    new = ", ".join(f"{count:,} {kind.replace('_', ' ')}{'s' * (count > 1)}" for kind, count in taken.added.items()) or "nothing"
    text = f"{file}: {new} new, {sum(taken.known.values()):,} there already."
    return Answer(taken, text, "scribeloop reviews list")


def _row(state) -> dict:
    review = state.review
    return {
        "review": review.id, "encounter": review.encounter_id, "title": state.encounter.title, "split": state.encounter.split,
        "reviewer": review.reviewer_id, "status": review.status, "version": review.version, "errors": len(state.spans),
        "omissions": len(state.omissions), "corrected": len({c.output_id for c in state.corrections}),
        "preference": review.preference, "cannot_judge": review.cannot_judge,
    }  # fmt: skip
