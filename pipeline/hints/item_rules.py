"""Items of the note against the places of the transcript that speak of the same things, in whichever words."""

from collections.abc import Iterator

from . import words as say
from .answers import ASKED, DENIED, UNCLEAR
from .concepts import meanings
from .evidence import told_by_patient, weighed
from .findings import Finding, word_polarity
from .hint import Hint
from .items import Item, items
from .places import section_of
from .polarity import AFFIRMED, denied_after, polarity
from .reading import Reading
from .wordset import wordset

# How far apart, in tokens, the words of one item may be said.
_SPAN = 10
# With these the item is there because something is not: "I've no appetite" affirms a poor appetite.
_LACK = wordset("poor reduced loss lack less decreased low intolerance little fewer hardly unable")


def item_hints(note: Reading, transcript: Reading, told: list[Finding], taken: list[Hint]) -> Iterator[Hint]:
    """A hint on a list only where all places that speak of its items are clear and say the opposite."""
    by_meaning: dict[str, set[int]] = {}
    for place, word in enumerate(transcript.words):
        for meaning in meanings(word):
            by_meaning.setdefault(meaning, set()).add(place)
    for listed in items(note):
        if not listed or (listed[0].plain and not _planned(note, listed[0])):
            continue
        start, end = note.quote(min(listed[0].cue, listed[0].first), listed[0].last)
        if any(hint.kind == "negation" and hint.where == "note" and hint.start < end and start < hint.end for hint in taken):
            continue
        heard = [_heard(note, item, transcript, told, by_meaning) - {ASKED} for item in listed]
        against = sum(one == {-listed[0].polarity} for one in heard)
        if against >= _least(listed) and {listed[0].polarity} not in heard:
            template = say.REPORTS if listed[0].polarity == AFFIRMED else say.DENIES
            quote = note.text[start:end]
            yield Hint("negation", "note", start, end, quote, template.format(said=quote))


def _least(listed: list[Item]) -> int:
    """What the note denies may be another side or another time than what was affirmed: two items where there are just two."""
    return 2 if listed[0].polarity == DENIED and len(listed) == 2 else 1


def _planned(note: Reading, item: Item) -> bool:
    return section_of(note.text, note.tokens[item.first].start) == "assessment_and_plan"


def _heard(note: Reading, item: Item, transcript: Reading, told: list[Finding], by_meaning: dict[str, set[int]]) -> set[int]:
    wanted = [set().union(*(by_meaning.get(one, set()) for one in meanings(note.words[place]))) for place in item.content]
    known = [places for places in wanted if places]
    lacking = any(word in _LACK or word.endswith("phobia") for word in note.words[item.first : item.last + 1])
    if not known or (len(known) < len(wanted) and (item.plain or lacking or not wanted[-1] or 2 * len(known) < len(wanted))):
        return set()
    windows = [_window(transcript, place, known) for place in sorted(min(known, key=len))]
    found = [(window[0], _said(transcript, window, told, item.plain)) for window in windows if window]
    return weighed(transcript, found) if told_by_patient(note, item.first, item.polarity) else {said for _, said in found}


def _window(transcript: Reading, place: int, known: list[set[int]]) -> list[int]:
    """The nearest place of each word around ``place`` in its sentence, or nothing."""
    begin, end = transcript.sentences[transcript.tokens[place].sentence]
    near = range(max(begin, place - _SPAN), min(place + _SPAN + 1, end))
    found = [min((one for one in places if one in near), key=lambda one: abs(one - place), default=-1) for places in known]
    return [] if -1 in found else found


def _said(transcript: Reading, window: list[int], told: list[Finding], plain: bool) -> int:
    begin, end = transcript.sentences[transcript.tokens[max(window)].sentence]
    if denied_after(transcript.words[max(window) + 1 : min(max(window) + 5, end)]):
        return DENIED
    if plain:
        # Orders are given, not asked for: an "oh no" behind one denies nothing.
        said = {polarity(transcript, begin, end, place, place, set(), spoken=True) for place in window}
    else:
        said = {word_polarity(transcript, place, told) for place in window}
    for one in (ASKED, DENIED, UNCLEAR):
        if one in said:
            return one
    return AFFIRMED
