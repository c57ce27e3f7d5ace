"""The tables of an evaluation's report, each a function of ``report.json``: scores, their parts, findings, the worst notes."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from .clinical_tables import clinical_tables
from .hint_tables import hint_table
from .table import Column, Estimate, Link, Table, columns, estimate
from .tests_shown import compared_cells
from .words import CHIEF, INTERVAL, SECTIONS, counted, metric_name

# Of parts, what is shown of each model, so that a table stays as wide as a page.
OF_PARTS = ("rouge1", "rougeLsum", "bertscore_f1")


def evaluation_tables(report: dict[str, Any]) -> list[Table]:
    """In the order of the report; a table of what was not measured is not there."""
    sides = [report, *([report["against"]] if "against" in report else [])]
    parts = [("section", "Section", SECTIONS.get), ("specialty", "Specialty", None), ("source", "Source", None)]
    return [
        _scores(report, sides),
        *(_part(report, sides, name, title, names or (lambda part: None)) for name, title, names in parts),
        *clinical_tables(report),
        hint_table(report),
        _lengths(report, sides),
        _worst(report),
    ]


def _scores(report: dict[str, Any], sides: list[dict[str, Any]]) -> Table:
    names = [side["model"] for side in sides]
    tests = {row["measure"]: row for row in report.get("tests", ())}
    rows = tuple(
        (
            metric_name(name),
            *(estimate(side["metrics"][name]) for side in sides),
            *(_tested(tests.get(name)) if tests else ()),
        )
        for name in report["metrics"]
    )
    more = (Column("Difference", signed=True), *columns("p", "Verdict", "Detectable", "n needed")) if tests else ()
    remark = f"Mean of {counted(report['n'], 'note')}{' by each model' * bool(tests)} against the reference notes. {INTERVAL}"
    if tests:
        remark += (
            f" Differences are {names[0]} minus {names[1]} on the same encounters; p is Holm's over all {len(tests)}. "
            "Detectable is the smallest difference that as many encounters show with 80 % power, n needed how many show "
        )
        remark += f"one of {report['wished']:g}." if report.get("wished") else "the one given with --wished."
    return Table("scores", "Scores against the reference notes", (Column("Metric"), *columns(*names), *more), rows, remark,
                 tuple(names), "Mean score")  # fmt: skip


def _tested(row: dict[str, Any] | None) -> tuple:
    """The comparison, what these encounters can show, and how many show the wished difference."""
    return *compared_cells(row), row and row["detectable"], row and row["needed_n"]


def _part(
    report: dict[str, Any], sides: list[dict[str, Any]], name: str, title: str, shown: Callable[[str], str | None]
) -> Table:
    parts, measured = report[f"by_{name}"], [metric for metric in OF_PARTS if metric in report["metrics"]]
    measured = measured or [metric for metric in CHIEF if metric in report["metrics"]][:1]
    heads = [(metric, side, f"{metric_name(metric)}, {side['model']}") for metric in measured for side in sides]
    every = dict.fromkeys(part for side in sides for part in side[f"by_{name}"])
    order = [part for part in SECTIONS if part in every] if name == "section" else list(every)
    rows = tuple(
        (
            shown(part) or part,
            parts[part]["n"] if part in parts else 0,
            *(_mean(side[f"by_{name}"].get(part), metric) for metric, side, _ in heads),
        )
        for part in order
    )
    remark = f"Means over n notes{' (of ' + report['model'] + ')' if len(sides) > 1 and name == 'section' else ''}. {INTERVAL}"
    if name == "section":
        remark += " A section that only the note or only its reference has scores 0; one that neither has is left out."
    plotted = tuple(head for metric, _, head in heads if metric == measured[0])
    return Table(f"by_{name}", f"Scores by {name}", (Column(title), Column("n"), *columns(*(head for *_, head in heads))), rows,
                 remark, plotted, metric_name(measured[0]))  # fmt: skip


def _mean(part: dict[str, Any] | None, metric: str) -> Estimate | None:
    return estimate(part["metrics"].get(metric)) if part else None


def _lengths(report: dict[str, Any], sides: list[dict[str, Any]]) -> Table:
    rows = tuple(
        (
            side["model"], estimate({"mean": side["words"]["notes"], "ci95": side["words"].get("ci95")}),
            float(side["words"]["references"]), side["stopped_by_limit"], side["shortened_transcripts"], len(side["missing"]),
        )
        for side in sides
    )  # fmt: skip
    heads = (Column("Model"), *columns("Words per note", "Words per reference", digits=0),
             *columns("Stopped by the limit", "Transcript shortened", "Not written"))  # fmt: skip
    remark = f"Of {counted(report['encounters'], 'encounter')}. {INTERVAL}"
    return Table("lengths", "Length and completeness of the notes", heads, rows, remark)


def _worst(report: dict[str, Any]) -> Table:
    found = report["worst"]
    other = report["against"]["model"] if "against" in report else None
    measure = metric_name(found[0]["measure"]) if found else ""
    rows = tuple(
        (
            Link(case["title"], f"/review?encounter={quote(case['id'], safe='')}"), case["specialty"] or "not said",
            case["words"], case["score"], *([case["against"]] if other else []),
        )
        for case in found
    )  # fmt: skip
    scores = columns(f"{measure}, {report['model']}", *([f"{measure}, {other}"] if other else []))
    heads = (Column("Encounter"), Column("Specialty"), Column("Words"), *scores)
    return Table("worst", f"The {len(rows)} notes by {report['model']} with the lowest {measure}", heads, rows,
                 "Each opens in the studio.")  # fmt: skip
