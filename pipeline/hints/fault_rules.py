"""What the note calls abnormal, not clear or not intact, where the transcript finds nothing wrong with the same thing."""

from collections.abc import Iterator
from itertools import pairwise

from . import words as say
from .answers import DENIED
from .concepts import content, meanings, root
from .hint import Hint
from .polarity import polarity
from .reading import Reading
from .wordset import wordset
from .zones import heard_for, within

FAULTY = frozenset(("abnormal", "not clear", "not normal", "not intact"))
# What an examination finds or does not, said behind the part: "calves tender".
PREDICATES = wordset("tender enlarged palpable swollen")
_WELL = wordset(
    """normal normally fine good clear great unremarkable intact okay full well perfect healthy quiet regular everywhere freely
    ordinary steady straight equal level soft"""
)
# "Was puberty at the usual time? - Same as the others."
_USUAL = wordset("same usual")
# "Nothing to feel in the neck."
_FELT = wordset("feel see hear find felt seen heard found")
# What an answer says that found nothing.
_FOUND = wordset("found wrong amiss abnormal there untoward")
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
_NO_MORE = frozenset((("nothing", "else"), ("nothing", "more"), ("no", "other")))
# Tokens of an answer that says no more than how the thing is.
_SHORT = 12
# How far from the thing the word that judges it may stand, in tokens.
_NEAR = 9


def fault_hints(note: Reading, place: int, said: str, transcript: Reading) -> Iterator[Hint]:
    """Of the things before the word (behind it, if there are none), the nearest that the transcript judges decides."""
    begin, end = note.sentences[note.tokens[place].sentence]
    # "An abnormal lab finding" is why somebody came, and of no one thing.
    clause = next((at + 1 for at in range(place - 1, begin - 1, -1) if note.words[at] in ",;:"), begin)
    clause = begin if note.words[clause] in ("or", "and", "nor") else clause
    if said == "abnormal" and (_NOT & set(note.words[clause:place]) or _ATTRIBUTES & set(note.words[place + 1 : place + 2])):
        return
    if note.words[place - 1] == "otherwise":
        yield from _rest(note, place, transcript)
        return
    before = [other for other in range(place - 1, begin - 1, -1) if _thing(note, other)]
    after = [other for other in range(place + 1, min(place + 5, end)) if _thing(note, other)]
    # "With abnormal stride": of what comes right behind it.
    for thing in (after if place + 1 in after else before or after)[:3]:
        turns = heard_for(note, place, transcript)
        # The word itself tells more than others that mean the same.
        verdict = _verdict(transcript, frozenset((root(note.words[thing]),)), turns)
        verdict = _verdict(transcript, meanings(note.words[thing]), turns) if verdict is None else verdict
        if verdict is not None:
            if verdict:
                start, stop = note.quote(place - (said != note.words[place]), place)
                quote = note.text[start:stop]
                yield Hint("negation", "note", start, stop, quote, say.TURNED.format(said=quote))
            return


def predicate_hints(note: Reading, place: int, transcript: Reading) -> Iterator[Hint]:
    """"Calves tender", where whoever examined said of the calves that they are not, and nothing else."""
    begin, end = note.sentences[note.tokens[place].sentence]
    first = next((at + 1 for at in range(place - 1, begin - 1, -1) if note.words[at] in ",;:"), begin)
    things = [at for at in range(first, place) if _thing(note, at)]
    if not things or _NOT & set(note.words[first:place]) or (place + 1 < end and note.words[place + 1] not in ".,;"):
        return
    turns, found, thing = heard_for(note, place, transcript), meanings(note.words[place]), meanings(note.words[things[-1]])
    denied = set()
    for at, word in enumerate(transcript.words):
        if transcript.tokens[at].turn not in turns or not found & meanings(word):
            continue
        start, stop = transcript.sentences[transcript.tokens[at].sentence]
        near = transcript.words[max(start, at - _NEAR) : min(at + 5, stop)]
        if any(thing & meanings(one) for one in near):
            denied.add(any(one in _NOT or one.endswith("n't") for one in transcript.words[max(start, at - 4) : at]))
    if denied == {True}:
        low, high = note.quote(things[0], place)
        yield Hint("negation", "note", low, high, note.text[low:high], say.REPORTS.format(said=note.text[low:high]))


def _rest(note: Reading, place: int, transcript: Reading) -> Iterator[Hint]:
    """"Otherwise abnormal", where nothing else was found."""
    turns = heard_for(note, place, transcript)
    pairs = {pair for turn in turns for pair in pairwise(transcript.words[slice(*transcript.turns[turn][1:])])}
    if _NO_MORE & pairs or any(_otherwise_well(transcript, turn) for turn in turns):
        start, stop = note.quote(place, place)
        yield Hint("negation", "note", start, stop, note.text[start:stop], say.TURNED.format(said=note.text[start:stop]))


def _otherwise_well(transcript: Reading, turn: int) -> bool:
    """"Otherwise the blood count is normal."""
    _, first, last = transcript.turns[turn]
    return any(
        transcript.words[place] == "otherwise" and _WELL & set(transcript.words[place + 1 : min(place + 8, last)])
        for place in range(first, last)
    )


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
    well, bad = _judged(transcript, end, range(end, stop))
    well |= bool(_USUAL & set(transcript.words[end:stop]))
    return well or ("nothing" in transcript.words[end:stop] and bool(_FOUND & set(transcript.words[end:stop]))), bad


def _verdict(transcript: Reading, thing: frozenset[str], turns: frozenset[int]) -> bool | None:
    """True where the thing is only said to be well, False where something is wrong with it, None where nothing is said; by what
    is said in these turns, if they speak of it."""
    well = bad = False
    about = [place for place, word in enumerate(transcript.words) if thing & meanings(word)]
    for place in within(transcript, turns, about):
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
        well |= "nothing" in transcript.words[begin:end] and bool(_FELT & set(transcript.words[begin:end]))
        well |= polarity(transcript, begin, end, place, place, set(), spoken=True) == DENIED
    return (well and not bad) if well or bad else None
