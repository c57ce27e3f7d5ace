"""Praat TextGrid pairs, one file per speaker, as PriMock57 has them: ``NAME_doctor.TextGrid`` and ``NAME_patient.TextGrid``.

The parser is our own: Praat itself reads a TextGrid by passing over everything but free-standing numbers, quoted texts and
``<flags>``, so one short reader takes the long and the short syntax alike (Praat manual, "TextGrid file formats"). The best kept
library, praatio 6.2.2 (MIT), cuts the file at words such as ``item [`` and so fails where a speaker's text holds them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from annotations import BadInput
from pipeline.tables import json_object, read_text

from .draft import Draft

_NAME = re.compile(r"(?P<stem>.+)[_-](?P<speaker>doctor|patient)\.textgrid", re.IGNORECASE)
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(?<!\S)(-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?!\S)|(?<!\S)<(\w+)>|(?<!\S)![^\n]*')
# What PriMock57's transcribers wrote into the texts, about doubtful words and sound that nobody understood. It is taken out, as
# its authors do for a reading text, and counted in ``meta``.
_TAGS = re.compile(r"</?UNSURE>|<UNIN/>|<INAUDIBLE_SPEECH/>")


class Interval(NamedTuple):
    """Seconds from the start of the recording, and what was said."""

    start: float
    end: float
    text: str


def read(path: Path, split: str | None) -> list[Draft]:
    """One draft per pair in a folder (or in its ``transcripts`` folder), or for the pair that ``path`` is one half of. The note
    is ``NAME.json`` beside it, in ``notes`` or in ``../notes``; without one there is no reference."""
    pairs = _pairs(_folder(path))
    if not path.is_dir():
        stem, _ = _speaker(path)
        pairs = {stem: pairs[stem]}
    return [_draft(stem, pair) for stem, pair in sorted(pairs.items())]


def textgrids(folder: Path) -> list[Path]:
    """The TextGrid files right inside a folder."""
    return sorted(file for file in folder.iterdir() if file.suffix.lower() == ".textgrid")


def parse(text: str) -> list[Interval]:
    """Every interval of every interval tier that holds a text; raises ValueError when the tokens do not make a TextGrid."""
    tokens = _tokens(text)
    if next(tokens) != "ooTextFile" or next(tokens) != "TextGrid":
        raise ValueError("it does not begin as a TextGrid")
    _start, _end = _number(tokens), _number(tokens)
    if next(tokens) is not True:
        raise ValueError("it has no tiers")
    intervals = []
    for _ in range(int(_number(tokens))):
        kind, _name = next(tokens), next(tokens)
        if kind not in ("IntervalTier", "TextTier"):
            raise ValueError(f"it has a tier of the unknown kind {kind!r}")
        _start, _end = _number(tokens), _number(tokens)
        for _ in range(int(_number(tokens))):
            start = _number(tokens)
            end = _number(tokens) if kind == "IntervalTier" else start
            said = next(tokens)
            if not isinstance(said, str):
                raise ValueError(f"the text at {start:g} s is missing")
            if kind == "IntervalTier" and said.strip():
                intervals.append(Interval(start, end, said))
    return intervals


def _tokens(text: str) -> Iterator[str | float | bool]:
    # "ooTextFile short" is how old files of the short syntax begin.
    text = text.replace('"ooTextFile short"', '"ooTextFile"', 1)
    for quoted, number, flag in (match.groups() for match in _TOKEN.finditer(text)):
        if quoted is not None:
            yield quoted.replace('""', '"')
        elif number is not None:
            yield float(number)
        elif flag is not None:
            yield flag == "exists"
    raise ValueError("it ends too early")


def _number(tokens: Iterator[str | float | bool]) -> float:
    token = next(tokens)
    if not isinstance(token, float):
        raise ValueError(f"a number was expected where {token!r:.40} stands")
    return token


def _draft(stem: str, pair: dict[str, Path]) -> Draft:
    said = []
    raw = ""
    for speaker, path in sorted(pair.items()):
        for interval in _intervals(path):
            words = " ".join(_TAGS.sub("", interval.text).split())
            raw += interval.text
            if words:
                said.append((interval.start, speaker, words))
    # sorted() is stable: where both begin at once, the doctor's line comes first.
    lines = [f"{speaker}: {words}" for _, speaker, words in sorted(said, key=lambda line: line[0])]
    note, title, meta = _note(stem, pair["Doctor"].parent)
    meta |= {"unsure": raw.count("<UNSURE>"), "unintelligible": raw.count("<UNIN/>") + raw.count("<INAUDIBLE_SPEECH/>")}
    place = f"The pair {pair['Doctor'].name} and {pair['Patient'].name}"
    return Draft(place, stem, "\n".join(lines), note, title=title, meta=meta)


def _intervals(path: Path) -> list[Interval]:
    try:
        return parse(read_text(path))
    except ValueError as error:
        raise BadInput(f"{path.name} is not a TextGrid that can be read: {error}. Open and save it again in Praat.") from error


def _note(stem: str, folder: Path) -> tuple[str | None, str | None, dict]:
    for file in (folder / f"{stem}.json", folder / "notes" / f"{stem}.json", folder.parent / "notes" / f"{stem}.json"):
        if file.exists():
            data = json_object(file)
            note, title = data.pop("note", None), data.pop("presenting_complaint", None)
            if not isinstance(note, str):
                raise BadInput(f'{file.name} has no text under "note"; found {", ".join(data) or "nothing else"}.')
            return note, title if isinstance(title, str) else None, data
    return None, None, {}


def _folder(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    inside = folder / "transcripts"
    return inside if not textgrids(folder) and inside.is_dir() else folder


def _pairs(folder: Path) -> dict[str, dict[str, Path]]:
    pairs: dict[str, dict[str, Path]] = {}
    for file in textgrids(folder):
        stem, speaker = _speaker(file)
        pairs.setdefault(stem, {})[speaker] = file
    if not pairs:
        raise BadInput(f"{folder} holds no TextGrid file; expected pairs such as day1_doctor.TextGrid and day1_patient.TextGrid.")
    for pair in pairs.values():
        if len(pair) == 1:
            (speaker, file), other = next(iter(pair.items())), "Patient" if "Doctor" in pair else "Doctor"
            raise BadInput(f"{file.name} has no file of the {other.lower()} beside it; expected one file per speaker.")
    return pairs


def _speaker(file: Path) -> tuple[str, str]:
    match = _NAME.fullmatch(file.name)
    if match is None:
        raise BadInput(f"{file.name} does not say who speaks; expected NAME_doctor.TextGrid or NAME_patient.TextGrid.")
    return match["stem"], match["speaker"].capitalize()
