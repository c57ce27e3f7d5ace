"""Plain text: a ``.txt`` file is one transcript, or a folder of them; ``NAME.note.txt`` beside ``NAME.txt`` is its reference."""

from pathlib import Path

from annotations import BadInput
from pipeline.tables import read_text

from .draft import Draft

NOTE = ".note.txt"


def read(path: Path, split: str | None) -> list[Draft]:
    """One draft per transcript, named by its file; folders inside the folder are left aside."""
    if not path.is_dir():
        if path.name.lower().endswith(NOTE):
            raise BadInput(f"{path.name} is a note; name its transcript, {path.name[: -len(NOTE)]}.txt, or their folder.")
        return [_draft(path)]
    files = sorted(file for file in path.iterdir() if file.is_file() and file.suffix.lower() == ".txt")
    notes = {file.name[: -len(NOTE)]: file for file in files if file.name.lower().endswith(NOTE)}
    transcripts = [file for file in files if file not in notes.values()]
    if not transcripts:
        raise BadInput(f"{path} holds no .txt transcript; put one visit in each file.")
    alone = sorted(notes.keys() - {file.stem for file in transcripts})
    if alone:
        raise BadInput(f"{notes[alone[0]].name} has no transcript beside it; expected {alone[0]}.txt.")
    return [_draft(file) for file in transcripts]


def _draft(path: Path) -> Draft:
    note = path.with_name(f"{path.stem}{NOTE}")
    return Draft(path.name, path.stem, read_text(path), read_text(note) if note.exists() else None)
