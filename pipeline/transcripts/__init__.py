"""Readers of transcripts: ACI-Bench, MTS-Dialog, TextGrid pairs, JSON Lines and plain text, told apart by their content.

A file is read whole or not at all: the first thing wrong with it is one BadInput (or Conflict, or Refused) that names the place.
Line ends become ``\\n``; nothing else of a transcript is changed. ``synthetic`` stays unsaid unless someone says it.
"""

import json
from pathlib import Path

from annotations import SPLITS, BadInput, Conflict, Encounter, NotFound, Refused, one_of
from pipeline.splits import named_split
from pipeline.tables import header, line_ends, read_text

from . import aci_bench, jsonl, mts_dialog, text, textgrid
from .draft import Draft

FORMATS = {
    "aci-bench": aci_bench.read,
    "mts-dialog": mts_dialog.read,
    "textgrid": textgrid.read,
    "jsonl": jsonl.read,
    "text": text.read,
}
# The formats whose file names speak of splits; a text or a recording is named for its visit.
NAMED = ("aci-bench", "mts-dialog", "jsonl")
# Beyond this a transcript is worth a word: it is stored whole, but few models read so much at once.
LONG = 30_000


def read_encounters(
    path: str | Path, format: str = "auto", split: str | None = None, source: str | None = None, synthetic: bool | None = None
) -> list[Encounter]:
    """The encounters of a file or folder, each id following from ``source`` (by default what its line says, else the format's
    name) and its own id.

    The split is what the row, else the name of a table, says (``valid`` is dev), else ``split``. Where none says it, BadInput
    asks for it; where a given ``split`` (or ``synthetic``) contradicts the file, Refused says so.
    """
    path = Path(path).expanduser()
    if split is not None:
        one_of(split, SPLITS, "--split")
    if not path.exists():
        raise NotFound(f"There is no file or folder {path}; check the path.")
    format = detect(path) if format == "auto" else format
    one_of(format, tuple(FORMATS), "--format")
    own = named_split(path.stem) if format in NAMED else None
    if own and split and own != split:
        raise Refused(f"{path.name} names the split {own!r}, not {split!r}; leave --split out, or rename the file.")
    if path.is_dir() and format not in ("text", "textgrid"):
        raise BadInput(f"{path} is a folder; the format {format} is read from a file, so name the file.")
    drafts = FORMATS[format](path, own or split)
    given = (source or "").strip()
    sources = [given or (draft.source or "").strip() or format for draft in drafts]
    return _once([_encounter(draft, its, path, split, own, synthetic) for draft, its in zip(drafts, sources, strict=True)])


def detect(path: Path) -> str:
    """The format of a file or folder, by what it holds; BadInput when it is none that is known."""
    if path.is_dir():
        return _detect_folder(path)
    content = read_text(path)
    suffix = path.suffix.lower()
    if suffix == ".textgrid" or '"ooTextFile' in content[:80]:
        return "textgrid"
    if suffix in (".jsonl", ".ndjson", ".json") or _first_line_is_object(content):
        return "jsonl"
    names = header(content)
    if "section_header" in names or "section_text" in names:
        return "mts-dialog"
    if "encounter_id" in names:
        return "aci-bench"
    if suffix in (".txt", ".text", ""):
        return "text"
    raise BadInput(
        f"{path.name} is none of the known formats: it begins with the columns {', '.join(names)[:80]}. Expected "
        f"{', '.join(aci_bench.COLUMNS)} (ACI-Bench), {', '.join(mts_dialog.COLUMNS)} (MTS-Dialog), JSON Lines with a "
        '"transcript", TextGrid pairs or a .txt file; name it with --format.'
    )


def remarks(encounters: list[Encounter]) -> list[str]:
    """What whoever imports these should know: sentences about transcripts that are longer than models commonly read."""
    return [
        f"Encounter {encounter.external_id} has {len(encounter.transcript):,} characters; it is stored whole, but a model may "
        "read only part of it, and then the note says so."
        for encounter in encounters
        if len(encounter.transcript) > LONG
    ]


def _detect_folder(path: Path) -> str:
    grids = any(textgrid.textgrids(folder) for folder in (path, path / "transcripts") if folder.is_dir())
    texts = any(file.suffix.lower() == ".txt" for file in path.iterdir())
    if grids and texts:
        raise BadInput(f"{path} holds both TextGrid and .txt files; say which to read with --format textgrid or --format text.")
    if grids or texts:
        return "textgrid" if grids else "text"
    files = sorted(file.name for file in path.iterdir() if file.suffix.lower() in (".csv", ".jsonl"))
    tables = [name for name in files if "_metadata" not in name]
    found = f"import its files one by one: {', '.join(tables[:4])}" if tables else "name a folder that does, or a file"
    raise BadInput(f"{path} holds no TextGrid pairs and no .txt transcripts; {found}.")


def _first_line_is_object(content: str) -> bool:
    try:
        return isinstance(json.loads(content.lstrip().split("\n", 1)[0]), dict)
    except (ValueError, RecursionError):
        return False


def _encounter(
    draft: Draft, source: str, path: Path, given: str | None, named: str | None, synthetic: bool | None
) -> Encounter:
    where = f"{draft.place} (id {draft.external_id})"
    if not draft.transcript.strip():
        raise BadInput(f"{where} has an empty transcript; give it the words of the visit or take it out. Nothing was imported.")
    _storable(draft, where)
    split = draft.split or named or given
    if split is None:
        raise BadInput(f"{path.name} does not say which split it is; add --split train, --split dev or --split test.")
    if given and split != given:
        raise Refused(f"{where} is of the split {split!r}, not {given!r}; leave --split out. Nothing was imported.")
    if synthetic is not None and draft.synthetic not in (None, synthetic):
        raise Refused(f"{where} says that it is {'' if draft.synthetic else 'not '}synthetic; leave --synthetic out.")
    # JSON spells line ends inside its strings, where read_text does not see them.
    transcript, reference = line_ends(draft.transcript), line_ends(draft.reference or "")
    invented = draft.synthetic if synthetic is None else synthetic
    return Encounter(
        source, draft.external_id, transcript, split, reference if reference.strip() else None, draft.specialty, invented,
        draft.title, draft.meta,
    )  # fmt: skip


def _storable(draft: Draft, where: str) -> None:
    """JSON can spell characters that are no text: half of a surrogate pair, or NUL."""
    whole = json.dumps([vars(draft)], ensure_ascii=False)
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(whole[error.start]):04x}"
        raise BadInput(f"{where} holds half of a character ({half}); write the file again as UTF-8.") from error
    if "\0" in draft.external_id + draft.transcript + (draft.reference or ""):
        raise BadInput(f"{where} holds a NUL character (\\u0000), which is no text; take it out.")


def _once(encounters: list[Encounter]) -> list[Encounter]:
    """The encounters without repeated rows; one id with two texts is a Conflict."""
    seen: dict[str, Encounter] = {}
    for encounter in encounters:
        first = seen.setdefault(encounter.id, encounter)
        for part in ("transcript", "reference", "split"):
            if getattr(first, part) != getattr(encounter, part):
                raise Conflict(
                    f"The id {encounter.external_id!r} stands twice with another {part}; give each encounter an id of its own. "
                    "Nothing was imported."
                )
    return list(seen.values())
