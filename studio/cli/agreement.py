"""``scribeloop agreement``: how far raters agree, in files or among the reviewers of this workspace."""

from pathlib import Path
from typing import Any

import click

from annotations import LEVELS, rating_agreement, reviewer_agreement, span_agreement, study_labels
from pipeline.rated_files import read_ratings, read_spans
from pipeline.workspace import Workspace

from .shell import Answer, command, table

_FILE = click.Path(path_type=Path)


@command(click.Group(), "agreement", example="scribeloop agreement --ratings ratings.csv --level ordinal --json")
@click.option("--ratings", type=_FILE, help="CSV or JSON Lines with unit, rater, value; an empty value is a missing one.")
@click.option("--level", type=click.Choice(LEVELS), help="What the values are: names, ranks, or numbers on a scale.")
@click.option(
    "--spans", type=_FILE, nargs=2, metavar="GOLD OTHER", help="Two JSON Lines with doc, start, end (exclusive), label."
)
def agreement(workspace: Workspace, ratings: Path | None, level: str | None, spans: tuple[Path, Path] | None) -> Answer:
    """How far raters agree: alpha, kappa and AC1 of ratings, F1 of spans; without a file, of this workspace's reviewers."""
    if ratings and spans:
        raise click.UsageError("--ratings and --spans are two questions; ask one at a time.")
    if (ratings is None) != (level is None):
        raise click.UsageError("--ratings and --level go together: --ratings FILE --level nominal|ordinal|interval.")
    if ratings:
        found = rating_agreement(read_ratings(ratings), level)
        return Answer(found, _ratings_text(found))
    if spans:
        found = span_agreement(*(read_spans(path) for path in spans))
        return Answer(found, _spans_text(found))
    with workspace.store() as store:
        found = reviewer_agreement(store, labels=study_labels(workspace.home))
    return Answer(found, _reviewers_text(found))


def _ratings_text(found: dict[str, Any]) -> str:
    counts = f"{found['n_ratings']} ratings of {found['n_units']} units by {found['n_raters']} raters"
    names = ("alpha", "kappa", "kappa_linear", "kappa_quadratic", "ac1")
    return f"{counts}\n{table([_line(found, name) for name in names], '')}"


def _line(found: dict[str, Any], name: str, label: str | None = None) -> dict[str, str]:
    interval = found["ci95" if name == "alpha" else f"{name}_ci95"]
    value = found["reasons"].get(name) or f"{found[name]:.3f}"
    return {"measure": label or name.replace("_", ", "), "value": value, "95% interval": _interval(interval)}


def _spans_text(found: dict[str, Any]) -> str:
    rows = [
        {"match": name, **{key: _share(found[name][key]) for key in ("precision", "recall", "f1")},
         "95% interval": _interval(found[name]["ci95"])}
        for name in ("exact", "partial")
    ]  # fmt: skip
    lines = [f"{found['n_gold']} and {found['n_other']} spans in {found['n_docs']} documents", table(rows, "")]
    if reason := found["exact"]["reason"]:
        lines.append(reason)
    if (same := found["severity"])["n"]:
        lines.append(f"Severity: the same in {same['agreed']} of {same['n']} matched spans, AC1 {_share(same['ac1'])}.")
    return "\n".join(lines)


def _reviewers_text(found: dict[str, Any]) -> str:
    if not found["notes"]:
        return "No note was read by two reviewers yet, so there is no agreement to measure."
    head = f"{len(found['reviewers'])} reviewers, {found['notes']} notes of {found['encounters']} encounters read by two or more"
    marked = [
        {
            "marks": name, "marks of both": f"{one['n_gold']} and {one['n_other']}", "exact F1": _share(one["exact"]["f1"]),
            "partial F1": _share(one["partial"]["f1"]), "95% interval": _interval(one["partial"]["ci95"]),
            "same severity": f"{one['severity']['agreed']} of {one['severity']['n']}",
        }
        for name, one in found["spans"].items()
    ]  # fmt: skip
    rare = [
        _line(found["lines"], "ac1", "AC1, lines with a hallucination"),
        _line(found["major"], "ac1", "AC1, notes with a major hallucination"),
        _line(found["preference"], "alpha", "alpha, preference"),
    ]
    rated = [_line(one, "alpha", f"alpha, {name}") for name, one in found["ratings"].items()]
    return "\n".join([head, table(marked, "No mark yet."), table([*rare, *rated], "")])


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(bounds: list[float] | None) -> str:
    return " to ".join(f"{bound:.3f}" for bound in bounds) if bounds else "-"
