"""From corrections to a new adapter: datasets, the command, the run and what it says while it goes on."""

import json
import shlex
from typing import Any

from annotations import ScribeloopError
from exports.datasets import build_dataset, list_datasets
from pipeline import runs
from pipeline.run_files import EVAL_FILE, LOG_FILE, METRICS_FILE, Run
from pipeline.train_config import TrainConfig
from pipeline.workspace import Workspace


class RetrainDesk:
    """What the retrain page does; the runs themselves live in processes of their own and in their folders."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def datasets(self) -> list[tuple[str, str]]:
        """Label and name of every dataset, newest first."""
        found = reversed(list_datasets(self.workspace))
        return [(f"{m['name']} · {m['counts']['rows']} pairs from {m['from']}", m["name"]) for m in found]

    def build(self, name: str, source: str) -> str:
        """Build a dataset and say in one sentence what is in it; a failure the user can mend is the sentence."""
        try:
            manifest = build_dataset(self.workspace, name.strip(), source)
        except ScribeloopError as error:
            return str(error)
        counts = manifest["counts"]
        left = f"; {counts['left_out']} left out because they are not for training" if counts["left_out"] else ""
        return f"Dataset {manifest['name']}: {counts['rows']} pairs of {counts['encounters']} encounters{left}."

    def command(self, dataset: str | None, base: str, name: str, epochs: float, rank: int, lr: float) -> str:
        """The same run as a command, with only what differs from the defaults."""
        defaults = TrainConfig()
        words = ["scribeloop", "model", "train", dataset or "DATASET", "--base", base]
        words += ["--name", name.strip()] if name.strip() else []
        for option, value in (("epochs", epochs), ("rank", rank), ("lr", lr)):
            if value != getattr(defaults, option):
                words += [f"--{option}", f"{value:g}"]
        return shlex.join(words)

    def start(self, dataset: str, base: str, name: str, epochs: float, rank: int, lr: float) -> Run:
        from pipeline.models import resolve_base

        model = resolve_base(self.workspace, base, lambda text: None)
        config = TrainConfig(epochs=float(epochs), rank=int(rank), alpha=2 * int(rank), lr=float(lr))
        return runs.start_run(self.workspace, dataset, model.id, config, name.strip() or None, queue=True)

    def bases(self) -> list[str]:
        from pipeline.sources import default_entry

        with self.workspace.store() as store:
            known = [model.id for model in store.list_models() if model.kind != "adapter"]
        return list(dict.fromkeys([default_entry(), *known]))

    def runs(self) -> list[Run]:
        """Newest first."""
        return sorted(runs.list_runs(self.workspace), key=lambda run: run.created, reverse=True)

    def get(self, run_id: str) -> Run:
        return runs.get_run(self.workspace, run_id)

    def compare(self, run_id: str, other: str) -> dict[str, Any]:
        """As a listing: the settings in which two runs differ, then what came of each."""
        found = runs.compare_runs(self.workspace, (run_id, other))
        rows = [
            [key.replace("_", " "), *map(_cell, values)]
            for part in ("settings", "results")
            for key, values in found[part].items()
            if key != "name" and any(value is not None for value in values)
        ]
        return {"columns": ["Setting or result", *found["results"]["name"]], "rows": rows, "empty": ""}

    def log(self, run_id: str, lines: int = 40) -> str:
        path = self.workspace.runs / run_id / LOG_FILE
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def curve(self, run_id: str) -> list[dict[str, Any]]:
        """One row per optimiser step: step, loss, lr, grad_norm, seconds, tokens."""
        return self._lines(run_id, METRICS_FILE)

    def epochs(self, run_id: str) -> list[dict[str, Any]]:
        """One row per epoch: step, epoch, eval_loss, sample (the beginning of a note, or None)."""
        return self._lines(run_id, EVAL_FILE)

    def _lines(self, run_id: str, file: str) -> list[dict[str, Any]]:
        path = self.workspace.runs / run_id / file
        if not path.exists():
            return []
        # The last line may be half written while the trainer goes on.
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
