"""A table as CSV, Markdown and LaTeX. What people named is escaped in each: no name can become a command, a tag or a formula."""

import csv
import io
import re

from .made import Made
from .table import Table

_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~!$])")
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "–": "--", "−": "$-$", '"': "''", "·": r"$\cdot$", "±": r"$\pm$", "≥": r"$\geq$", "≤": r"$\leq$",
}  # fmt: skip


def as_csv(table: Table) -> str:
    """With whole numbers, unrounded; an estimate as three columns. A text that a spreadsheet would run gets an apostrophe."""
    heads, rows = table.values()
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([_tame(head) for head in heads])
    writer.writerows([["" if cell is None else _tame(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return stream.getvalue()


def csv_metadata(table: Table, made: Made) -> dict:
    """What goes beside a CSV file, as W3C's Metadata Vocabulary for Tabular Data has it."""
    return {
        "@context": "http://www.w3.org/ns/csvw", "url": f"{table.name}.csv", "dc:title": table.title,
        "dc:description": table.remark,
        "scribeloop:command": made.command, "scribeloop:data_sha256": made.data_sha256, "scribeloop:versions": made.versions,
        "dc:created": made.created, "tableSchema": {"columns": [{"titles": head} for head in table.values()[0]]},
    }  # fmt: skip


def as_markdown(table: Table, made: Made | None = None) -> str:
    heads = [column.name for column in table.columns]
    lines = [f"**{markdown_text(table.title)}**", "", _row(heads), _row(["---", *["---:"] * (len(heads) - 1)], escaped=True)]
    lines += [_row(cells) for cells in table.texts()]
    lines += ["", markdown_text(table.remark)] if table.remark else []
    lines += ["", "<!--", *(line.replace(">", "&gt;") for line in made.lines()), "-->"] if made else []
    return "\n".join(lines) + "\n"


def as_latex(table: Table, made: Made) -> str:
    """A float with a caption; the preamble needs booktabs."""
    heads = [column.name for column in table.columns]
    caption = latex_text(". ".join(filter(None, (table.title, table.remark))))
    lines = [
        *(f"% {line}" for line in ["needs \\usepackage{booktabs}", *made.lines()]),
        r"\begin{table}", r"\centering", rf"\caption{{{caption}}}", rf"\label{{tab:{table.name}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(heads) - 1)}}}", r"\toprule", _latex_row(heads), r"\midrule",
        *(_latex_row(cells) for cells in table.texts(to="{low}–{high}" if not _has_minus(table) else "{low} to {high}")),
        r"\bottomrule", r"\end{tabular}", r"\end{table}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def markdown_text(text: str) -> str:
    """Any text as Markdown that shows it, on one line."""
    tame = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", " ".join(tame.split()))


def latex_text(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in " ".join(text.split()))


def _row(cells: list[str], escaped: bool = False) -> str:
    return f"| {' | '.join(cells if escaped else map(markdown_text, cells))} |"


def _latex_row(cells: list[str]) -> str:
    return " & ".join(map(latex_text, cells)) + r" \\"


def _has_minus(table: Table) -> bool:
    return any("−" in cell for cells in table.texts() for cell in cells)


def _tame(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
