"""Items of the note against the places of the transcript that speak of the same things, in whichever words."""

import math
from collections.abc import Iterator
from itertools import pairwise

from . import words as say
from .answers import ASKED, DENIED, UNCLEAR, answer_to, is_question
from .concepts import meanings, parts
from .evidence import asked_for, told_by_patient, weighed
from .findings import Finding, word_polarity
from .hint import Hint
from .items import Item, items
from .places import section_of
from .polarity import AFFIRMED, denied_after, polarity
from .reading import Reading
from .sides import groups_at
from .wordset import wordset
from .zones import heard_for, within

# How far apart, in tokens, the words of one item may be said.
_SPAN = 10
# Which share of an item's words a sentence has to hold.
_MOST = 0.66
_TROUBLE = wordset("trouble difficulty difficulties problem problems off lost losing gone change changed")
_CANNOT = wordset("can't cannot couldn't")
# "The tremor has gone", of who examines.
_GONE = wordset("gone cleared settled disappeared resolved")
# A history of the family, and a sign of something, are told in sentences that say so.
_BELONGS = (
    (wordset("family"), wordset("family anyone anybody relatives relative runs")),
    (wordset("sign"), wordset("sign signs evidence")),
)
# So many times a word may be said that decides alone.
_SELDOM = 3
# Words of an order not to, so many tokens before what it is about.
_ORDER = 4
_AGAINST = wordset("avoid never nobody")
_AWAY = frozenset((("away", "from"), ("keep", "off"), ("rather", "not")))
# With these the item is there because something is not: "I've no appetite" affirms a poor appetite.
_LACK = wordset("poor reduced loss lack less decreased low intolerance little fewer hardly unable")


def item_hints(note: Reading, transcript: Reading, told: list[Finding], taken: list[Hint]) -> Iterator[Hint]:
    """A hint on a list only where all places that speak of its items are clear and say the opposite."""
    by_meaning: dict[str, set[int]] = {}
    for place, word in enumerate(transcript.words):
        # "Relapsing-remitting" is no relapse.
        token, after = transcript.tokens[place], transcript.tokens[place + 1 : place + 2]
        joined = bool(after) and after[0].word == "-" and after[0].start == token.end
        for meaning in meanings(word) if not joined else ():
            by_meaning.setdefault(meaning, set()).add(place)
    for listed in items(note):
        if not listed or (listed[0].plain and not _planned(note, listed[0])):
            continue
        start, end = note.quote(min(listed[0].cue, listed[0].first), listed[0].last)
        if any(hint.kind == "negation" and hint.where == "note" and hint.start < end and start < hint.end for hint in taken):
            continue
        heard = [_heard(note, item, transcript, told, by_meaning) - {ASKED} for item in listed]
        if listed[0].polarity == DENIED and len(listed) > 1 and not any(heard):
            heard = [_loosely(note, item, transcript, told, by_meaning) for item in listed]
            heard = heard if sum(one == {AFFIRMED} for one in heard) > 1 and {DENIED} not in heard else []
        against = sum(one == {-listed[0].polarity} for one in heard)
        if against >= _least(listed) and {listed[0].polarity} not in heard:
            template = say.REPORTS if listed[0].polarity == AFFIRMED else say.DENIES
            quote = note.text[start:end]
            yield Hint("negation", "note", start, end, quote, template.format(said=quote))


def _loosely(note: Reading, item: Item, transcript: Reading, told: list[Finding], by_meaning: dict[str, set[int]]) -> set[int]:
    """What is said about any word of an item, by all who speak: enough only where several items of a list agree."""
    places = set().union(*(places for place in item.content for places in _places(note.words[place], by_meaning)))
    # Who cannot concentrate denies no trouble with it.
    places = {place for place in places if not _CANNOT & set(transcript.words[max(place - 4, 0) : place])}
    return {word_polarity(transcript, place, told) for place in places} - {ASKED, UNCLEAR}


def _named_first(
    note: Reading, item: Item, transcript: Reading, told: list[Finding], by_meaning: dict[str, set[int]]
) -> set[int]:
    """"Snoring on CPAP": what is said about the first word that the transcript has, where that is seldom and was asked for."""
    for place in item.content:
        places = set().union(*_places(note.words[place], by_meaning))
        if places:
            asked = any(asked_for(transcript, one) for one in places)
            said = {word_polarity(transcript, one, told, ASKED) for one in places} - {ASKED}
            return said & {DENIED} if asked and len(places) <= _SELDOM and said == {DENIED} else set()
    return set()


def _least(listed: list[Item]) -> int:
    """What the note denies may be another side or another time than what was affirmed: two items where there are just two."""
    return 2 if listed[0].polarity == DENIED and len(listed) == 2 else 1


def _planned(note: Reading, item: Item) -> bool:
    return section_of(note.text, note.tokens[item.first].start) == "assessment_and_plan"


def _heard(note: Reading, item: Item, transcript: Reading, told: list[Finding], by_meaning: dict[str, set[int]]) -> set[int]:
    wanted = [places for place in item.content for places in _places(note.words[place], by_meaning)]
    known = [places for places in wanted if places]
    lacking = any(word in _LACK or word.endswith("phobia") for word in note.words[item.first : item.last + 1])
    if item.plain and len(wanted) == 2 and not wanted[0] and wanted[1]:
        # "Adrenal crisis", of which only "no crisis" is said.
        turns = heard_for(note, item.first, transcript)
        near = [place for place in wanted[1] if transcript.tokens[place].turn in turns]
        return {_said(transcript, [place], told, True, ASKED, False) for place in near} if 0 < len(near) <= _SELDOM else set()
    strange = len(known) < len(wanted) and (item.plain or lacking or (not wanted[-1] and len(known) < 2))
    if not known or strange or 2 * len(known) < len(wanted):
        alone = not item.plain and not lacking and item.polarity == AFFIRMED
        return _named_first(note, item, transcript, told, by_meaning) if alone else set()
    # A dose is said apart from what it is for, and what is denied may be the other of two things.
    dosed = any(token.kind == "number" for token in note.tokens[item.first : item.last + 1])
    whole = item.plain or item.polarity == DENIED or dosed
    windows = _windows(transcript, known, len(known) if whole else max(min(len(known), 2), math.ceil(_MOST * len(known))))
    windows = within(transcript, heard_for(note, item.first, transcript), windows, lambda one: one[0])
    for named, words in _BELONGS:
        if named & set(note.words[item.first : item.last + 1]):
            windows = [one for one in windows if words & set(_sentence(transcript, one[0]))] or windows
    advice = ASKED if item.polarity == AFFIRMED else UNCLEAR
    if not windows and item.polarity == AFFIRMED and not item.plain and len(item.content) > 1 and not whole:
        return _named_first(note, item, transcript, told, by_meaning)
    seen = section_of(note.text, note.tokens[item.first].start) == "objective_exam"
    found = [(window[0], _said(transcript, window, told, item.plain, advice, seen)) for window in windows]
    if lacking:
        # "I've no appetite" affirms a poor one; only a question about the lack can deny it.
        found = [(place, said if said != DENIED or _asks_lack(transcript, place) else ASKED) for place, said in found]
    return weighed(transcript, found) if told_by_patient(note, item.first, item.polarity) else {said for _, said in found}


def _places(word: str, by_meaning: dict[str, set[int]]) -> list[set[int]]:
    """Where the transcript has the word, or, if nowhere, each of the forms that it is made of."""
    direct = set().union(*(by_meaning.get(one, set()) for one in meanings(word)))
    if direct or not parts(word):
        return [direct]
    return [set().union(*(by_meaning.get(one, set()) for one in part)) for part in parts(word)]


def _windows(transcript: Reading, known: list[set[int]], least: int) -> list[list[int]]:
    """Of the sentences that hold the most of the words close together, ``least`` at least, the places of those words."""
    best: list[list[int]] = []
    for place in sorted(set().union(*known)):
        begin, end = transcript.sentences[transcript.tokens[place].sentence]
        near = range(max(begin, place - _SPAN), min(place + _SPAN + 1, end))
        found = [min((one for one in places if one in near), key=lambda one: abs(one - place), default=-1) for places in known]
        found = [one for one in found if one >= 0]
        if len(found) >= max(least, len(best[0]) if best else 0) and found not in best:
            best = [found, *(other for other in best if len(other) == len(found))]
    return sorted(best)


def _said(transcript: Reading, window: list[int], told: list[Finding], plain: bool, advice: int, examined_now: bool) -> int:
    begin, end = transcript.sentences[transcript.tokens[max(window)].sentence]
    if denied_after(transcript.words[max(window) + 1 : min(max(window) + 5, end)]):
        return DENIED
    if plain:
        # Orders are given, not asked for: an "oh no" behind one denies nothing.
        said = {polarity(transcript, begin, end, place, place, set(), spoken=True) for place in window}
        before = transcript.words[max(begin, min(window) - _ORDER) : max(window)]
        forbidden = any(word == "not" or word.endswith("n't") for word in transcript.words[min(window) : max(window)])
        said |= {DENIED} if forbidden or _AGAINST & set(before) or _AWAY & set(pairwise(before)) else set()
        around = transcript.words[max(begin, min(window) - 2) : min(max(window) + 5, end)]
        said |= {DENIED} if {"leave", "keep"} & set(around) and "off" in around else set()
    else:
        # "The face moves equally, without any weakness": the part is there, what is looked for is not.
        named = [place for place in window if not groups_at(transcript, place)] or window
        said = {_about(transcript, place, told, advice) for place in named}
        if said == {UNCLEAR}:
            said = {_about(transcript, place, told, advice) for place in window}
        gone = transcript.words[max(named) + 1 : min(max(named) + 4, end)]
        said |= {DENIED} if examined_now and _GONE & set(gone) else set()
    for one in (DENIED, ASKED, UNCLEAR):
        if one in said:
            return one
    return AFFIRMED


def _asks_lack(transcript: Reading, place: int) -> bool:
    return asked_for(transcript, place) and bool((_LACK | _TROUBLE) & set(_sentence(transcript, place)))


def _sentence(transcript: Reading, place: int) -> tuple[str, ...]:
    return transcript.words[slice(*transcript.sentences[transcript.tokens[place].sentence])]


def _about(transcript: Reading, place: int, told: list[Finding], advice: int) -> int:
    """"Has anyone in the family had glaucoma? - Nobody.": here what is said of the family is what counts."""
    begin, end = transcript.sentences[transcript.tokens[place].sentence]
    family = advice == ASKED and {"family", "anyone", "anybody", "runs"} & set(transcript.words[begin:end])
    if family and is_question(transcript, begin, end, place):
        return answer_to(transcript, place, place, False, [])
    return word_polarity(transcript, place, told, advice)
