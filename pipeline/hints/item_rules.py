"""Items of the note against the places of the transcript that speak of the same things, in whichever words."""

import math
from collections.abc import Iterator

from . import words as say
from .answers import ASKED, DENIED, UNCLEAR
from .evidence import asked_for, told_by_patient, weighed
from .findings import Finding, word_polarity
from .hint import Hint
from .item_talk import CANNOT, LACK, Talk, asks_lack, ordered, places_of, sentence_at, stated, talk_of, windows_of
from .items import Item, items
from .places import section_of
from .polarity import AFFIRMED
from .reading import Reading
from .wordset import wordset
from .zones import heard_for, within

# Which share of an item's words a sentence has to hold.
_MOST = 0.66
# So many times a word may be said that decides alone.
_SELDOM = 3
# A history of the family, and a sign of something, are told in sentences that say so.
_BELONGS = (
    (wordset("family"), wordset("family anyone anybody relatives relative runs")),
    (wordset("sign"), wordset("sign signs evidence")),
)


def item_hints(note: Reading, transcript: Reading, told: list[Finding], taken: list[Hint]) -> Iterator[Hint]:
    """A hint on a list only where all places that speak of its items are clear and say the opposite."""
    talk = talk_of(transcript, told)
    for listed in items(note):
        if not listed or (listed[0].plain and section_of(note.text, note.tokens[listed[0].first].start) != "assessment_and_plan"):
            continue
        start, end = note.quote(min(listed[0].cue, listed[0].first), listed[0].last)
        if any(hint.kind == "negation" and hint.where == "note" and hint.start < end and start < hint.end for hint in taken):
            continue
        heard = [_heard(note, item, talk) - {ASKED} for item in listed]
        if listed[0].polarity == DENIED and len(listed) > 1 and not any(heard):
            heard = [_loosely(note, item, talk) for item in listed]
            heard = heard if heard.count({AFFIRMED}) > 1 and {DENIED} not in heard else []
        against = heard.count({-listed[0].polarity})
        if against >= _least(listed) and {listed[0].polarity} not in heard:
            template = say.REPORTS if listed[0].polarity == AFFIRMED else say.DENIES
            quote = note.text[start:end]
            yield Hint("negation", "note", start, end, quote, template.format(said=quote))


def _least(listed: list[Item]) -> int:
    """What the note denies may be another side or another time than what was affirmed: two items where there are just two."""
    return 2 if listed[0].polarity == DENIED and len(listed) == 2 else 1


def _heard(note: Reading, item: Item, talk: Talk) -> set[int]:
    """What is said of the item wherever its words stand together; nothing where too few of them are known."""
    wanted = [places for place in item.content for places in places_of(talk, note.words[place])]
    known = [places for places in wanted if places]
    words = note.words[item.first : item.last + 1]
    lacking = any(word in LACK or word.endswith("phobia") for word in words)
    alone = not item.plain and not lacking and item.polarity == AFFIRMED
    if item.plain and len(wanted) == 2 and not wanted[0] and wanted[1]:
        return _last_word(note, item, talk, wanted[1])
    strange = len(known) < len(wanted) and (item.plain or lacking or (not wanted[-1] and len(known) < 2))
    if not known or strange or 2 * len(known) < len(wanted):
        return _first_word(note, item, talk) if alone else set()
    # A dose is said apart from what it is for, and what is denied may be the other of two things.
    dosed = any(token.kind == "number" for token in note.tokens[item.first : item.last + 1])
    whole = item.plain or item.polarity == DENIED or dosed
    windows = windows_of(talk, known, len(known) if whole else max(min(len(known), 2), math.ceil(_MOST * len(known))))
    windows = within(talk.transcript, heard_for(note, item.first, talk.transcript), windows, lambda one: one[0])
    for named, telling in _BELONGS:
        if named & set(words):
            windows = [one for one in windows if telling & set(sentence_at(talk.transcript, one[0]))] or windows
    if not windows and item.polarity == AFFIRMED and not whole and len(item.content) > 1:
        return _first_word(note, item, talk)
    if item.plain:
        return {ordered(talk, window) for window in windows}
    return _weighed(note, item, talk, windows, lacking)


def _weighed(note: Reading, item: Item, talk: Talk, windows: list[list[int]], lacking: bool) -> set[int]:
    advice = ASKED if item.polarity == AFFIRMED else UNCLEAR
    examined = section_of(note.text, note.tokens[item.first].start) == "objective_exam"
    found = [(window[0], stated(talk, window, advice, examined)) for window in windows]
    if lacking:
        # "I've no appetite" affirms a poor one; only a question about the lack can deny it.
        found = [(place, said if said != DENIED or asks_lack(talk.transcript, place) else ASKED) for place, said in found]
    return weighed(talk.transcript, found) if told_by_patient(note, item.first, item.polarity) else {said for _, said in found}


def _last_word(note: Reading, item: Item, talk: Talk, places: set[int]) -> set[int]:
    """"Adrenal crisis", of which only "no crisis" is said, where that is planned."""
    turns = heard_for(note, item.first, talk.transcript)
    near = [place for place in places if talk.transcript.tokens[place].turn in turns]
    return {ordered(talk, [place]) for place in near} if 0 < len(near) <= _SELDOM else set()


def _first_word(note: Reading, item: Item, talk: Talk) -> set[int]:
    """"Snoring on CPAP": that the first word which the transcript has is denied, where it is seldom said and was asked for."""
    for place in item.content:
        places = set().union(*places_of(talk, note.words[place]))
        if places:
            asked = any(asked_for(talk.transcript, one) for one in places)
            said = {word_polarity(talk.transcript, one, talk.told, ASKED) for one in places} - {ASKED}
            return {DENIED} if asked and len(places) <= _SELDOM and said == {DENIED} else set()
    return set()


def _loosely(note: Reading, item: Item, talk: Talk) -> set[int]:
    """What is said about any word of an item, by all who speak: enough only where several items of a list agree."""
    places = set().union(*(places for place in item.content for places in places_of(talk, note.words[place])))
    # Who cannot concentrate denies no trouble with it.
    places = {place for place in places if not CANNOT & set(talk.transcript.words[max(place - 4, 0) : place])}
    return {word_polarity(talk.transcript, place, talk.told) for place in places} - {ASKED, UNCLEAR}
