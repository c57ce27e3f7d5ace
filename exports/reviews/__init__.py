"""Reviews that leave the house and come back: everything stored but the models' weights, as one JSONL file or a folder of CSV."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotations import BadInput, Conflict, ScribeloopError, Taken, Unavailable, read_parts, study_labels, take_in
from pipeline.workspace import Workspace

from .csv_files import read_csv, write_csv
from .dictionary import dictionary_csv, dictionary_markdown
from .jsonl import FORMAT, read_jsonl, write_jsonl
from .placing import placed

FORMATS = ("jsonl", "csv")

__all__ = ["FORMAT", "FORMATS", "dictionary_csv", "dictionary_markdown", "export_reviews", "import_reviews"]


def export_reviews(workspace: Workspace, target: Path, format: str | None = None) -> dict[str, Any]:
    """Write everything stored, with the data dictionary, to a JSONL file (and one beside it) or a folder of CSV files.

    Without a ``format`` the ending decides: .jsonl, else a folder. Never writes over anything; what is there is whole.
    """
    format = format or ("jsonl" if target.suffix == ".jsonl" else "csv")
    dictionary = target / "data_dictionary.md" if format == "csv" else target.with_name(f"{target.stem}.data_dictionary.md")
    for path in (target, dictionary):
        if path.exists():
            raise Conflict(f"{path} exists; name a file that does not.")
    counts: Counter[str] = Counter()
    try:
        with workspace.store() as store, tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as building:
            made = Path(building) / target.name
            _write(counted(read_parts(store), counts), made, format)
            if format == "jsonl":
                dictionary.write_text(dictionary_markdown(), encoding="utf-8")
            os.replace(made, target)
    except OSError as error:
        raise Unavailable(f"{target} could not be written ({error.strerror}); name a folder that exists and has room.") from error
    return {"path": str(target), "format": format, "counts": dict(counts), "dictionary": str(dictionary)}


def import_reviews(
    workspace: Workspace, source: Path, format: str | None = None, local_is: str | None = None, split: str | None = None
) -> Taken:
    """Take in what ``export_reviews`` or a browser page wrote: all of it, or nothing when anything in it is wrong.

    ``local_is`` counts the file's local reviewer as this user; ``split`` is that of new encounters that say none (a page's). What
    is there already with the same content is left as it is.
    """
    if not source.exists():
        raise BadInput(f"There is no {source}; name a JSONL file, or a folder of CSV files, of an export.")
    format = format or ("csv" if source.is_dir() else "jsonl")
    parts = read_csv(source) if format == "csv" else read_jsonl(source)
    try:
        with workspace.store() as store:
            return take_in(store, placed(store, _not_none(parts, source), split), study_labels(workspace.home), local_is)
    except ScribeloopError as error:
        raise type(error)(f"{error} Nothing was imported.") from error
    except OSError as error:
        raise Unavailable(f"{source} cannot be read ({error.strerror}); check its rights.") from error


def counted(parts: Iterator[tuple[str, dict]], counts: Counter[str]) -> Iterator[tuple[str, dict]]:
    for kind, plain in parts:
        counts[kind] += 1
        yield kind, plain


def _write(parts: Iterator[tuple[str, dict]], made: Path, format: str) -> None:
    if format == "jsonl":
        return write_jsonl(parts, made)
    made.mkdir()
    write_csv(parts, made)
    (made / "data_dictionary.md").write_text(dictionary_markdown(), encoding="utf-8")
    (made / "data_dictionary.csv").write_text(dictionary_csv(), encoding="utf-8", newline="")


def _not_none(parts: Iterator[tuple], source: Path) -> Iterator[tuple]:
    number = 0
    for number, part in enumerate(parts, 1):  # noqa: B007
        yield part
    if number == 0:
        raise BadInput(f"{source} holds nothing; expected an export of reviews.")
