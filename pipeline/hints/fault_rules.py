"""What the note calls abnormal, not clear or not intact, where the transcript finds nothing wrong with the same thing."""

from collections.abc import Iterator

from . import words as say
from .answers import DENIED
from .concepts import content, meanings
from .hint import Hint
from .polarity import polarity
from .reading import Reading
from .wordset import wordset

FAULTY = frozenset(("abnormal", "not clear", "not normal", "not intact"))
_WELL = wordset(
    """normal normally fine good clear great unremarkable intact okay full well perfect healthy quiet regular everywhere freely
    ordinary"""
)
_BAD = wordset(
    """abnormal elevated high low raised off worse decreased reduced increased poor concerning positive enlarged thickened blocked
    diminished limited slightly bit mild little trouble issue issues problem problems weird changed broken"""
)
_NOT = wordset("no not nothing never isn't aren't wasn't weren't without")
_OWN = wordset(
    """abnormal normal clear intact reveals shows exam examination test tests level levels function reading findings finding lab
    labs result results range limits"""
)
_ATTRIBUTES = wordset("lab labs finding findings result results test")
# In speech these stand in advice on what may come.
_ADVICE = wordset("emergency hospital ambulance 999 911 112 urgently")
# Tokens of an answer that says no more than how the thing is.
_SHORT = 8
# How far from the thing the word that judges it may stand, in tokens.
_NEAR = 9


def fault_hints(note: Reading, place: int, said: str, transcript: Reading) -> Iterator[Hint]:
    """Of the things before the word (behind it, if there are none), the nearest that the transcript judges decides."""
    begin, end = note.sentences[note.tokens[place].sentence]
    # "An abnormal lab finding" is why somebody came, and of no one thing.
    if said == "abnormal" and (_NOT & set(note.words[begin:place]) or _ATTRIBUTES & set(note.words[place + 1 : place + 2])):
        return
    before = [other for other in range(place - 1, begin - 1, -1) if _thing(note, other)]
    after = [other for other in range(place + 1, min(place + 5, end)) if _thing(note, other)]
    for thing in (before or after)[:3]:
        verdict = _verdict(transcript, meanings(note.words[thing]))
        if verdict is not None:
            if verdict:
                start, stop = note.quote(place - (said != note.words[place]), place)
                quote = note.text[start:stop]
                yield Hint("negation", "note", start, stop, quote, say.TURNED.format(said=quote))
            return


def _thing(note: Reading, place: int) -> bool:
    return content(note, place) and note.words[place] not in _OWN


def _judged(transcript: Reading, begin: int, places: range) -> tuple[bool, bool]:
    """Whether the words at ``places`` of the sentence that starts at ``begin`` say well, and whether they say that it is not."""
    well = bad = False
    for place in places:
        word = transcript.words[place]
        turned = bool(_NOT & set(transcript.words[max(begin, place - 3) : place]))
        well |= (word in _WELL and not turned) or (word in _BAD and turned)
        bad |= (word in _BAD and not turned) or (word in _WELL and turned)
    return well, bad


def _answered(transcript: Reading, end: int) -> tuple[bool, bool]:
    """Whether the answer to a question that ends a turn calls the thing well, or not: "After the camera tests? - All clear." """
    if end >= len(transcript.words) or transcript.tokens[end].turn == transcript.tokens[end - 1].turn:
        return False, False
    _, stop = transcript.sentences[transcript.tokens[end].sentence]
    if stop - end > _SHORT or transcript.words[stop - 1] == "?":
        return False, False
    return _judged(transcript, end, range(end, stop))


def _verdict(transcript: Reading, thing: frozenset[str]) -> bool | None:
    """True where the thing is only said to be well, False where something is wrong with it, None where nothing is said."""
    well = bad = False
    for place, word in enumerate(transcript.words):
        if not thing & meanings(word):
            continue
        begin, end = transcript.sentences[transcript.tokens[place].sentence]
        if _ADVICE & set(transcript.words[begin:end]):
            continue
        if transcript.words[end - 1] == "?":
            fine, faulty = _answered(transcript, end)
            well, bad = well or fine, bad or faulty
            continue
        near = range(max(begin, place - _NEAR), min(place + _NEAR + 1, end))
        fine, faulty = _judged(transcript, begin, near)
        well, bad = well or fine, bad or faulty
        well |= polarity(transcript, begin, end, place, place, set(), spoken=True) == DENIED
    return (well and not bad) if well or bad else None
