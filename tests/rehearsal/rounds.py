"""One seed's way through the rounds: datasets, trainings and notes, each done once, so that a killed rehearsal goes on."""

import time
from pathlib import Path
from typing import Any

from annotations import Encounter, Model
from exports.datasets import build_dataset
from pipeline.models import resolve_base
from pipeline.notes import generate
from pipeline.runs import list_runs, resume_run, start_run, wait
from pipeline.train_config import TrainConfig
from pipeline.workspace import Workspace

VISITS, ORIGINAL = "visits", "original"


def rehearse(
    workspace: Workspace,
    encounters: list[Encounter],
    base: str,
    config: TrainConfig,
    rounds: list[int],
    all_rounds: int,
    most: int,
    at_once: int,
) -> None:
    """Train and write notes for each of ``rounds``; round n of N learns from the first n/N of the visits, and replays original
    data. The base writes its notes first."""
    with workspace.store() as store:
        store.add_encounters(encounters)
    base_model = resolve_base(workspace, base, print)
    visits = [one for one in encounters if one.source == VISITS and one.split == "train"]
    if config.replay:
        build_dataset(workspace, ORIGINAL, "references", where_source=ORIGINAL)
    generate(workspace, [base_model.id], print, max_new_tokens=most, batch=at_once)
    for number in rounds:
        later = [one.id for n, one in enumerate(visits) if n % all_rounds >= number]
        build_dataset(workspace, f"round{number}", "references", where_source=VISITS, without=later)
        train(workspace, f"round{number}", base_model, config)
        generate(workspace, [f"round{number}"], print, max_new_tokens=most, batch=at_once)


def train(workspace: Workspace, name: str, base: Model, config: TrainConfig) -> None:
    """Start, or go on with, the run that makes the model ``name``; raises when it does not end well."""
    known = [run for run in list_runs(workspace) if run.name == name]
    begun = known[-1] if known else start_run(workspace, name, base.id, config, name)
    if known and not begun.alive and begun.status != "done":
        begun = resume_run(workspace, begun.id)
    last = 0.0
    for run in wait(workspace, begun.id):
        if time.monotonic() - last > 20:
            last = time.monotonic()
            print(f"{name}: step {run.step} of {run.steps}, loss {run.loss}, {run.tokens_per_second} tokens/s", flush=True)
    if run.status != "done":
        log = (workspace.runs / run.id / "train.log").read_text(errors="replace")
        raise SystemExit(f"{name} {run.status}: {run.error}\n{log[-3000:]}")
    print(f"{name}: done, loss {run.loss:.4f}, {run.tokens_per_second} tokens/s, {run.peak_memory_mb} MB", flush=True)


def collected(workspace: Workspace, arm: str, seed: int) -> list[dict[str, Any]]:
    """Every note that the seed's models have written, with the reference beside it."""
    with workspace.store() as store:
        encounters = {one.id: one for one in store.list_encounters(split="dev")}
        found = [output for output in store.list_outputs() if output.encounter_id in encounters]
    return [
        {
            "arm": arm, "seed": seed, "model": output.model_id if output.model_id.startswith("round") else "base",
            "encounter": encounters[output.encounter_id].external_id, "id": output.encounter_id, "note": output.text,
            "tokens": output.tokens, "finish": output.finish_reason,
        }
        for output in found
    ]  # fmt: skip


def facts_of_runs(workspace: Workspace) -> list[dict[str, Any]]:
    """What each training was and took."""
    keys = ("id", "name", "status", "steps", "tokens_seen", "tokens_per_second", "loss", "started", "ended", "peak_memory_mb")
    return [{key: getattr(run, key) for key in keys} | {"command": run.command} for run in list_runs(workspace)]


def homes(folder: Path, arm: str, seed: int) -> Workspace:
    return Workspace(folder / f"{arm}-{seed}")
