"""Words that turn a sentence over: abnormal for normal, positive for negative, "denies" before what was affirmed.

The transcript's stretches about the same words decide: a hint where they hold the opposite and nothing of the kind.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from . import words as say
from .answers import ASKED, DENIED
from .concepts import meanings
from .fault_rules import FAULTY, PREDICATES, fault_hints, predicate_hints
from .findings import Finding, word_polarity
from .hint import Hint
from .lexicon import stem
from .reading import Reading, read_transcript
from .wordset import wordset
from .zones import heard_for

_WELL = wordset("normal fine good clear great unremarkable intact okay")
_YES = wordset("positive reactive abnormal detected present confirmed pain hurts hurt yes")
_NO = wordset("negative normal clear no not nothing none fine good never")
# Word of the note -> what the transcript may say that means the same, and what means the opposite.
_TURNED = {
    "normal": (_WELL | _NO | wordset("benign full regular well"), wordset("abnormal elevated high low raised worse decreased")),
    "positive": (_YES, wordset("negative normal clear clean no not nothing")),
    "negative": (_NO, wordset("positive reactive")),
}
_CALLED = frozenset(("positive", "negative"))
_REACTIONS = wordset("twitch twitches spasm tingle tingles tingling hurts painful sore shakes jumps")
# "High normal", "normal over 12".
_RANGES = wordset("high low upper lower over under above below up to from between range limit limits")
# Words that say nothing about what a sentence is about.
_SMALL = wordset(
    """the a an of in on at is was were are and or for with to his her their patient today he she it by be been has had have there
    this that any no not from as normal abnormal positive negative intact within limits bilaterally all test exam examination
    reveals shows demonstrates findings finding results result which recent status level levels your my i you so do did does if
    then who also time times reported reports denies denied states ever never about into than very more most some such other
    she's he's still currently previously previous prior being were what when where while would could should will can just like
    really function sensation movement movements study panel count rate use history including includes regarding"""
)
_REPORTING = wordset("reports endorses admits")
_SIDES = wordset("left right")
_CUES = wordset("no not never denies denied without none nothing nor neither nope")
_CLAUSE_ENDS = wordset(". ; ? ! but however although though except")


class _Stretch(NamedTuple):
    """``meant`` are the meanings of the words; ``denied`` says whether one of them, or of the answer, denies."""

    stems: frozenset[str]
    words: frozenset[str]
    meant: frozenset[str]
    denied: bool
    turn: int


def turned_hints(note: Reading, written: list[Finding], transcript: Reading, told: list[Finding]) -> Iterator[Hint]:
    """What no list of findings knows, by the words around it; what one knows is left to the rules about findings."""
    heard = frozenset().union(*(finding.names for finding in told))
    listed = {place for finding in written if finding.names & heard for place in range(finding.first, finding.last + 1)}
    named = {place for finding in written for place in range(finding.first, finding.last + 1)}
    for place, word in enumerate(note.words):
        said = f"not {word}" if place and note.words[place - 1] == "not" else word
        _, end = note.sentences[note.tokens[place].sentence]
        of_a_finding = any(other in named and other < end for other in (place + 1, place + 2))
        if word in PREDICATES:
            yield from predicate_hints(note, place, transcript)
        elif said in FAULTY and not of_a_finding:
            yield from fault_hints(note, place, said, transcript)
        elif said in _TURNED and not of_a_finding:
            yield from _turned(note, place, said, _stretches(transcript.text), heard_for(note, place, transcript))
        elif word in ("denies", "denied"):
            yield from _denied(note, place, _stretches(transcript.text))
        elif word in _REPORTING:
            last, clause = _clause(note, range(place + 1, min(place + 14, len(note.words))))
            if not listed & set(range(place, last + 1)):
                yield from _affirmed(note, place, last, clause, transcript, told)
        elif word == "present" and note.tokens[place].sentence == note.tokens[max(place - 1, 0)].sentence:
            begin, _ = note.sentences[note.tokens[place].sentence]
            first, clause = _clause(note, range(place - 1, max(begin, place - 8) - 1, -1))
            if not listed & set(range(first, place + 1)):
                yield from _affirmed(note, first, place, clause, transcript, told)


def _reacts(stretch: _Stretch) -> bool:
    """A sign that somebody has: "when I tap the cheek, the mouth twitches"."""
    return bool(stretch.words & _REACTIONS) and not stretch.denied


def _turned(note: Reading, place: int, said: str, stretches: list[_Stretch], turns: frozenset[int]) -> Iterator[Hint]:
    around = note.words[max(place - 1, 0) : place] + note.words[place + 1 : place + 2]
    if said == "normal" and _RANGES & set(around):
        return
    subject = [meanings(word) for word in _subject(note, place, said)]
    meaning, opposite = _TURNED[said]
    shared = [(one, sum(bool(meant & one.meant) for meant in subject)) for one in stretches]
    inside = [(one, count) for one, count in shared if one.turn in turns] or shared
    least = max((count for _, count in inside), default=0)
    about = [one for one, count in shared if least and count >= least]
    # "I tap the wrist. Tinel positive."
    named = {_root(word) for word in _subject(note, place, said)[:2]}
    called = {word for one in stretches if named & one.stems for word in one.words & _CALLED}
    if said in _CALLED and called == _CALLED - {said}:
        about = [one for one in stretches if named & one.stems]
    elif any(one.words & meaning and not (said == "negative" and _reacts(one)) for one in about):
        return
    # What is normal is often not mentioned with that word.
    if not any(one.words & opposite or (said == "negative" and _reacts(one)) for one in about):
        return
    start, end = note.quote(place - (said != note.words[place]), place)
    yield Hint("negation", "note", start, end, note.text[start:end], say.TURNED.format(said=note.text[start:end]))


def _denied(note: Reading, place: int, stretches: list[_Stretch]) -> Iterator[Hint]:
    """"Denies that she got the vaccine", where a stretch holds most of those words and no denial, and no stretch denies them."""
    last, clause = _clause(note, range(place + 1, min(place + 14, len(note.words))))
    # What is denied of one side may be true of the other.
    if len(clause) < 3 or _SIDES & set(note.words[place:last]):
        return
    about = [one for one in stretches if len(one.stems & clause) >= max(2, 0.75 * len(clause))]
    if about and not any(one.denied for one in about):
        start, end = note.quote(place, last)
        yield Hint("negation", "note", start, end, note.text[start:end], say.DENIES.format(said=note.text[start:end]))


def _affirmed(note: Reading, first: int, last: int, clause: set[str], transcript: Reading, told: list[Finding]) -> Iterator[Hint]:
    """"Reports antibiotics", where the transcript has those words, and only denied."""
    if not 0 < len(clause) <= 3 or any(word in _CUES for word in note.words[first : last + 1]):
        return
    said = {stem(word) for word in note.words[first : last + 1] if _root(word) in clause}
    places = [place for place, word in enumerate(transcript.words) if stem(word) in said]
    if len(clause) > 1:
        places = [place for place in places if any(0 < abs(other - place) <= 4 for other in places)]
    if places and {word_polarity(transcript, place, told) for place in places} - {ASKED} == {DENIED}:
        start, end = note.quote(first, last)
        yield Hint("negation", "note", start, end, note.text[start:end], say.REPORTS.format(said=note.text[start:end]))


def _clause(note: Reading, places: range) -> tuple[int, set[str]]:
    """The content words from the first of ``places`` to the next comma or end of sentence, and the last token of them."""
    last, found = places.start, set()
    for other in places:
        word = note.words[other]
        if word in _CLAUSE_ENDS or word in (",", ":") or note.tokens[other].sentence != note.tokens[places.start].sentence:
            break
        last, found = other, found | _content(note, other)
        if len(found) >= 8:
            break
    return last, found


def _subject(note: Reading, place: int, said: str) -> list[str]:
    """What is normal or positive: the words of its clause next to it; of what is normal, before it if there are any."""
    begin, end = note.sentences[note.tokens[place].sentence]
    first = place - 2 if place and note.words[place - 1] == "(" else place - 1
    before, after = _side(note, range(first, begin - 1, -1)), _side(note, range(place + 1, end))
    return (before[:3] + after[:3]) if said != "normal" else before[:3] or after[:3]


def _side(note: Reading, places: range) -> list[str]:
    found: list[str] = []
    for other in places:
        if note.words[other] in ",;.:()":
            break
        found += [note.words[other]] if _content(note, other) else []
    return found


def _content(reading: Reading, place: int) -> set[str]:
    token = reading.tokens[place]
    return {_root(token.word)} if token.kind in ("word", "code") and len(token.word) > 2 and token.word not in _SMALL else set()


def _root(word: str) -> str:
    """What pregnant and pregnancy share."""
    return stem(word)[:6]


@lru_cache(maxsize=16)
def _stretches(text: str) -> list[_Stretch]:
    """Sentences, each with the first words of what follows; speech without punctuation in stretches of 24 tokens, each half over
    the one before."""
    transcript, found = read_transcript(text), []
    for begin, end in transcript.sentences:
        for first in range(begin, end, 12):
            last = min(first + 24, end)
            words = transcript.words[first:last]
            answer = transcript.words[end : end + 6] if last == end else ()
            denied = "any" in words or any(word in _CUES or word.endswith("n't") for word in (*words, *answer))
            meant = frozenset().union(*map(meanings, words))
            words = (*words, *answer) if words[-1] == "?" else words
            turn = transcript.tokens[first].turn
            found.append(_Stretch(frozenset(map(_root, words)), frozenset(words), meant, denied, turn))
            if last == end:
                break
    return found
