"""The whole of ``scribeloop model evaluate``: write what is missing, score it, and put the report where its model is at home."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations import Damaged, Model, NotFound, sha256

from .evaluate import check_asked, evaluate
from .evaluate_notes import write_missing
from .metrics import Metric, bert_at_hand, chosen_metrics
from .models import named
from .notes import Say
from .report import as_html, summary, write_files
from .run_files import RUN_FILE
from .workspace import Workspace

REPORT = "report.json"
LEFT_OUT = (
    "BERTScore is left out: no encoder for it is on this machine. To have it, name a model folder or a Hub model, which is "
    "fetched once: --bert-model roberta-large (1.4 GB), or --bert-model FOLDER."
)


def report_on(
    workspace: Workspace,
    model_id: str,
    say: Say,
    split: str = "dev-a",
    against: str | None = None,
    metrics: Sequence[str] = (),
    bert: str | None = None,
    wished: float | None = None,
    write: bool = True,
    final: bool = False,
    limit: int | None = None,
    source: str | None = None,
    max_new_tokens: int | None = None,
    long: str = "refuse",
    engine: str = "transformers",
    batch: int | None = None,
    command: str = "",
) -> tuple[dict[str, Any], Path]:
    """The report and the folder that now holds it as ``report.json``, ``report.html`` and ``report.md``.

    Without ``metrics`` it is ROUGE, and BERTScore where ``bert`` names an encoder or this machine has one; the report says so
    when not. ``write`` has the models write the notes that are missing.
    """
    model_id, against = named(workspace, model_id), named(workspace, against)
    names = check_asked(model_id, against, split, final, wished)
    chosen, left_out = _metrics(workspace, metrics, bert, say)
    writing = (split, final, limit, source, max_new_tokens, long, engine, batch)
    written = write_missing(workspace, names, say, *writing) if write else []
    report = evaluate(workspace, model_id, split, against, final, limit, source, chosen, wished, say, command)
    refused = {id: why for each in written for id, why in each.refused.items()}
    report |= {"left_out": left_out, "refused": refused}
    with workspace.store() as store:
        folder = report_folder(workspace, store.get_model(model_id))
    text = json.dumps(report, indent=1, ensure_ascii=False)
    files = {REPORT: text, "report.html": as_html(report), "report.md": summary(report)}
    write_files(folder, {name: content.encode() for name, content in files.items()})
    return report, folder


def report_folder(workspace: Workspace, model: Model) -> Path:
    """The folder of the run that made the model; ``reports/MODEL`` in the workspace for one without a run of its own."""
    if model.run_id and (workspace.runs / model.run_id / RUN_FILE).is_file():
        return workspace.runs / model.run_id
    return workspace.reports / _tame(model.id)


def _tame(id: str) -> str:
    """The id where it can be a folder's name on every platform, else one like it."""
    tame = re.sub(r"[^A-Za-z0-9._-]", "-", id)[:64].strip(".")
    return id if tame == id else f"{tame[:50]}-{sha256(id)[:8]}"


def find_report(workspace: Workspace, model: Model) -> Path | None:
    """The file of the latest report on the model, None before the first."""
    path = report_folder(workspace, model) / REPORT
    return path if path.is_file() else None


def read_report(workspace: Workspace, model_id: str) -> dict[str, Any]:
    """The latest report on a model; NotFound says how to make one."""
    with workspace.store() as store:
        path = find_report(workspace, store.get_model(model_id))
    if path is None:
        raise NotFound(f"There is no report on {model_id} yet; make one with: scribeloop model evaluate {model_id}")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Damaged(f"{path} is not readable ({error}); make it again with: scribeloop model evaluate {model_id}") from error


def _metrics(workspace: Workspace, names: Sequence[str], bert: str | None, say: Say) -> tuple[list[Metric], list[str]]:
    """The metrics, and a sentence on what is left out."""
    if names:
        return chosen_metrics(workspace, names, bert, say), []
    encoder = bert or bert_at_hand(workspace)
    chosen = ["rouge", "bertscore"] if encoder else ["rouge"]
    return chosen_metrics(workspace, chosen, encoder, say), [] if encoder else [LEFT_OUT]
