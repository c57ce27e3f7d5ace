"""``scribeloop dataset``: corrected pairs as files."""

from typing import Any

import click

from annotations import SPLITS
from exports.datasets import KINDS, SOURCES, build_dataset, list_datasets
from pipeline.dataset_files import read_manifest
from pipeline.workspace import Workspace

from .shell import Answer, command, table


@click.group("dataset")
def dataset() -> None:
    """Turn submitted reviews, or reference notes, into training pairs."""


@command(dataset, "build", example="scribeloop dataset build ROUND1 --from reviews")
@click.argument("name")
@click.option("--from", "source", type=click.Choice(SOURCES), default="reviews", show_default=True, help="Where notes come from.")
@click.option("--kind", type=click.Choice(KINDS), default="sft", show_default=True, help="preference has the model's note too.")
@click.option("--source", "where_source", metavar="NAME", help="Only encounters of this source.")
@click.option("--specialty", metavar="NAME", help="Only encounters of this specialty.")
@click.option("--without", multiple=True, metavar="ENCOUNTER", help="Leave this encounter out; may be repeated.")
@click.option("--split", type=click.Choice(SPLITS), default="train", show_default=True, help="Only train is allowed.")
def build(workspace: Workspace, name: str, **options: Any) -> Answer:
    """Write the dataset NAME; dev and test encounters are always left out, and named."""
    manifest = build_dataset(workspace, name, **options)
    there = "is there already, with the same content:" if manifest.get("unchanged") else "has"
    lines = [f"Dataset {name} {there} {_count(manifest['counts'])}."]
    lines += [f"  left out {entry['encounter_id']}: {entry['why']}" for entry in manifest["left_out"]]
    next_step = "model train" if manifest["kind"] == "sft" else "dataset show"
    return Answer(manifest, "\n".join(lines), f"scribeloop {next_step} {name}")


@command(dataset, "list", example="scribeloop dataset list")
def list_all(workspace: Workspace) -> Answer:
    """List datasets, oldest first."""
    found = list_datasets(workspace)
    rows = [
        {"dataset": m["name"], "kind": m["kind"], "from": m["from"], "rows": m["counts"]["rows"], "built": m["created"][:16]}
        for m in found
    ]
    return Answer(found, table(rows, "No dataset yet; build one with: scribeloop dataset build ROUND1"))


@command(dataset, "show", example="scribeloop dataset show ROUND1")
@click.argument("name")
def show(workspace: Workspace, name: str) -> Answer:
    """Show what dataset NAME was made from and what it holds."""
    manifest = read_manifest(workspace, name)
    file, facts = next(iter(manifest["files"].items()))
    lines = [
        f"{name}: {manifest['kind']} from {manifest['from']}, built {manifest['created'][:16]}",
        f"  {_count(manifest['counts'])}, {facts['bytes']} bytes in {file}, sha256 {facts['sha256']}",
        f"  made by: {manifest['command']}",
        *(f"  left out {entry['encounter_id']}: {entry['why']}" for entry in manifest["left_out"]),
    ]
    return Answer(manifest, "\n".join(lines), f"scribeloop model train {name}")


def _count(counts: dict[str, Any]) -> str:
    rows = f"{counts['rows']} row{'s' if counts['rows'] != 1 else ''}"
    return f"{rows} from {counts['encounters']} encounter{'s' if counts['encounters'] != 1 else ''} ({counts['real']} real)"
