"""The metrics that people name, ready to score with."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from annotations import BadInput
from pipeline.sources import MODEL_DIR
from pipeline.workspace import Workspace

from .bert_model import DEFAULT_BERT, LAYERS, bert_model, hub_repo
from .bertscore import BertScore
from .bleurt import Bleurt
from .rouge import Rouge
from .scoring import Metric

METRICS = ("rouge", "bertscore", "bleurt")


def chosen_metrics(workspace: Workspace, names: Sequence[str], bert: str | None, say: Callable[[str], None]) -> list[Metric]:
    """In the order of METRICS; ``bert`` is what BERTScore compares with, a folder or a name. BadInput for a name that is none,
    Unavailable, with the way to get it, for a metric that cannot run here."""
    unknown = [name for name in names if name not in METRICS]
    if unknown or not names:
        raise BadInput(f"There is no metric {', '.join(unknown) or 'named'}; expected some of {', '.join(METRICS)}.")
    if bert and "bertscore" not in names:
        raise BadInput(
            f"A model for BERTScore was named ({bert}) and bertscore is not among the metrics; add it, or drop it."
        )
    made = {"rouge": Rouge, "bertscore": lambda: BertScore(bert_model(workspace, bert, say)), "bleurt": Bleurt}
    return [made[name]() for name in METRICS if name in names]


def bert_at_hand(workspace: Workspace) -> str | None:
    """The best-known encoder that is on this machine already, so that BERTScore needs no network; None when none is."""
    folders = [workspace.cache / "models"]
    folders += [Path(os.environ[MODEL_DIR]).expanduser()] if os.environ.get(MODEL_DIR) else []
    for name in (DEFAULT_BERT, "microsoft/deberta-xlarge-mnli", *LAYERS):
        entry = hub_repo(name).replace("/", "--")
        if any((folder / entry / "config.json").is_file() for folder in folders):
            return name
    return None
