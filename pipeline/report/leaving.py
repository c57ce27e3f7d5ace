"""Tables and plots as files for a paper, in a folder that people name."""

import json
from collections.abc import Sequence
from pathlib import Path

from annotations import BadInput

from .drawing import png, svg
from .made import Made
from .table import Table
from .written import as_csv, as_latex, as_markdown, csv_metadata


def write_tables(folder: Path, tables: Sequence[Table], made: Made) -> list[Path]:
    """Each table as CSV (with its metadata beside it), Markdown and LaTeX, and its plot, if it has one, as SVG and PNG. Files of
    the same names are replaced, others stay."""
    files: dict[str, bytes] = {}
    for table in tables:
        files[f"{table.name}.csv"] = as_csv(table).encode()
        files[f"{table.name}.csv-metadata.json"] = json.dumps(csv_metadata(table, made), indent=2, ensure_ascii=False).encode()
        files[f"{table.name}.md"] = as_markdown(table, made).encode()
        files[f"{table.name}.tex"] = as_latex(table, made).encode()
        if table.plotted and table.rows:
            files |= {f"{table.name}.svg": svg(table, made), f"{table.name}.png": png(table, made)}
    return write_files(folder, files)


def write_files(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Each file whole or not at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            building = folder / f".{name}.part"
            building.write_bytes(content)
            building.replace(folder / name)
    except OSError as error:
        raise BadInput(f"{folder} cannot be written ({error.strerror or error}); name another folder.") from error
    return [folder / name for name in files]
