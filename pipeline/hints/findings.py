"""Findings in a text, each affirmed, denied or neither: by cue words in its sentence, in speech also by an answer."""

from typing import NamedTuple

from .answers import UNCLEAR, answer_to, is_question
from .lexicon import lexicon, mentions, stem
from .polarity import AFFIRMED, CUES, DENIED, NOTHING, OTHERS, aside, polarity
from .reading import Reading
from .wordset import wordset

# Behind a finding: what to do should it come.
_ALARMS = wordset(": hospital ambulance emergency 999 911 112 urgently")
# Right before a finding of the note: an end, or an example of something else (an allergy to codeine).
_ENDED = wordset("( stopped stop quit former ex past resolved ceased regarding concerning")
_AFFIRMING = wordset("reports reported endorses admits complains positive has had have with notes states")


class Finding(NamedTuple):
    """``names`` as in findings.txt, on tokens first to last; ``polarity`` is AFFIRMED, DENIED, UNCLEAR or, in speech, ASKED;
    ``cue`` is the token that says so ("denies", "reports"), or the first."""

    names: frozenset[str]
    first: int
    last: int
    polarity: int
    cue: int = -1



def written_findings(reading: Reading) -> list[Finding]:
    """The findings of a note. A heading with "none" behind it is denied ("Allergies: None")."""
    every = mentions(reading)
    named = {place for _, first, last in every for place in range(first, last + 1)}
    found = []
    for names, first, last in every:
        begin, end = reading.sentences[reading.tokens[first].sentence]
        begin = _after_heading(reading, begin, first)
        if aside(reading, begin, first):
            continue
        unclear = _heads(reading, begin, last, end) or bool(_ENDED & set(reading.words[max(begin, first - 2) : first]))
        said = UNCLEAR if unclear else polarity(reading, begin, end, first, last, named, spoken=False)
        found.append(Finding(names, first, last, said, _cue(reading, begin, first, said)))
    return found


def said_findings(reading: Reading) -> list[Finding]:
    """The findings of a transcript, those in questions with the polarity of the answer."""
    every = mentions(reading)
    named = {place for _, first, last in every for place in range(first, last + 1)}
    found = []
    for names, first, last in every:
        begin, end = reading.sentences[reading.tokens[first].sentence]
        if aside(reading, max(begin, first - 30), first) or _ALARMS & set(reading.words[last + 1 : min(last + 16, end)]):
            continue
        said = polarity(reading, begin, end, first, last, named, spoken=True)
        if " ".join(map(stem, reading.words[first : last + 1])) in lexicon().denials:
            said = DENIED
        elif is_question(reading, begin, end, first):
            said = answer_to(reading, first, last, said == DENIED, every)
        found.append(Finding(names, first, last, said))
    return found


def _after_heading(reading: Reading, begin: int, first: int) -> int:
    """Where the sentence goes on behind "Social history:"; a heading such as "Negative for:" belongs to it."""
    before = reading.words[begin:first]
    if ":" not in before or any(word in CUES or word in OTHERS for word in before[: before.index(":")]):
        return begin
    return begin + before.index(":") + 1


def _cue(reading: Reading, begin: int, first: int, said: int) -> int:
    """The word that affirms or denies, where it stands before the finding."""
    for place in range(first - 1, begin - 1, -1):
        word = reading.words[place]
        if (word in _AFFIRMING if said == AFFIRMED else word in CUES) and first - place <= 30:
            return place
        if said == AFFIRMED and word in CUES:
            break
    return first


def word_polarity(reading: Reading, place: int, told: list[Finding]) -> int:
    """What a transcript says about a word that is no finding of the list."""
    begin, end = reading.sentences[reading.tokens[place].sentence]
    if aside(reading, max(begin, place - 30), place):
        return UNCLEAR
    said = polarity(reading, begin, end, place, place, set(), spoken=True)
    if is_question(reading, begin, end, place):
        return answer_to(reading, place, place, said == DENIED, [(one.names, one.first, one.last) for one in told])
    return said


def _heads(reading: Reading, begin: int, last: int, end: int) -> bool:
    """A heading, or what stands under one: "Allergies", "Temperature: 36.9". With "none" behind it, it is a statement."""
    after = reading.words[last + 1 : last + 4]
    after = after[1:] if after[1:2] == (":",) else after[:2]
    alone = last + 1 == end and begin + 2 >= last and reading.words[last] not in ".!"
    return alone or (after[:1] == (":",) and not (after[1:] and after[1] in NOTHING))
