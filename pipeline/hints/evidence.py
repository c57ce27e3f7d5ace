"""What a patient answers outweighs what the one who asked says later: "with a fever, double the tablets" reports no fever."""

from collections.abc import Iterable

from .answers import DENIED, is_question
from .places import section_of
from .polarity import AFFIRMED
from .reading import Reading


def weighed(transcript: Reading, found: Iterable[tuple[int, int]]) -> set[int]:
    """The polarities of ``(place, polarity)``, without the statements of a speaker who asked about the same and was told no."""
    found = list(found)
    asked = {_speaker(transcript, place) for place, said in found if said == DENIED and asked_for(transcript, place)} - {""}
    return {
        said for place, said in found
        if said == DENIED or _speaker(transcript, place) not in asked or asked_for(transcript, place)
    }  # fmt: skip


def told_by_patient(note: Reading, place: int, polarity: int) -> bool:
    """Whether the note gives it as what the patient reports, and not as a finding or an order."""
    return polarity == AFFIRMED and section_of(note.text, note.tokens[place].start) == "subjective"


def _speaker(transcript: Reading, place: int) -> str:
    return transcript.turns[transcript.tokens[place].turn][0]


def asked_for(transcript: Reading, place: int) -> bool:
    """Whether what stands at ``place`` is part of a question."""
    begin, end = transcript.sentences[transcript.tokens[place].sentence]
    return is_question(transcript, begin, end, place)
