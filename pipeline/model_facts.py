"""What is recorded of a model's making, for reports and cards."""

import json
from typing import Any

from annotations import Model

from .run_files import RUN_FILE
from .workspace import Workspace


def model_facts(workspace: Workspace, model: Model) -> dict[str, Any]:
    """Name, kind, base and hashes; of a trained one also its dataset, settings and length of training, as its run recorded them.
    ``run`` is None for a model without a run, or whose run's folder is gone."""
    facts = {key: getattr(model, key) for key in ("name", "kind", "weights_sha256", "base_id", "base_sha256", "licence")}
    path = workspace.runs / model.run_id / RUN_FILE if model.run_id else None
    if path is None or not path.is_file():
        return facts | {"run": None}
    run = json.loads(path.read_text(encoding="utf-8"))
    wanted = (
        "id", "dataset", "replay", "config", "seed", "step", "steps", "epoch", "tokens_seen", "prompt_hash", "versions",
        "command",
    )  # fmt: skip
    return facts | {"run": {key: run.get(key) for key in wanted}}
