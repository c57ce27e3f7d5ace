"""In which division of the note a place stands."""

from bisect import bisect_right
from functools import lru_cache

from pipeline.metrics.sections import split_sections

_split = lru_cache(maxsize=64)(split_sections)


def section_of(note: str, place: int) -> str | None:
    """The division around ``note[place]``, or None outside of all."""
    sections = _split(note)
    at = bisect_right(sections, place, key=lambda section: section.start) - 1
    return sections[at].name if at >= 0 and place < sections[at].end else None
