"""Where in a note a place stands: the SOAP division under whose heading it is, by the ids of the default label file.

A plain reading of headings: a line that is a known title, with or without ``#``, ``**`` or a colon, or one that begins with a
main title and a colon ("Plan: repeat TSH"). Smaller titles ("Medications: none") count only as a whole line or in capitals,
because a plan has such lines too. A bare "Objective" is taken for the examination until a heading of results follows.
"""

import re
from functools import lru_cache
from itertools import pairwise

_MAIN = {
    "subjective": ("subjective", "s"),
    "objective_exam": ("objective", "o"),
    "assessment_and_plan": ("assessment", "plan", "assessment and plan", "a", "p", "a and p"),
}
_SMALLER = {
    "subjective": (
        "chief complaint", "reason for visit", "history of present illness", "hpi", "interval history", "history", "past history",
        "past medical history", "medical history", "past surgical history", "surgical history", "family history",
        "social history", "birth history", "review of systems", "ros", "medications", "current medications", "allergies",
    ),
    "objective_exam": (
        "exam", "examination", "physical exam", "physical examination", "vitals", "vital signs", "vitals reviewed",
    ),
    "objective_results": ("results", "labs", "laboratory", "laboratory results", "imaging", "diagnostics", "tests"),
    "assessment_and_plan": ("impression", "diagnosis", "recommendations", "instructions", "follow up", "followup"),
}  # fmt: skip
_SECTION_OF_MAIN = {title: section for section, titles in _MAIN.items() for title in titles}
_SECTION_OF_SMALLER = {title: section for section, titles in _SMALLER.items() for title in titles}
_MARKUP = " \t\r*_#"


def section_at(text: str, offset: int) -> str | None:
    """The division in which ``text[offset]`` stands; None above the first heading, or where there is none."""
    return section_in(_remembered(text), offset)


def section_in(sections: list[tuple[int, int, str]], offset: int) -> str | None:
    return next((section for start, end, section in sections if start <= offset < end), None)


def sections_of(text: str) -> list[tuple[int, int, str]]:
    """The divisions of a note as ``(start, end, section)``, each from its heading on; neighbours may be of one section."""
    found = [(line.start(), section) for line in re.finditer(r"[^\n]+", text) if (section := _heading(line.group()))]
    ends = [*found, (len(text), "")]
    return [(start, end, section) for (start, section), (end, _) in pairwise(ends)]


# A reviewer marks the same note many times.
_remembered = lru_cache(maxsize=256)(sections_of)


def _heading(line: str) -> str | None:
    before, colon, after = line.partition(":")
    title, whole = before.strip(_MARKUP), not after.strip(_MARKUP)
    known = re.sub(r"\s*[&/]\s*|\s+", lambda gap: " and " if gap.group().strip() else " ", title.casefold()).replace("-", " ")
    # A lone letter is a heading only before a colon: "P: repeat TSH".
    if known in _SECTION_OF_MAIN and (colon or (whole and len(title) > 1)):
        return _SECTION_OF_MAIN[known]
    return _SECTION_OF_SMALLER.get(known) if whole or (colon and title.isupper()) else None
