"""``scribeloop reviews``: what reviewers found."""

import click

from annotations import Reviews
from pipeline.workspace import Workspace

from .shell import Answer, command, table


@click.group("reviews")
def reviews() -> None:
    """List what reviewers marked, rated and corrected."""


@command(reviews, "list", example="scribeloop reviews list --status submitted")
@click.option("--status", type=click.Choice(["draft", "submitted"]), help="Only these.")
def list_reviews(workspace: Workspace, status: str | None) -> Answer:
    """List reviews, oldest first, with the number of marks and corrections in each."""
    with workspace.store() as store:
        desk = Reviews(store)
        rows = [_row(desk.state(review.id)) for review in desk.list_reviews(status=status)]
    return Answer(rows, table(rows, "No review yet; open one with: scribeloop serve"), "scribeloop dataset build ROUND1")


def _row(state) -> dict:
    review = state.review
    return {
        "review": review.id, "encounter": review.encounter_id, "title": state.encounter.title, "split": state.encounter.split,
        "reviewer": review.reviewer_id, "status": review.status, "version": review.version, "errors": len(state.spans),
        "omissions": len(state.omissions), "corrected": len({c.output_id for c in state.corrections}),
        "preference": review.preference, "cannot_judge": review.cannot_judge,
    }  # fmt: skip
