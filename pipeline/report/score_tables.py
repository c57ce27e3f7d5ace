"""The tables of ``scribeloop score``: means, means of parts, and every case."""

from typing import Any

from .table import Column, Table, columns, estimate
from .words import CHIEF, INTERVAL, SECTIONS, counted, metric_name


def score_tables(found: dict[str, Any]) -> list[Table]:
    """Of what ``score_files`` found; a part without its own scores has no table."""
    parts = [("section", "Section", SECTIONS), ("specialty", "Specialty", {}), ("source", "Source", {})]
    tables = [_means(found)]
    tables += [_by(found, name, title, names) for name, title, names in parts if f"by_{name}" in found]
    return [*tables, _cases(found)]


def _means(found: dict[str, Any]) -> Table:
    rows = tuple((metric_name(name), estimate(values)) for name, values in found["metrics"].items())
    remark = f"Mean of {counted(found['n'], 'note')}. {INTERVAL}"
    return Table(
        "scores", "Scores of the notes against their references", columns("Metric", "Mean"), rows, remark, ("Mean",), "Mean"
    )


def _by(found: dict[str, Any], name: str, title: str, names: dict[str, str]) -> Table:
    parts = found[f"by_{name}"]
    metrics = [metric for metric in CHIEF if metric in found["metrics"]]
    heads = (Column(title), Column("n"), *(Column(metric_name(metric)) for metric in metrics))
    rows = tuple(
        (names.get(part, part), values["n"], *(estimate(values["metrics"][metric]) for metric in metrics))
        for part, values in parts.items()
    )
    plotted = tuple(metric_name(metric) for metric in metrics if metric in ("rouge1", "rougeLsum", "bertscore_f1"))
    return Table(f"by_{name}", f"Scores by {name}", heads, rows, f"Means over n notes. {INTERVAL}", plotted, "Mean")


def _cases(found: dict[str, Any]) -> Table:
    names = [name for name in found["cases"][0] if name != "id"]
    heads = (Column("Case"), *columns(*map(metric_name, names)))
    rows = tuple((case["id"], *(float(case[name]) for name in names)) for case in found["cases"])
    return Table("cases", "Scores of each note", heads, rows)
