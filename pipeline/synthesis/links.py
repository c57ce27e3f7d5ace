"""Facts of a note, linked to where the transcript says them: code point spans in both texts, quotes beside them."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotations import check_span


@dataclass(frozen=True)
class Link:
    """One fact's place in the note and in the transcript, end exclusive. ``fact`` is its id within the encounter, ``kind`` what
    sort of fact it is (symptom, negative, history, medicine, allergy, family, social, exam, result, assessment, plan, ...)."""

    fact: str
    kind: str
    note_start: int
    note_end: int
    note_quote: str
    start: int
    end: int
    quote: str


def check_links(links: Iterable[Link], note: str, transcript: str) -> None:
    """Raise BadInput unless every quote is exactly where its offsets say, in both texts."""
    for link in links:
        check_span(note, link.note_start, link.note_end, link.note_quote, f"note side of the fact {link.fact}")
        check_span(transcript, link.start, link.end, link.quote, f"transcript side of the fact {link.fact}")
