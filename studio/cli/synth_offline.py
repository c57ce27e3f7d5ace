"""The offline author at the command line: what ``scribeloop synth generate`` does without an endpoint, and ``synth plant``."""

from collections import Counter
from pathlib import Path

import click

from annotations import SPLITS
from pipeline.synthesis.offline import write_offline
from pipeline.synthesis.planted_files import plant_into
from pipeline.synthesis.planting import KINDS
from pipeline.transcripts import read_encounters
from pipeline.workspace import Workspace

from .shell import Answer, command, table
from .synth import synth


def offline_answer(workspace: Workspace, name: str | None, count: int, seed: int, specialty: str | None) -> Answer:
    """Write the set and say where it is and how varied."""
    name = name or f"offline-{specialty or 'all'}-{count}-seed{seed}".replace(" ", "-")
    manifest = write_offline(workspace, name, count, seed, specialty)
    encounters, diversity = workspace.datasets / name / "encounters.jsonl", manifest["diversity"]
    there = "is there already, with the same content:" if manifest.get("unchanged") else "has"
    text = (
        f"Dataset {name} {there} {manifest['counts']['rows']:,} encounters, {manifest['replaced']} drafts replaced; the two most "
        f"alike share {diversity['highest_overlap']:.0%} of their {diversity['run']}-word runs. They are stored here as "
        f"encounters to train on; to import them elsewhere: {encounters}"
    )
    return Answer(manifest, text, f"scribeloop model train {name}")


@command(synth, "plant", example="scribeloop synth plant encounters.jsonl --to planted.jsonl --errors 3 --kind number")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The JSON Lines file to write.")
@click.option("--errors", type=click.IntRange(min=0), default=3, show_default=True, metavar="N", help="How many in each note.")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; may be repeated (default: all).")
@click.option("--seed", type=int, default=1, show_default=True, metavar="N", help="Another seed plants other errors.")
@click.option("--split", type=click.Choice(SPLITS), help="The split, where PATH does not say it.")
def plant_command(
    workspace: Workspace, path: Path, to: Path, errors: int, kinds: tuple[str, ...], seed: int, split: str | None
) -> Answer:
    """Plant known hallucinations and omissions into the reference notes of PATH, and write each note with the exact places."""
    planted = plant_into(read_encounters(path, split=split), to, seed, errors, kinds or KINDS)
    counts = Counter((error.kind, error.severity) for _, one in planted for error in one.errors)
    missing = sum(len(one.missing) for _, one in planted)
    rows = [{"kind": kind, "severity": severity, "planted": number} for (kind, severity), number in sorted(counts.items())]
    text = f"{to}: {len(planted)} notes, {counts.total()} errors, {missing} for which a note had no place.\n"
    return Answer({"file": str(to), "notes": len(planted), "errors": rows, "missing": missing}, text + table(rows, "No errors."))
