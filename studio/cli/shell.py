"""What every command shares: ``--home`` and ``--json``, an example in its help, one sentence on failure, a hint on success.

A command is a function from a workspace and its options to an ``Answer``. Data goes to stdout (with ``--json`` as one document
and nothing else), talk to stderr.
"""

import dataclasses
import functools
import json
import sys
from collections.abc import Callable
from typing import Any

import click

from annotations import ScribeloopError
from pipeline.workspace import open_workspace


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a command found or did: ``data`` for ``--json``, ``text`` for people, ``hint`` for the next command to type."""

    data: Any
    text: str
    hint: str = ""


def say(text: str, end: str = "\n") -> None:
    """Talk to the person at the terminal; never part of a command's data."""
    click.echo(text + end, err=True, nl=False)


def command(group: click.Group, name: str, example: str, **settings: Any) -> Callable:
    """Register ``f(workspace, **options) -> Answer`` as ``scribeloop GROUP NAME``; the docstring is its help."""

    def register(function: Callable[..., Answer]) -> click.Command:
        @functools.wraps(function)
        def run(home: str | None, as_json: bool, **options: Any) -> None:
            try:
                answer = function(open_workspace(home), **options)
            except ScribeloopError as error:
                say(f"Error: {error}")
                sys.exit(1)
            if as_json:
                click.echo(json.dumps(answer.data, indent=2, default=_plain, ensure_ascii=False))
            else:
                click.echo(answer.text)
                if answer.hint:
                    say(f"Next: {answer.hint}")

        run = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(run)
        run = click.option("--home", metavar="FOLDER", help="The workspace (default: $SCRIBELOOP_HOME).")(run)
        # \b keeps click from rewrapping the example.
        return group.command(name, epilog=f"\b\nExample:\n  {example}", **settings)(run)

    return register


def table(rows: list[dict[str, Any]], empty: str) -> str:
    """Rows as aligned columns with a heading, or ``empty`` when there are none."""
    if not rows:
        return empty
    heads = list(rows[0])
    cells = [heads, *[["" if row[head] is None else str(row[head]) for head in heads] for row in rows]]
    widths = [max(len(line[i]) for line in cells) for i in range(len(heads))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
