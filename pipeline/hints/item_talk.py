"""What a transcript says at the places that hold the words of an item, by whatever means the same."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from .answers import ASKED, DENIED, UNCLEAR, answer_to, is_question
from .concepts import meanings, parts
from .evidence import asked_for
from .findings import Finding, word_polarity
from .polarity import AFFIRMED, denied_after, polarity
from .reading import Reading
from .sides import groups_at
from .wordset import wordset

# How far apart, in tokens, the words of one item may be said.
_SPAN = 10
# With these the item is there because something is not: "I've no appetite" affirms a poor appetite.
LACK = wordset("poor reduced loss lack less decreased low intolerance little fewer hardly unable")
_TROUBLE = wordset("trouble difficulty difficulties problem problems off lost losing gone change changed")
CANNOT = wordset("can't cannot couldn't")
# "The tremor has gone", of who examines.
_GONE = wordset("gone cleared settled disappeared resolved")
# Words of an order not to, so many tokens before what it is about.
_ORDER = 4
_AGAINST = wordset("avoid never nobody")
_AWAY = frozenset((("away", "from"), ("keep", "off"), ("rather", "not")))
_FAMILY = wordset("family anyone anybody runs")


class Talk(NamedTuple):
    """A transcript, its findings, and where it has what: root or group of words -> places."""

    transcript: Reading
    told: list[Finding]
    by_meaning: dict[str, set[int]]


def talk_of(transcript: Reading, told: list[Finding]) -> Talk:
    by_meaning: dict[str, set[int]] = {}
    for place, word in enumerate(transcript.words):
        # "Relapsing-remitting" is no relapse.
        token, after = transcript.tokens[place], transcript.tokens[place + 1 : place + 2]
        joined = bool(after) and after[0].word == "-" and after[0].start == token.end
        for meaning in meanings(word) if not joined else ():
            by_meaning.setdefault(meaning, set()).add(place)
    return Talk(transcript, told, by_meaning)


def places_of(talk: Talk, word: str) -> list[set[int]]:
    """Where the transcript has the word, or, if nowhere, each of the forms that it is made of."""
    direct = _with(talk, meanings(word))
    return [direct] if direct or not parts(word) else [_with(talk, part) for part in parts(word)]


def _with(talk: Talk, meant: Iterable[str]) -> set[int]:
    return set().union(*(talk.by_meaning.get(one, set()) for one in meant))


def windows_of(talk: Talk, known: list[set[int]], least: int) -> list[list[int]]:
    """Of the sentences that hold the most of the words close together, ``least`` at least, the places of those words."""
    best: list[list[int]] = []
    for place in sorted(set().union(*known)):
        begin, end = talk.transcript.sentences[talk.transcript.tokens[place].sentence]
        near = range(max(begin, place - _SPAN), min(place + _SPAN + 1, end))
        found = [min((one for one in places if one in near), key=lambda one: abs(one - place), default=-1) for places in known]
        found = [one for one in found if one >= 0]
        if len(found) >= max(least, len(best[0]) if best else 0) and found not in best:
            best = [found, *(other for other in best if len(other) == len(found))]
    return sorted(best)


def sentence_at(transcript: Reading, place: int) -> tuple[str, ...]:
    return transcript.words[slice(*transcript.sentences[transcript.tokens[place].sentence])]


def asks_lack(transcript: Reading, place: int) -> bool:
    """Whether it is asked for the lack: "any loss of appetite?"."""
    return asked_for(transcript, place) and bool((LACK | _TROUBLE) & set(sentence_at(transcript, place)))


def ordered(talk: Talk, window: list[int]) -> int:
    """What an order says of the words: orders are given, not asked for, and an "oh no" behind one denies nothing."""
    transcript = talk.transcript
    begin, end = transcript.sentences[transcript.tokens[max(window)].sentence]
    before = transcript.words[max(begin, min(window) - _ORDER) : max(window)]
    around = transcript.words[max(begin, min(window) - 2) : min(max(window) + 5, end)]
    forbidden = any(word == "not" or word.endswith("n't") for word in transcript.words[min(window) : max(window)])
    forbidden |= bool(_AGAINST & set(before) or _AWAY & set(pairwise(before)))
    if forbidden or _denied_behind(transcript, window) or ({"leave", "keep"} & set(around) and "off" in around):
        return DENIED
    return _together({polarity(transcript, begin, end, place, place, set(), spoken=True) for place in window})


def stated(talk: Talk, window: list[int], advice: int, examined: bool) -> int:
    """What is said of the words together; ``advice`` where it is told for what may come, ``examined`` for a finding of the
    examination."""
    transcript = talk.transcript
    if _denied_behind(transcript, window):
        return DENIED
    # "The face moves equally, without any weakness": the part is there, what is looked for is not.
    named = [place for place in window if not groups_at(transcript, place)] or window
    said = {_about(talk, place, advice) for place in named}
    if said == {UNCLEAR}:
        said = {_about(talk, place, advice) for place in window}
    _, end = transcript.sentences[transcript.tokens[max(window)].sentence]
    gone = examined and _GONE & set(transcript.words[max(named) + 1 : min(max(named) + 4, end)])
    return DENIED if gone else _together(said)


def _denied_behind(transcript: Reading, window: list[int]) -> bool:
    _, end = transcript.sentences[transcript.tokens[max(window)].sentence]
    return denied_after(transcript.words[max(window) + 1 : min(max(window) + 5, end)])


def _together(said: set[int]) -> int:
    return next((one for one in (DENIED, ASKED, UNCLEAR) if one in said), AFFIRMED)


def _about(talk: Talk, place: int, advice: int) -> int:
    """"Has anyone in the family had glaucoma? - Nobody.": here what is said of the family is what counts."""
    begin, end = talk.transcript.sentences[talk.transcript.tokens[place].sentence]
    family = advice == ASKED and _FAMILY & set(talk.transcript.words[begin:end])
    if family and is_question(talk.transcript, begin, end, place):
        return answer_to(talk.transcript, place, place, False, [])
    return word_polarity(talk.transcript, place, talk.told, advice)
