"""A report as one HTML page that needs nothing from anywhere: no script, no font, no picture of another host."""

from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from .drawing import inline_svg
from .elements import Html, el, joined
from .evaluation_tables import evaluation_tables
from .made import Made, made_from
from .methods import SPLITS, in_short, methods
from .table import Estimate, Link, Table

# Where the studio is when nobody says otherwise; inside the studio it is nothing, for its links begin at its own root.
STUDIO = "http://127.0.0.1:7860"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
SECTIONS = (
    ("Scores", ("scores", "by_section", "by_specialty", "by_source")),
    (
        "What reviewers found",
        ("hallucinations", "omissions", "errors_by_specialty", "ratings", "judged", "per_words", "preference", "edits"),
    ),
    ("Hints by rule", ("hints",)),
    ("The notes", ("lengths", "worst")),
)


def as_html(report: dict[str, Any], studio: str = STUDIO) -> str:
    """``studio`` is what the links to encounters begin with."""
    against = f" beside {report['against']['model']}" if "against" in report else ""
    title = f"{report['model']}{against}"
    tables, made = {table.name: table for table in evaluation_tables(report)}, made_from(report["made"])
    head = el(
        "head", _void("meta", charset="utf-8"), _void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _void("meta", http_equiv="Content-Security-Policy", content=_POLICY), el("title", f"Evaluation of {title}"),
        el("style", Html(_css())),
    )  # fmt: skip
    sections = [_section(name, [tables[each] for each in names if each in tables], studio) for name, names in SECTIONS]
    main = el("main", _opening(report, title), *filter(None, sections), _methods(report), _footer(made))
    return "<!doctype html>\n" + el("html", head, el("body", main), lang="en") + "\n"


def _opening(report: dict[str, Any], title: str) -> Html:
    facts = f"{report['n']} of {report['encounters']} encounters of {SPLITS[report['split']]}, {report['made']['created'][:10]}"
    remarks = [*report["remarks"], *report.get("left_out", ())]
    parts = [
        el("p", "Evaluation report", class_="kind"), el("h1", title), el("p", facts, class_="facts"),
        el("ul", *(el("li", line) for line in in_short(report)), class_="short"),
    ]  # fmt: skip
    if remarks:
        parts.append(el("div", el("h2", "Read this first"), el("ul", *(el("li", line) for line in remarks)), class_="remarks"))
    return el("header", *parts)


def _section(name: str, tables: list[Table], studio: str) -> Html | None:
    if not tables:
        return None
    return el("section", el("h2", name), *(_exhibit(table, studio) for table in tables))


def _exhibit(table: Table, studio: str) -> Html:
    """The plot, and beneath it the table that it shows."""
    plot = el("div", Html(inline_svg(table)), class_="scroll") if table.plotted and table.rows else None
    remark = el("p", table.remark, class_="remark") if table.remark else None
    return el("figure", el("figcaption", table.title), plot, _table(table, studio), remark, id=f"table-{table.name}")


def _table(table: Table, studio: str) -> Html:
    if not table.rows:
        return el("p", "Nothing to show.", class_="remark")
    heads = el("tr", *(el("th", column.name, scope="col") for column in table.columns))
    rows = [
        el("tr", *(_cell(cell, text, at, studio) for at, (cell, text) in enumerate(zip(row, texts, strict=True))))
        for row, texts in zip(table.rows, table.texts(), strict=True)
    ]
    inside = el("table", el("thead", heads), el("tbody", *rows))
    return el("div", inside, class_="scroll", tabindex="0", role="region", aria_label=table.title)


def _cell(cell: Any, text: str, at: int, studio: str) -> Html:
    # A link leads into the studio and nowhere else: its path is ours.
    shown = Html(escape(text))
    if isinstance(cell, Link):
        shown = el("a", text, href=studio + cell.path, target="_blank", rel="noopener")
    elif isinstance(cell, Estimate):
        value, _, interval = text.partition(" ")
        shown = joined(Html(escape(value)), Html(" "), el("span", interval, class_="interval"))
    return el("th", shown, scope="row") if at == 0 else el("td", shown)


def _methods(report: dict[str, Any]) -> Html:
    return el("section", el("h2", "Methods"), *(el("p", paragraph) for paragraph in methods(report)), class_="methods")


def _footer(made: Made) -> Html:
    return el(
        "footer",
        el("p", "Made with ", el("code", made.command)),
        el("p", f"Data sha256 {made.data_sha256}"),
        el("p", made.created),
    )


def _void(tag: str, **attributes: str) -> Html:
    return Html(el(tag, **attributes).removesuffix(f"</{tag}>"))


@cache
def _css() -> str:
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")
