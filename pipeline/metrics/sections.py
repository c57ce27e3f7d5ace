"""A note's four divisions, as ACI-Bench counts them: subjective, objective exam, objective results, assessment and plan.

A heading is a line that is one of the names below, or that begins with one and a colon; Markdown's marks and a number before it
do not count.
What stands before the first heading is subjective, as in ACI-Bench's own tables.
"""

import re
from dataclasses import dataclass

SECTIONS = ("subjective", "objective_exam", "objective_results", "assessment_and_plan")

_HEADINGS = {
    "subjective": """s|subjective|cc|chief complaint|chief complaints|presenting complaint|reason for visit
        |reason for consultation|hpi|hpi notes
        |history|history of present illness|history of presenting illness|history of presenting complaint
        |interval history|interval hx|ros|review of system|review of systems|subjective findings""",
    "objective_exam": """o|objective|pe|exam|examination|physical|physical exam|physical examination|physical findings
        |on examination|objective exam|objective examination|examination findings""",
    "objective_results": "results|results reviewed|objective results|diagnostic results|test results|findings|data reviewed",
    "assessment_and_plan": """a|p|ap|a p|a and p|assessment|plan|assessment and plan|assessment plan|impression
        |impression and plan|impression plan
        |diagnosis|diagnoses|assessment and diagnosis|clinical impression|plan of care|treatment plan
        |disposition|disposition plan|summary plan|medical decision making|medical decision making plan|instructions
        |patient instructions|recommendations|management plan""",
}
# These stand in more than one division: in an assessment and plan they name its parts, elsewhere they open their own.
_MINOR = {
    "subjective": """medications|current medications|medication|home medications|allergies|allergy|past history|medical history
        |past medical history|pmh|surgical history|past surgical history|psh|social history|family history|gynecologic history
        |obstetric history|immunizations|occupational history""",
    "objective_exam": "vitals|vital signs|vitals reviewed|general appearance",
    "objective_results": """labs|lab results|laboratory|laboratory results|laboratory data|imaging|imaging results|investigations
        |x ray|x rays|radiology|diagnostics|diagnostic studies|studies|ecg|ekg|echocardiogram""",
}
_LINE = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]*)?[*_]{0,3}(?:\d{1,2}[.)][ \t]*)?[*_]{0,3}(?P<name>[A-Za-z][A-Za-z/&,\- ]{0,40}?)[*_]{0,3}[ \t]*"
    r"(?::|$)"
)


def _names(words: dict[str, str]) -> dict[str, str]:
    return {" ".join(name.split()): section for section, names in words.items() for name in names.split("|")}


_MAJOR_NAMES, _MINOR_NAMES = _names(_HEADINGS), _names(_MINOR)


@dataclass(frozen=True)
class Section:
    """One stretch of a note, heading included; ``name`` is one of SECTIONS and may come again later in the note."""

    name: str
    start: int
    end: int


def split_sections(note: str) -> list[Section]:
    """The stretches of ``note`` in order; together they are the whole note. Empty for a note without any character but space."""
    found, name, start, place = [], SECTIONS[0], 0, 0
    for line in note.splitlines(keepends=True):
        opened = _opens(line.strip("\r\n"), name)
        if opened and opened != name:
            found.append(Section(name, start, place))
            name, start = opened, place
        place += len(line)
    found.append(Section(name, start, len(note)))
    return [section for section in found if note[section.start : section.end].strip()]


def section_texts(note: str) -> dict[str, str]:
    """Each division that the note has, with its stretches one below the other."""
    texts: dict[str, list[str]] = {}
    for section in split_sections(note):
        texts.setdefault(section.name, []).append(note[section.start : section.end].strip())
    return {name: "\n".join(texts[name]) for name in SECTIONS if name in texts}


def section_at(note: str, place: int) -> str:
    """The division that the character at ``place`` is in."""
    return next((section.name for section in reversed(split_sections(note)) if section.start <= place), SECTIONS[0])


def _opens(line: str, current: str) -> str | None:
    """The division that ``line`` opens inside ``current``, None when it is no heading."""
    match = _LINE.match(line)
    if not match:
        return None
    name = " ".join(re.sub(r"[^a-z]+", " ", match["name"].lower().replace("&", " and ")).split())
    if current == "objective_results" and name == "impression" and not match["name"].isupper():
        return None  # A radiologist's, quoted among the results.
    if len(name) == 1 and not match["name"].isupper():
        return None
    return _MAJOR_NAMES.get(name) or (None if current == "assessment_and_plan" else _MINOR_NAMES.get(name))
