"""Two small words that a note turns over unseen: with for without, and whether a medicine is tolerated."""

from collections.abc import Iterator
from itertools import pairwise

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
_HELP = wordset("benefit effect relief success improvement response help")
_HELPED = wordset("helped helps worked works eased eases better relief")
_VAIN = frozenset(
    (one, other)
    for one in wordset("no not never didn't doesn't hasn't without haven't did made any")
    for other in wordset("use good help helped difference better benefit effect relief nothing touch work worked")
)
# What a question about a medicine is told by, and the words of an answer to it.
_ASKS = wordset("trouble problem problems bother bothering effects upset tolerate tolerating suit agree get getting")
_FINE = wordset("fine good okay ok well used great")
_BADLY = wordset("upset upsets hurt hurts sick nausea dizzy diarrhoea diarrhea rash badly awful terrible")
_TROUBLE = wordset("trouble problem problems bother bothering effects upset")
_REFUSES = wordset("no none nothing not nope never")
_NO = wordset("no not denies without never")
_EFFECTS = frozenset((("side", "effects"), ("adverse", "effects"), ("side", "effect")))
_TOLERATED = {("well", "tolerated"): AFFIRMED, ("not", "tolerated"): DENIED}


def with_hints(note: Reading, transcript: Reading) -> Iterator[Hint]:
    """"Rises with using the arms", where the transcript has the arms behind "without", and behind no "with"."""
    lacking, having = _behind(transcript, "without"), _behind(transcript, "with")
    for place, word in enumerate(note.words):
        if word == "with" and _HELP & set(note.words[place + 1 : place + 2]) and _in_vain(note, place, transcript):
            yield _hint(note, place, place + 1)
            continue
        telling = _telling(note, place) if word == "with" else []
        meant = frozenset().union(*(meanings(note.words[at]) for at in telling))
        if meant & lacking and not meant & having:
            yield _hint(note, place, telling[-1])


def tolerance_hints(note: Reading, drugs: list[Mention], transcript: Reading, heard: list[Mention]) -> Iterator[Hint]:
    """"Metformin not tolerated", where the patient is fine with it; and the reverse."""
    for place in range(1, len(note.words)):
        pair = note.words[place - 1 : place + 1]
        begin, end = note.sentences[note.tokens[place].sentence]
        before = [mention for mention in drugs if begin <= mention.first < place]
        after = [mention for mention in drugs if place < mention.first < min(place + 4, end)]
        said, drug = _TOLERATED.get(pair), before[-1:]
        if pair in _EFFECTS and not _NO & set(note.words[begin:place]):
            said, drug = DENIED, after[:1]
        # "Slight dizziness, otherwise well tolerated" is of the rest.
        if said is None:
            continue
        if "otherwise" in note.words[begin:place]:
            if said == DENIED and drug and any(_rest_fine(transcript, one) for one in heard if one.keys & drug[0].keys):
                yield _hint(note, place - 1, place)
            continue
        if not drug:
            things = frozenset().union(*(meanings(note.words[at]) for at in range(max(begin, place - 4), place - 1)))
            if _tolerates(transcript, things) == {-said}:
                yield _hint(note, place - 1, place)
            continue
        verdicts = set().union(*(_fares(transcript, one) for one in heard if one.keys & drug[0].keys))
        if verdicts == {-said}:
            yield _hint(note, place - 1, place)


def _rest_fine(transcript: Reading, drug: Mention) -> bool:
    """"How do you get on with it? - A bit dizzy, otherwise fine.", or "nothing else"."""
    turn = transcript.tokens[drug.first].turn
    begin, end = transcript.sentences[transcript.tokens[drug.first].sentence]
    asked = transcript.words[end - 1] == "?" and (_ASKS | _TROUBLE) & set(transcript.words[begin:end])
    if not asked or turn + 1 >= len(transcript.turns):
        return False
    _, first, last = transcript.turns[turn + 1]
    words = transcript.words[first:last]
    rest = {"otherwise", "else", "apart"} & set(words) or ("that's", "all") in zip(words, words[1:], strict=False)
    return bool(rest and (_FINE | _REFUSES | {"that's"}) & set(words))


def _tolerates(transcript: Reading, things: frozenset[str]) -> set[int]:
    """What sentences say that name one of the things and whether it is tolerated."""
    found = set()
    for place, word in enumerate(transcript.words):
        if not (word.startswith("tolerat") or things & meanings(word)):
            continue
        begin, end = transcript.sentences[transcript.tokens[place].sentence]
        asks = (_TROUBLE | _ASKS) & set(transcript.words[begin:end]) and transcript.words[end - 1] == "?"
        if things & meanings(word) and asks and end < len(transcript.words):
            _, stop = transcript.sentences[transcript.tokens[end].sentence]
            answer = transcript.words[end:stop]
            refused = _TROUBLE & set(transcript.words[begin:end]) and answer[0] in _REFUSES
            refused = refused or any(one == "no" and other in _TROUBLE for one, other in pairwise(answer))
            fine = _FINE & set(answer) and not any(one == "not" or one.endswith("n't") for one in answer)
            found |= {AFFIRMED} if refused or fine else set()
        if word.startswith("tolerat") and any(things & meanings(one) for one in transcript.words[begin:end]):
            before = transcript.words[max(begin, place - 4) : place]
            found.add(DENIED if any(one in ("not", "cannot") or one.endswith("n't") for one in before) else AFFIRMED)
    return found


def _fares(transcript: Reading, drug: Mention) -> set[int]:
    """How the patient fares with a medicine, by the first sentence of the answer to a question about it: AFFIRMED is well."""
    turn, (begin, end) = transcript.tokens[drug.first].turn, transcript.sentences[transcript.tokens[drug.first].sentence]
    asked = transcript.words[end - 1] == "?" and _ASKS & set(transcript.words[begin:end])
    _, first, last = transcript.turns[turn + 1] if asked and turn + 1 < len(transcript.turns) else ("", 0, 0)
    if last == first:
        return set()
    answer = transcript.words[first : min(transcript.sentences[transcript.tokens[first].sentence][1], last)]
    well, badly = _FINE & set(answer), _BADLY & set(answer)
    if _TROUBLE & set(transcript.words[begin:end]) and _REFUSES & set(answer[:2]):
        return {AFFIRMED}
    unsure = any(word == "not" or word.endswith("n't") for word in answer) or bool(well) == bool(badly)
    return set() if unsure else {AFFIRMED if well else DENIED}


def _in_vain(note: Reading, place: int, transcript: Reading) -> bool:
    """Whether turns that name what stands before "with benefit" say that something was no use, and none that it helped."""
    begin, _ = note.sentences[note.tokens[place].sentence]
    meant = frozenset().union(*(meanings(note.words[at]) for at in range(begin, place) if content(note, at)))
    vain = False
    for _, first, last in transcript.turns:
        words = transcript.words[first:last]
        if any(meant & meanings(word) for word in words):
            bad = bool(_VAIN & set(zip(words, words[1:], strict=False))) or "useless" in words
            if not bad and _HELPED & set(words):
                return False
            vain |= bad
    return vain


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
