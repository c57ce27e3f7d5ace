"""Notes that others made, in files, scored against reference notes in files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from annotations import BadInput

from .dataset_files import file_sha256
from .metrics import GROUPS, Case, Metric, by_group, by_section, means, read_cases, score_notes, section_scores
from .report import data_hash, made_now
from .workspace import Workspace

Say = Callable[[str], None]
BY = ("section", *GROUPS)


def score_files(
    workspace: Workspace,
    references: Path,
    predictions: Path,
    metrics: Sequence[Metric],
    by: Sequence[str] = (),
    say: Say = lambda text: None,
    command: str = "",
) -> dict[str, Any]:
    """``n``, ``metrics`` (mean and 95 % interval of each), ``cases`` (each note's scores), the parts that ``by`` names (some of
    BY), the metrics' ``settings``, ``remarks`` on what would mislead, the ``files`` by hash and how it was ``made``.

    Scores are remembered in the workspace's cache, so that a second run costs nothing.
    """
    cases = read_cases(references, predictions)
    _check_groups(cases, by, references)
    texts = [case.reference for case in cases], [case.prediction for case in cases]
    cache = workspace.cache / "scores"
    scores = score_notes(metrics, *texts, [case.id for case in cases], cache, say)
    found = {
        "n": len(cases),
        "metrics": means(scores),
        "cases": [{"id": case.id, **row} for case, row in zip(cases, scores, strict=True)],
    }
    if "section" in by:
        sections = section_scores(metrics, *texts, cache, say)
        found["by_section"] = by_section(sections)
    for group in GROUPS:
        if group in by:
            found[f"by_{group}"] = by_group(scores, [case.groups.get(group) for case in cases])
    return found | {
        "settings": {metric.name: metric.details() for metric in metrics},
        "remarks": _remarks(cases, scores),
        "files": {path.name: file_sha256(path) for path in (references, predictions)},
        "made": vars(made_now(command, data_hash([case[:3] for case in cases]))),
    }


def _check_groups(cases: list[Case], by: Sequence[str], references: Path) -> None:
    unknown = [name for name in by if name not in BY]
    if unknown:
        raise BadInput(f"Scores cannot be shown by {', '.join(unknown)}; expected some of {', '.join(BY)}.")
    for name in by:
        if name in GROUPS and not any(name in case.groups for case in cases):
            raise BadInput(
                f"{references.name} has no column {' or '.join(GROUPS[name])}, so there are no scores by {name}; add it."
            )


def _remarks(cases: list[Case], scores: list[dict[str, float]]) -> list[str]:
    remarks = []
    empty = [case.id for case in cases if not case.prediction.strip()]
    if empty:
        remarks.append(f"{_counted(empty, len(cases))} empty and score 0.")
    missing = [case.id for case in cases if case.prediction.strip().lower() in ("nan", "none", "null")]
    if missing:
        remarks.append(f"{_counted(missing, len(cases))} a word for a missing value and scored as it stands.")
    cut = sum(row.get("bertscore_cut", 0) > 0 for row in scores)
    if cut:
        remarks.append(
            f"BERTScore read only the beginning of {cut} of {len(cases)} notes or references: they are longer than its model."
        )
    return remarks


def _counted(ids: list[str], n: int) -> str:
    named = ", ".join(ids[:3]) + (" and others" if len(ids) > 3 else "")
    return f"{len(ids)} of {n} predictions ({named}) {'is' if len(ids) == 1 else 'are'}"
