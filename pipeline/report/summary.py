"""A report in Markdown, short, for model cards."""

from typing import Any

from .evaluation_tables import evaluation_tables
from .made import made_from
from .methods import in_short, methods
from .written import as_markdown, markdown_text

# What a card has room for.
OF_CARDS = ("scores", "hallucinations", "omissions", "ratings", "by_specialty")


def summary(report: dict[str, Any]) -> str:
    lines = [f"## Evaluation of {markdown_text(report['model'])} on {report['split']}", ""]
    lines += [f"- {markdown_text(line)}" for line in in_short(report)]
    lines += [f"- Note: {markdown_text(line)}" for line in [*report["remarks"], *report.get("left_out", ())]]
    for table in evaluation_tables(report):
        if table.name in OF_CARDS:
            lines += ["", as_markdown(table).strip()]
    lines += ["", "### Methods", ""]
    lines += ["\n\n".join(markdown_text(paragraph) for paragraph in methods(report)), ""]
    lines += [markdown_text(f"Made with: {line}" if number == 0 else line) + "  " for number, line in enumerate(_made(report))]
    return "\n".join(lines) + "\n"


def _made(report: dict[str, Any]) -> list[str]:
    made = made_from(report["made"])
    return [made.command, f"Data sha256 {made.data_sha256}", made.created]
