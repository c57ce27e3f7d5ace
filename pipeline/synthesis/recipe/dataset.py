"""The result of a run as a dataset folder: rows to train on, the encounters to import, a manifest, and a card made from it."""

import json
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from annotations import Conflict, Encounter, Unavailable, now, sha256
from pipeline.dataset_files import TRAIN_FILE, check_name, read_manifest
from pipeline.endpoints import Spent
from pipeline.versions import versions
from pipeline.workspace import Workspace

from ..duplicates import RUN, NearDuplicates
from ..scenarios import as_dict, factor_counts
from .run import Made, Run

ENCOUNTERS_FILE, CARD = "encounters.jsonl", "README.md"


def write_dataset(
    workspace: Workspace, name: str, run: Run, made: list[Made], spent: Spent, remarks: list[str], command: str
) -> dict[str, Any]:
    """Write ``datasets/<name>/`` whole or not at all and return its manifest; a second time with the same rows it returns the one
    that is there, with ``unchanged`` set. Conflict when the name holds something else."""
    check_name(name, "The dataset name")
    files = {
        TRAIN_FILE: _lines(_row(run, one) for one in made), ENCOUNTERS_FILE: _lines(_encounter_line(run, one) for one in made),
    }  # fmt: skip
    manifest = _manifest(name, run, made, files, spent, remarks, command)
    there = workspace.datasets / name
    if there.exists():
        stored = read_manifest(workspace, name)
        if stored["files"] == manifest["files"]:
            return stored | {"unchanged": True}
        raise Conflict(f"There is already a dataset {name!r} with other content; nothing was changed. Take another --name.")
    return _write(there, files, manifest)


def _encounter(run: Run, one: Made) -> Encounter:
    scores = {"transcript": one.written.transcript_scores, "note": one.written.note_scores}
    return Encounter(
        f"synth-{run.folder.name}", one.case, one.written.transcript, "train", one.written.note, one.scenario.specialty, True,
        f"{one.scenario.condition.capitalize()}, {one.scenario.visit}",
        {"scenario": as_dict(one.scenario), "scores": scores, "written_by": run.endpoint.model},
    )  # fmt: skip


def _row(run: Run, one: Made) -> dict[str, Any]:
    """The keys of every other dataset's rows, so that training and viewers read it alike."""
    encounter = _encounter(run, one)
    return {
        "encounter_id": encounter.id, "transcript": encounter.transcript, "note": encounter.reference, "from": "synthesis",
        "review_id": None, "output_id": None, "rejected": None, "synthetic": True, "specialty": encounter.specialty,
    }  # fmt: skip


def _encounter_line(run: Run, one: Made) -> dict[str, Any]:
    """What ``transcripts import`` reads, with the scenario and the scores beside it."""
    encounter = _encounter(run, one)
    return {
        "id": encounter.external_id, "transcript": encounter.transcript, "reference": encounter.reference, "split": "train",
        "specialty": encounter.specialty, "synthetic": True, "title": encounter.title, **encounter.meta,
    }  # fmt: skip


def _lines(rows: Any) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _manifest(
    name: str, run: Run, made: list[Made], files: dict[str, str], spent: Spent, remarks: list[str], command: str
) -> dict[str, Any]:
    seen = NearDuplicates()
    for one in made:
        seen.add(one.case, one.written.transcript)
    about = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    return {
        "name": name, "kind": "sft", "from": "synthesis", "created": now(),
        "files": {file: {"sha256": sha256(text), "rows": len(made), "bytes": len(text.encode())} for file, text in files.items()},
        "counts": {
            "rows": len(made), "encounters": len(made), "real": 0, "left_out": run.settings.count - len(made),
            "by_source": {f"synth-{run.folder.name}": len(made)},
            "by_specialty": dict(sorted(Counter(one.scenario.specialty for one in made).items())),
        },
        "split_ids": {"train": sorted(_encounter(run, one).id for one in made)},
        "left_out": [], "filters": {}, "run": about,
        "diversity": {"highest_overlap": round(seen.highest, 4), "run": RUN, **factor_counts([one.scenario for one in made])},
        "replaced": remarks,
        "spent": {
            "answers": spent.answered, "prompt_tokens": spent.prompt_tokens, "tokens": spent.tokens, "usd": round(spent.usd, 6),
        },
        "versions": versions("scribeloop", "openai"), "command": command,
    }  # fmt: skip


def card_text(manifest: dict[str, Any]) -> str:
    """The dataset's card, every figure from the manifest."""
    counts, run, spent = manifest["counts"], manifest["run"], manifest["spent"]
    settings, diversity = run["settings"], manifest["diversity"]
    head = "---\nlicense: other\nlanguage: en\ntags: [synthetic, clinical-notes]\n---\n"
    factors = "\n".join(
        f"| {factor} | {', '.join(f'{level} {count}' for level, count in levels.items())} |"
        for factor, levels in diversity.items() if isinstance(levels, dict)
    )  # fmt: skip
    return f"""{head}# {manifest["name"]}

{counts["rows"]:,} invented doctor-patient transcripts with clinical notes. No person in them exists, and nothing in them is
medical advice. They were written by the model `{run["model"]}` at {run["host"]}; what its licence asks of texts that it wrote
applies.

Each was planned, written, criticised and revised (at most {settings["rounds"]} rounds, passing score
{settings["pass_score"]} of 5), and its note likewise against the transcript. Highest overlap of two transcripts:
{diversity["highest_overlap"]} (Jaccard index of {diversity["run"]}-word runs). Replaced on the way: {len(manifest["replaced"])}.

| factor | encounters |
|---|---|
{factors}

Cost: {spent["answers"]:,} answers, {spent["prompt_tokens"]:,} tokens read and {spent["tokens"]:,} written,
{spent["usd"]:.2f} US dollars.

`train.jsonl` is for training, `encounters.jsonl` for `scribeloop transcripts import`, with each encounter's scenario and scores;
`manifest.json` has hashes, seed, prompts and versions. Made with: `{manifest["command"]}`
"""


def _write(folder: Path, files: dict[str, str], manifest: dict[str, Any]) -> dict[str, Any]:
    """Write beside the final place and rename, so that a dataset is there whole or not at all."""
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, text in (files | {CARD: card_text(manifest)}).items():
            (building / name).write_bytes(text.encode())
        (building / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        building.chmod(0o755)
        os.rename(building, folder)
    except OSError as error:
        raise Unavailable(f"The dataset could not be written ({error.strerror}); free some space at {folder.parent}.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return manifest
