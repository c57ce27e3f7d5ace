"""Findings in a text, each affirmed, denied or neither: by cue words in its sentence, in speech also by an answer."""

from typing import NamedTuple

from .answers import UNCLEAR, answer_to, is_question, kept_away, presumed
from .lexicon import lexicon, loose_mentions, mentions, stem
from .polarity import AFFIRMED, CUES, DENIED, NOTHING, OTHERS, aside, polarity
from .reading import Reading
from .wordset import wordset

# Behind a finding: what to do should it come.
_ALARMS = wordset(": hospital ambulance emergency 999 911 112 urgently")
_CALLS = frozenset((verb, whom) for verb in ("ring", "call", "phone") for whom in ("me", "us", "that", "straight", "if", ".")) | {
    ("same", "day"), ("you", "ring"), ("you", "call"), ("you", "phone"),
}  # fmt: skip
# What is drunk without harm.
_WATER = wordset("water tea coffee juice squash fluid fluids litre litres")
_TESTS = wordset("test tests screen antibody antibodies")
# So many tokens around a finding are looked at for them.
_NEAR = 14
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
        if aside(reading, begin, first) or _test(reading, first, last):
            continue
        unclear = _heads(reading, begin, last, end) or bool(_ENDED & set(reading.words[max(begin, first - 2) : first]))
        said = UNCLEAR if unclear else polarity(reading, begin, end, first, last, named, spoken=False)
        found.append(Finding(names, first, last, said, _cue(reading, begin, first, said)))
    return found


def said_findings(reading: Reading, loose: bool = False) -> list[Finding]:
    """The findings of a transcript, those in questions with the polarity of the answer; ``loose`` are those of the bags."""
    every = loose_mentions(reading) if loose else mentions(reading)
    named = {place for _, first, last in every for place in range(first, last + 1)}
    found = []
    for names, first, last in every:
        begin, end = reading.sentences[reading.tokens[first].sentence]
        if answers_on_allergies(reading, first) or ("alcohol" in names and _WATER & set(reading.words[begin:end])):
            continue
        alarming = _ALARMS & set(reading.words[last + 1 : min(last + 16, end)]) or _calls(reading, begin, first, end)
        if aside(reading, max(begin, first - 30), first) or alarming:
            continue
        said = polarity(reading, begin, end, first, last, named, spoken=True)
        if " ".join(map(stem, reading.words[first : last + 1])) in lexicon().denials:
            said = DENIED
        elif is_question(reading, begin, end, first) and kept_away(reading, begin, first):
            said = _kept(reading, first, answer_to(reading, first, last, False, every))
        elif is_question(reading, begin, end, first) and presumed(reading, first):
            said = AFFIRMED
        elif is_question(reading, begin, end, first):
            said = answer_to(reading, first, last, said == DENIED, every)
        found.append(Finding(names, first, last, said))
    return found


def answers_on_allergies(reading: Reading, place: int) -> bool:
    """Whether it is said in answer to a question about allergies: what penicillin once did is no finding of today."""
    turn = reading.tokens[place].turn
    _, first, last = reading.turns[turn - 1] if turn else ("", 0, 0)
    question = reading.words[max(first, last - 14) : last]
    return question[-1:] == ("?",) and any(word.startswith("allerg") for word in question)


def _test(reading: Reading, first: int, last: int) -> bool:
    """"Pregnancy test negative", "FIT positive": the name of a test."""
    return bool(_TESTS & set(reading.words[last + 1 : last + 2])) or reading.text[slice(*reading.quote(first, last))] == "FIT"


def _calls(reading: Reading, begin: int, place: int, end: int) -> bool:
    """"A hot calf is a matter for the same day", "if you bleed, ring me": what to do should it come."""
    words = reading.words[max(begin, place - _NEAR) : min(place + _NEAR, end)]
    return bool(_CALLS & set(zip(words, words[1:], strict=False)))


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


def word_polarity(reading: Reading, place: int, told: list[Finding], advice: int = UNCLEAR) -> int:
    """What a transcript says about a word that is no finding of the list; ``advice`` if told for what may come."""
    begin, end = reading.sentences[reading.tokens[place].sentence]
    told_apart = _calls(reading, begin, place, end) or answers_on_allergies(reading, place)
    if aside(reading, max(begin, place - 30), place) or told_apart:
        return advice
    said = polarity(reading, begin, end, place, place, set(), spoken=True)
    if is_question(reading, begin, end, place) and kept_away(reading, begin, place):
        return _kept(reading, place, answer_to(reading, place, place, False, []))
    if is_question(reading, begin, end, place):
        return answer_to(reading, place, place, said == DENIED, [(one.names, one.first, one.last) for one in told])
    return said


def _kept(reading: Reading, place: int, answer: int) -> int:
    """"Have you stayed away from ibuprofen? - Yes.", "- Not one." and "- I haven't touched it." all deny it."""
    turn = reading.tokens[place].turn + 1
    _, first, last = reading.turns[turn] if turn < len(reading.turns) else ("", 0, 0)
    none = any(word == "not" or word == "never" or word.endswith("n't") for word in reading.words[first : min(first + 6, last)])
    return DENIED if none or answer in (AFFIRMED, DENIED) else answer


def _heads(reading: Reading, begin: int, last: int, end: int) -> bool:
    """A heading, or what stands under one: "Allergies", "Temperature: 36.9". With "none" behind it, it is a statement."""
    after = reading.words[last + 1 : last + 4]
    after = after[1:] if after[1:2] == (":",) else after[:2]
    alone = last + 1 == end and begin + 2 >= last and reading.words[last] not in ".!"
    return alone or (after[:1] == (":",) and not (after[1:] and after[1] in NOTHING))
