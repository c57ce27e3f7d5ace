"""Two small words that a note turns over unseen: with for without, and whether a medicine is tolerated."""

from collections.abc import Iterator

from . import words as say
from .answers import DENIED
from .concepts import content, meanings
from .drugs import Mention
from .hint import Hint
from .polarity import AFFIRMED
from .reading import Reading
from .wordset import wordset

# "Without significant findings" is said of this and of that.
_VAGUE = wordset("finding findings complication complications difficulty")
# How far, in tokens, the word that is meant stands behind "with" or "without".
_BEHIND = 3
# What a question about a medicine is told by, and the words of an answer to it.
_ASKS = wordset("trouble problem problems bother bothering effects upset tolerate tolerating suit agree get getting")
_FINE = wordset("fine good okay ok well used great")
_BADLY = wordset("upset upsets hurt hurts sick nausea dizzy diarrhoea diarrhea rash badly awful terrible")
_TOLERATED = {("well", "tolerated"): AFFIRMED, ("not", "tolerated"): DENIED}


def with_hints(note: Reading, transcript: Reading) -> Iterator[Hint]:
    """"Rises with using the arms", where the transcript has the arms behind "without", and behind no "with"."""
    lacking, having = _behind(transcript, "without"), _behind(transcript, "with")
    for place, word in enumerate(note.words):
        telling = _telling(note, place) if word == "with" else []
        meant = frozenset().union(*(meanings(note.words[at]) for at in telling))
        if meant & lacking and not meant & having:
            yield _hint(note, place, telling[-1])


def tolerance_hints(note: Reading, drugs: list[Mention], transcript: Reading, heard: list[Mention]) -> Iterator[Hint]:
    """"Metformin not tolerated", where the patient is fine with it; and the reverse."""
    for place in range(1, len(note.words)):
        said = _TOLERATED.get(note.words[place - 1 : place + 1])
        begin, _ = note.sentences[note.tokens[place].sentence]
        before = [mention for mention in drugs if begin <= mention.first < place]
        if said is None or not before:
            continue
        verdicts = set().union(*(_fares(transcript, one) for one in heard if one.keys & before[-1].keys))
        if verdicts == {-said}:
            yield _hint(note, place - 1, place)


def _fares(transcript: Reading, drug: Mention) -> set[int]:
    """How the patient fares with a medicine, by the first sentence of the answer to a question about it: AFFIRMED is well."""
    turn, (begin, end) = transcript.tokens[drug.first].turn, transcript.sentences[transcript.tokens[drug.first].sentence]
    asked = transcript.words[end - 1] == "?" and _ASKS & set(transcript.words[begin:end])
    _, first, last = transcript.turns[turn + 1] if asked and turn + 1 < len(transcript.turns) else ("", 0, 0)
    if last == first:
        return set()
    answer = transcript.words[first : min(transcript.sentences[transcript.tokens[first].sentence][1], last)]
    well, badly = _FINE & set(answer), _BADLY & set(answer)
    unsure = any(word == "not" or word.endswith("n't") for word in answer) or bool(well) == bool(badly)
    return set() if unsure else {AFFIRMED if well else DENIED}


def _behind(reading: Reading, word: str) -> frozenset[str]:
    places = (at for at, one in enumerate(reading.words) if one == word for at in _telling(reading, at))
    return frozenset().union(*(meanings(reading.words[at]) for at in places))


def _telling(reading: Reading, place: int) -> list[int]:
    _, end = reading.sentences[reading.tokens[place].sentence]
    near = range(place + 1, min(place + 1 + _BEHIND, end))
    return [at for at in near if content(reading, at) and reading.words[at] not in _VAGUE]


def _hint(note: Reading, first: int, last: int) -> Hint:
    start, end = note.quote(first, last)
    return Hint("negation", "note", start, end, note.text[start:end], say.TURNED.format(said=note.text[start:end]))
