"""What a note calls a value, normal or not, against what was called so right behind, or before, the same number."""

from collections.abc import Iterator

from . import words as say
from .hint import Hint
from .number_rules import Spoken
from .numbers import Number, telling
from .reading import Reading
from .wordset import wordset

_WELL = wordset("normal fine good healthy ordinary well")
_BAD = wordset("abnormal high low raised elevated reduced decreased increased up down above below poor positive bit slightly")
_NOT = wordset("not isn't aren't wasn't no never")
# Between a value and its verdict in a note nothing but marks may stand: "36 (abnormal)", "36, normal".
_MARKS = frozenset((*"(,:-", "both", "all"))
# How far from a number, in tokens, speech calls it something: behind it, or right before it.
_BEHIND, _BEFORE = 9, 4
_NAMING = frozenset((";", "and", "but"))


def value_hints(note: Reading, numbers: list[Number], heard: Spoken) -> Iterator[Hint]:
    """A hint where every number of the transcript that is the same is called the opposite, or nothing."""
    ends = {number.last: number for number in numbers}
    for place, word in enumerate(note.words):
        if word not in ("normal", "abnormal", "positive", "negative"):
            continue
        before = place - 1
        while before > 0 and note.words[before] in _MARKS:
            before -= 1
        number = ends.get(before)
        if number is None or not telling(number):
            continue
        # "Normal 2 to 5": a laboratory's range.
        if note.words[place + 1 : place + 2] not in ((), (")",), (".",), (",",), (";",), ("and",)):
            continue
        same = heard.by_value.get(round(number.value, 4), ())
        if word in ("positive", "negative"):
            verdicts = set().union(*(_called(heard.reading, other) for other in same))
            against = verdicts == {"positive" if word == "negative" else "negative"}
        else:
            if note.words[place - 1] in ("both", "all"):
                sentence = note.tokens[place].sentence
                same = [
                    other for one in numbers if one.last < place and note.tokens[one.first].sentence == sentence
                    for other in heard.by_value.get(round(one.value, 4), ())
                ]  # fmt: skip
            against = {_verdict(heard.reading, other) for other in same} - {None} == {word == "abnormal"}
        if against:
            start, end = note.quote(place, place)
            yield Hint("negation", "note", start, end, note.text[start:end], say.TURNED.format(said=note.text[start:end]))


def _verdict(transcript: Reading, number: Number) -> bool | None:
    """True where speech calls the number well, False where it does not, None where it says neither or both."""
    begin, end = transcript.sentences[transcript.tokens[number.first].sentence]
    behind = range(number.last + 1, min(number.last + 1 + _BEHIND, end))
    # What comes behind the next number is about that one.
    ended = (place for place in behind if transcript.tokens[place].kind == "number" or transcript.words[place] in _NAMING)
    cut = next(ended, end)
    after = _judged(transcript, range(number.last + 1, min(cut, behind.stop)))
    return after if after is not None else _judged(transcript, range(max(begin, number.first - _BEFORE), number.first))


def _called(transcript: Reading, number: Number) -> set[str]:
    """Whether the number's sentence says positive or negative."""
    begin, end = transcript.sentences[transcript.tokens[number.first].sentence]
    return {"positive", "negative"} & set(transcript.words[begin:end])


def _judged(transcript: Reading, places: range) -> bool | None:
    well = bad = False
    for place in places:
        turned = bool(_NOT & set(transcript.words[max(places.start, place - 2) : place]))
        well |= transcript.words[place] in _WELL and not turned
        bad |= transcript.words[place] in _BAD or (transcript.words[place] in _WELL and turned)
    well |= {"nothing", "wrong"} <= set(transcript.words[places.start : places.stop])
    return well if well != bad else None
