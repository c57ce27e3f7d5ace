"""``scribeloop model``: models, from base to merged. Other modules add their own commands to this group."""

import dataclasses
from pathlib import Path
from typing import Any

import click

from annotations import BadInput, Model
from pipeline.hf_jobs import FLAVOR, TIMEOUT, elsewhere
from pipeline.run_files import Run
from pipeline.runs import follow, start_run
from pipeline.train_config import TrainConfig, config_from
from pipeline.train_toml import as_toml, read_toml
from pipeline.workspace import Workspace

from .shell import Answer, command, say, table


@click.group("model")
def model() -> None:
    """List, train, evaluate, promote and merge models."""


@command(model, "list", example="scribeloop model list")
@click.option("--kind", type=click.Choice(["base", "adapter", "merged"]), help="Only these.")
def list_all(workspace: Workspace, kind: str | None) -> Answer:
    """List the models of this workspace, oldest first."""
    with workspace.store() as store:
        found = store.list_models(kind=kind)
    rows = [_row(each) for each in found]
    return Answer(found, table(rows, "No model yet; writing notes or training fetches the default one."))


@command(model, "train", example="scribeloop model train ROUND1 --base smollm2-135m --epochs 3 --follow")
@click.argument("dataset", required=False)
@click.option("--config", "file", type=click.Path(path_type=Path), help="A TOML file with the settings; options go before it.")
@click.option("--show-config", is_flag=True, help="Print all settings as such a file, and start nothing.")
@click.option("--base", metavar="ID", help="A model id, a folder or a Hub name (default: the demo model).")
@click.option("--name", metavar="NAME", help="What to call the new model.")
@click.option("--epochs", type=float, help="How often every row is read (default: 3).")
@click.option("--rank", type=int, help="Rank of the LoRA matrices (default: 16).")
@click.option("--lr", type=float, help="The learning rate (default: 0.0003).")
@click.option("--batch", type=int, help="Rows per optimiser step (default: 2).")
@click.option("--seed", type=int, help="For the order of rows and the first weights (default: 17).")
@click.option("--max-steps", type=int, help="Stop after this many steps, whatever --epochs says.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Any other training setting; may be repeated.")
@click.option("--on", type=click.Choice(["hf-jobs"]), help="Train in a job of the Hugging Face Hub, paid by the minute.")
@click.option("--repo", metavar="OWNER/NAME", help="With --on: the private dataset repository that the run travels by.")
@click.option("--flavor", metavar="NAME", help=f"With --on: the Hub's name of the machine (default: {FLAVOR}).")
@click.option("--timeout", metavar="TIME", help=f"With --on: when the job is ended at the latest (default: {TIMEOUT}).")
@click.option("--follow/--detach", "following", default=False, help="Show progress until the run ends, or return at once.")
def train(
    workspace: Workspace,
    dataset: str | None,
    file: Path | None,
    show_config: bool,
    base: str | None,
    name: str | None,
    settings: tuple[str, ...],
    following: bool,
    on: str | None,
    repo: str | None,
    flavor: str | None,
    timeout: str | None,
    **more: Any,
) -> Answer:
    """Train a LoRA adapter on DATASET in a process of its own, which lives on when this window closes.

    With --on hf-jobs the training happens in a job on the Hub: dataset, base and this program's source go into the private
    repository named by --repo, and the adapter comes back. Encounters not marked as invented are refused."""
    from pipeline.models import resolve_base

    if not on and (repo or flavor or timeout):
        raise BadInput("--repo, --flavor and --timeout are for a training in a job; add --on hf-jobs, or leave them out.")
    inputs, saved = read_toml(file) if file else ({}, {})
    config = _config(saved, settings, more)
    inputs |= {key: value for key, value in (("dataset", dataset), ("base", base), ("name", name)) if value}
    if show_config:
        return Answer(dataclasses.asdict(config) | inputs, as_toml(config, **inputs).rstrip())
    if "dataset" not in inputs:
        raise BadInput("Name the dataset to learn from: scribeloop model train DATASET, or one in the --config file.")
    base_id = resolve_base(workspace, inputs.get("base"), say).id
    where = elsewhere(repo, flavor, timeout) if on else None
    run = start_run(workspace, inputs["dataset"], base_id, config, inputs.get("name"), queue=True, elsewhere=where)
    return followed(workspace, run) if following else started(run)


def started(run: Run) -> Answer:
    """What to say of a run that was just started or resumed."""
    if run.status == "failed":
        raise BadInput(f"Run {run.id} failed. {run.error}")
    does = "waits for its turn" if run.status == "queued" else "has started"
    return Answer(run, f"Run {run.id} {does}; it will make the model {run.name}.", f"scribeloop runs show {run.id}")


def followed(workspace: Workspace, run: Run) -> Answer:
    """Show the run's progress on stderr until it ends; Ctrl-C stops the showing, not the run."""
    say(f"Run {run.id}. Ctrl-C stops this display only; to stop the run: scribeloop runs cancel {run.id}")
    try:
        run = follow(workspace, run.id, lambda seen: say(progress(seen)))
    except KeyboardInterrupt:
        say("")
        return Answer(run, f"Run {run.id} goes on without this display.", f"scribeloop runs show {run.id}")
    if run.status in ("failed", "interrupted"):
        raise BadInput(f"Run {run.id} {'failed' if run.status == 'failed' else 'was interrupted'}. {run.error}")
    if run.status == "cancelled":
        return Answer(run, f"Run {run.id} was cancelled at step {run.step} of {run.steps}.", f"scribeloop runs resume {run.id}")
    return Answer(run, f"Run {run.id} is done: model {run.name}.", f"scribeloop notes generate --model {run.name}")


def progress(run: Run) -> str:
    """One line on how far a run is."""
    if run.status == "queued":
        return "queued: waiting until the training before it has ended"
    if run.loss is None:
        return f"{run.status}: reading the dataset and loading the base model"
    left = "" if run.eta_seconds is None else f", {duration(run.eta_seconds)} left"
    return f"{run.status}: step {run.step} of {run.steps}, loss {run.loss:.4f}, {run.tokens_per_second:.0f} tokens/s{left}"


def duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


def _row(model: Model) -> dict[str, Any]:
    return {
        "model": model.id, "kind": model.kind, "status": model.status, "base": model.base_id, "run": model.run_id,
        "name": model.name, "registered": model.created[:16],
    }  # fmt: skip


def _config(saved: dict[str, Any], settings: tuple[str, ...], more: dict[str, Any]) -> TrainConfig:
    """The config from a file's settings, the named options and ``--set``, each value read as the setting's own type."""
    kinds = {field.name: type(field.default) for field in dataclasses.fields(TrainConfig)}
    chosen = saved | {name: value for name, value in more.items() if value is not None}
    for word in settings:
        name, sign, text = word.partition("=")
        if not sign or name not in kinds:
            raise BadInput(f"--set {word!r} is not understood; expected NAME=VALUE with one of {', '.join(sorted(kinds))}.")
        chosen[name] = _value(kinds[name], name, text)
    return config_from(chosen)


def _value(kind: type, name: str, text: str) -> Any:
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise BadInput(f"--set {name}={text} is not understood; expected true or false.")
        return text.lower() == "true"
    try:
        return kind(text)
    except ValueError:
        raise BadInput(f"--set {name}={text} is not understood; expected a number.") from None
