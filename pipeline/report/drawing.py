"""A table's plot, as SVG and PNG: a row of dots with their intervals for each row of the table, drawn without a display."""

import io
import re
from html import escape
from typing import Any

from .made import Made
from .table import Estimate, Table

# What the drawing is made in. Inside a page each becomes the page's own variable, so that the plot turns dark with it.
INK, MUTED, LINE, PAPER = "#1c2421", "#56625c", "#dde1dc", "#ffffff"
SERIES = ("#0d615d", "#b35900", "#5b4a8f", "#a8241b")
VARIABLES = {INK: "--ink", MUTED: "--muted", LINE: "--line", PAPER: "--surface"} | {
    colour: f"--series-{number}" for number, colour in enumerate(SERIES, 1)
}
_MARKERS = ("o", "s", "^", "D")
# Inches; a row is high enough for four series beneath each other.
_WIDTH, _ROW, _FRAME = 6.8, 0.42, 1.0
_LONGEST = 34
_SETTINGS = {
    # Text stays text, in the reader's font, and a dollar sign in a name is no formula.
    "svg.fonttype": "none", "text.parse_math": False, "font.family": "sans-serif", "font.size": 10,
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": MUTED, "ytick.color": INK, "axes.edgecolor": LINE,
}  # fmt: skip


def svg(table: Table, made: Made) -> bytes:
    return _saved(table, "svg", {"Title": table.title, "Description": "\n".join(made.lines()), "Date": made.created})


def png(table: Table, made: Made) -> bytes:
    about = {"Title": table.title, "Description": "\n".join(made.lines()), "Creation Time": made.created}
    return _saved(table, "png", about)


def inline_svg(table: Table) -> str:
    """The plot as an element of a page: no declaration, no metadata, ids of its own, colours and font of the page."""
    text = _saved(table, "svg", {"Date": None, "Creator": None, "Format": None, "Type": None}).decode()
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text[text.index("<svg") :], flags=re.DOTALL)
    box = re.search(r'viewBox="[\d. ]+"', text)[0]
    opening = f'<svg class="plot" role="img" aria-label="{escape(table.title)}" {box} stroke-linejoin="round">'
    # Only inside tags: a name that a plot shows stays as it is.
    return opening + re.sub(r"<[^>]*>", lambda tag: _of_page(tag[0], table.name), text[text.index(">") + 1 :].strip())


def _of_page(tag: str, name: str) -> str:
    tag = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", tag).replace("xlink:href", "href")
    for colour, variable in VARIABLES.items():
        tag = tag.replace(colour, f"var({variable})")
    return re.sub(r"font-family: [^;]*; ", "", tag)


def _saved(table: Table, format: str, metadata: dict[str, Any]) -> bytes:
    import matplotlib

    with matplotlib.rc_context(_SETTINGS | {"svg.hashsalt": table.name}):
        stream = io.BytesIO()
        _figure(table).savefig(stream, format=format, dpi=200, metadata=metadata, facecolor=PAPER)
        return stream.getvalue()


def _figure(table: Table) -> Any:
    """Without pyplot, which keeps figures and wants a display."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, _FRAME + _ROW * len(table.rows)), layout="constrained")
    axes = figure.subplots()
    for number, name in enumerate(table.plotted):
        _series(axes, table, number, name)
    axes.set_yticks(range(len(table.rows)), [_short(str(row[0])) for row in table.rows])
    axes.set_ylim(len(table.rows) - 0.5, -0.5)
    axes.set_xlabel(table.axis)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    if table.limits or not _negative(table):
        axes.set_xlim(table.limits or (0, None))
    if len(table.plotted) > 1:
        figure.legend(loc="outside upper left", ncols=2, frameon=False, handletextpad=0.4)
    return figure


def _negative(table: Table) -> bool:
    """Whether a dot or an interval's end lies below 0, as rescaled BERTScores may."""
    cells = [row[table.place(name)] for row in table.rows for name in table.plotted]
    return any(end is not None and end < 0 for cell in cells if isinstance(cell, Estimate) for end in cell)


def _series(axes: Any, table: Table, number: int, name: str) -> None:
    """One column's dots; the series of a row lie a little below each other."""
    place = table.place(name)
    found = [(at, row[place]) for at, row in enumerate(table.rows) if row[place] is not None]
    cells = [cell if isinstance(cell, Estimate) else Estimate(float(cell)) for _, cell in found]
    values = [cell.value for cell in cells]
    # Rounding must not make an end lie beyond its value.
    ends = [
        [max(0.0, 0.0 if cell.low is None else cell.value - cell.low) for cell in cells],
        [max(0.0, 0.0 if cell.high is None else cell.high - cell.value) for cell in cells],
    ]
    step = 0.5 / max(len(table.plotted), 1)
    below = [at + (number - (len(table.plotted) - 1) / 2) * step for at, _ in found]
    axes.errorbar(
        values, below, xerr=ends if values else None, fmt=_MARKERS[number % 4], color=SERIES[number % 4], markersize=5,
        linewidth=1.5, capsize=0, label=_short(name),
    )  # fmt: skip


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
