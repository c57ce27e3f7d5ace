"""``scribeloop transcripts``: bring encounters in, and see what is there."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from annotations import SPLITS, Encounter
from pipeline.demo import SOURCE, demo_encounters
from pipeline.transcripts import FORMATS, read_encounters, remarks
from pipeline.workspace import Workspace

from .shell import Answer, command, say, table


@click.group("transcripts")
def transcripts() -> None:
    """Import transcripts and list them."""


@command(transcripts, "import", example="scribeloop transcripts import valid.csv --split dev")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--format", type=click.Choice(["auto", *FORMATS]), default="auto", show_default=True, help="What PATH holds.")
@click.option("--split", type=click.Choice(SPLITS), help="The split, where PATH does not say it.")
@click.option("--source", metavar="NAME", help="Where the encounters come from (default: what the file or its format says).")
@click.option("--synthetic", is_flag=True, help="The encounters are invented; unlabelled ones count as real.")
def import_(
    workspace: Workspace, path: Path, format: str, split: str | None, source: str | None, synthetic: bool
) -> Answer:
    """Import the encounters of a file or folder: all of them, or none when anything is wrong with one."""
    return _store(workspace, read_encounters(path, format, split, source, synthetic or None), str(path))


@command(transcripts, "demo", example="scribeloop transcripts demo")
def demo(workspace: Workspace) -> Answer:
    """Import the invented encounters that ship with the project; a second time changes nothing."""
    return _store(workspace, demo_encounters(), SOURCE)


@command(transcripts, "list", example="scribeloop transcripts list --split dev")
@click.option("--split", type=click.Choice(SPLITS), help="Only this split.")
@click.option("--source", metavar="NAME", help="Only this source.")
def list_(workspace: Workspace, split: str | None, source: str | None) -> Answer:
    """List the stored encounters, without their texts."""
    with workspace.store() as store:
        found = [_line(encounter) for encounter in store.list_encounters(split=split, source=source)]
    shown = ("id", "split", "source", "external_id", "specialty", "characters", "title")
    short = [{key: line[key] for key in shown} for line in found]
    return Answer(found, table(short, "There are no such encounters yet: scribeloop transcripts import PATH"))


def _store(workspace: Workspace, encounters: list[Encounter], place: str) -> Answer:
    with workspace.store() as store:
        added = store.add_encounters(encounters)
    splits = dict(Counter(encounter.split for encounter in encounters))
    notes = remarks(encounters)
    for note in notes:
        say(note)
    source, known = ", ".join(sorted({encounter.source for encounter in encounters})), len(encounters) - len(added)
    data = {
        "path": place, "source": source, "read": len(encounters), "added": len(added), "known": known, "splits": splits,
        "ids": [encounter.id for encounter in encounters], "remarks": notes,
    }  # fmt: skip
    counts = ", ".join(f"{count} {split}" for split, count in splits.items())
    text = f"{place}: {len(encounters)} encounters ({counts}) as {source}; {len(added)} new, {known} there already."
    return Answer(data, text, "scribeloop transcripts list")


def _line(encounter: Encounter) -> dict[str, Any]:
    return {
        "id": encounter.id, "source": encounter.source, "external_id": encounter.external_id, "split": encounter.split,
        "specialty": encounter.specialty, "synthetic": encounter.synthetic, "title": encounter.title,
        "characters": len(encounter.transcript), "reference": encounter.reference is not None,
    }  # fmt: skip
