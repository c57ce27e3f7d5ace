"""Which turns of a visit tell what was found on examination, and which what is planned."""

from functools import lru_cache

from .places import section_of
from .reading import Reading, read_transcript
from .wordset import wordset

_DOCTORS = wordset("doctor dr clinician physician gp nurse consultant provider")
_VITALS = wordset("pulse weight temperature pressure saturation saturations oxygen breathing")
_LOOKS = wordset("examine examination exam couch listen listening")
# Doctor's turns that go on with an examination once it has begun.
_GOES_ON = 3
# Where nothing is examined, a plan is spoken of in the last part of a visit.
_LATE = 0.6
_SPELT = wordset(
    """twenty thirty forty fifty sixty seventy eighty ninety hundred oh eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen"""
)


def heard_for(note: Reading, place: int, transcript: Reading) -> frozenset[int]:
    """The turns that tell what a note's word at ``place`` is about: of the examination, or of the plan; none for other parts."""
    section = section_of(note.text, note.tokens[place].start)
    if section == "objective_exam":
        return examined(transcript.text)
    if section == "objective_results":
        return told_after(transcript.text)
    return planned(transcript.text) if section == "assessment_and_plan" else frozenset()


@lru_cache(maxsize=16)
def examined(text: str) -> frozenset[int]:
    """Turns that give a pulse or another vital sign with its number, or speak of examining, and the next of the same speaker."""
    transcript = read_transcript(text)
    found: set[int] = set()
    left = 0
    for turn, (speaker, first, last) in enumerate(transcript.turns):
        if not _doctor(speaker):
            continue
        words = set(transcript.words[first:last])
        numbers = any(token.kind == "number" for token in transcript.tokens[first:last]) or bool(_SPELT & words)
        if "results" in words and not words & _VITALS:
            left = 0
        if (words & _VITALS and numbers and transcript.words[last - 1 : last] != ("?",)) or words & _LOOKS:
            left = _GOES_ON
        if left:
            found.add(turn)
            left -= 1
    return frozenset(found)


@lru_cache(maxsize=16)
def told_after(text: str) -> frozenset[int]:
    """The doctor's turns from the examination on, or of the last part: results are told there."""
    turns = read_transcript(text).turns
    begin = min(examined(text) | planned(text), default=0)
    return frozenset(turn for turn, (speaker, _, _) in enumerate(turns) if _doctor(speaker) and turn >= begin)


@lru_cache(maxsize=16)
def planned(text: str) -> frozenset[int]:
    """The doctor's turns of the last part."""
    turns = read_transcript(text).turns
    return frozenset(turn for turn, (speaker, _, _) in enumerate(turns) if _doctor(speaker) and turn >= _LATE * len(turns))


def within(transcript: Reading, turns: frozenset[int], places: list, place=lambda one: one) -> list:
    """Those of ``places`` that lie in these turns, or all where none does."""
    inside = [one for one in places if transcript.tokens[place(one)].turn in turns]
    return inside or places


def _doctor(speaker: str) -> bool:
    return not speaker or bool(_DOCTORS & set(speaker.replace(".", " ").split()))
