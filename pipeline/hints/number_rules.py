"""Numbers and doses of the note that the transcript does not hold."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from . import words as say
from .anchors import SPOKEN, WRITTEN, Anchor, anchors_of, owners
from .drugs import Mention, find_drugs, held, misspelt
from .hint import Hint
from .numbers import Number, Pair, pairs, telling
from .reading import Reading
from .spoken_numbers import said_numbers
from .units import DOSES, measure, same
from .wordset import wordset

# "1." or "2)" before an item of a list.
_ITEM = re.compile(r"^[ \t]*(?:#|[-*•][ \t]*)?\d{1,2}[.):](?=\s|$)", re.MULTILINE)
# Dates, times of the day, telephone numbers, "12-point".
_NO_QUANTITY = re.compile(
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}|\b\d{1,2}/(?:19|20)\d\d\b|\d{1,2}:\d{2}|\d{6,}|\d{3}-\d{3,4}|\d+(?:-|\s)point\b"
)
# Words before a number that make it a name and no quantity: type 2, stage 3, grade 1, x 3.
_NAMING = wordset("type x age# no # problem item step phase")
_DERIVED = frozenset(("ago", "birth", "born", "birthday"))


# Said with its unit, so that a bare small number does not count for it.
_SPELT_OUT = wordset("minute hour day week month mm cm m inch time percent")


# Medicines whose level is measured too: a bare number behind the name may be either.
_MEASURED = wordset("testosterone estradiol progesterone insulin lithium digoxin levothyroxine folate hydrocortisone")


class Spoken(NamedTuple):
    """A transcript as the rules about numbers see it."""

    reading: Reading
    numbers: list[Number]
    by_value: dict[float, list[Number]]
    by_measure: dict[str, list[Number]]
    anchors: list[Anchor]
    drugs: list[Mention]


def spoken(transcript: Reading, note_drugs: list[Mention]) -> Spoken:
    """The transcript's numbers and what they belong to; words that read like a medicine of the note are taken for it."""
    drugs = find_drugs(transcript)
    heard = frozenset().union(*(mention.keys for mention in drugs))
    for keys in {mention.keys for mention in note_drugs}:
        if not held(keys, heard):
            slips = misspelt(keys, transcript, drugs)
            there = {slip.first for slip in slips}
            drugs = [one for one in drugs if one.first not in there] + slips
    drugs = sorted(set(drugs), key=lambda mention: mention.first)
    numbers = said_numbers(transcript)
    by_value: dict[float, list[Number]] = {}
    by_measure: dict[str, list[Number]] = {}
    for number in numbers:
        by_value.setdefault(round(number.value, 4), []).append(number)
        by_measure.setdefault(measure(number.unit), []).append(number)
    return Spoken(transcript, numbers, by_value, by_measure, anchors_of(transcript, drugs), drugs)


def number_hints(note: Reading, numbers: list[Number], drugs: list[Mention], heard: Spoken) -> Iterator[Hint]:
    """Every number of the note that is no reading of the transcript's, or only one of something else's."""
    anchors = anchors_of(note, drugs)
    skipped = _skipped(note)
    written = [number for number in numbers if not skipped & set(range(number.first, number.last + 1))]
    over = {number: pair for pair in pairs(note, written) for number in pair if _is_reading(note, pair)}
    said_pairs = {(pair.upper.value, pair.lower.value) for pair in pairs(heard.reading, heard.numbers)} if over else set()
    told = set()
    for number in written:
        pair = over.get(number)
        if pair:
            if pair not in told and (pair.upper.value, pair.lower.value) not in said_pairs:
                told.add(pair)
                yield from _pair_hint(note, pair, heard, pair.lower.value == 6 and any(lower == 6 for _, lower in said_pairs))
            continue
        if not _worth_checking(note, number, heard):
            continue
        mine = _named(note, number, anchors)
        if not any(_supports(number, other, mine, heard) for other in _alike(number, heard)):
            yield _hint(note, number, mine, heard)


def _skipped(note: Reading) -> set[int]:
    """Tokens whose digits are no quantity: items of lists, dates, times of the day, long numbers, names such as "type 2"."""
    starts = [token.start for token in note.tokens]
    skipped: set[int] = set()
    for pattern in (_ITEM, _NO_QUANTITY):
        for match in pattern.finditer(note.text):
            skipped |= set(range(bisect_left(starts, match.start()), bisect_left(starts, match.end())))
    for place, word in enumerate(note.words[1:], 1):
        if note.words[place - 1] in _NAMING or note.words[place + 1 : place + 2] in (("quadrants",), ("extremities",)):
            skipped.add(place)
        # C5-6, Co-Q 10.
        coded = place > 1 and note.words[place - 1] == "-" and note.tokens[place - 2].kind == "code"
        if coded or note.words[place - 1] in ("q", "coq"):
            skipped.add(place)
        # A letter right after the digits, and no unit: 2D, 3x, 50s.
        token, before = note.tokens[place], note.tokens[place - 1]
        if before.kind == "number" and token.start == before.end and word in ("d", "s", "x", "v", "st", "nd", "rd", "th"):
            skipped.add(place - 1)
    return skipped


def _is_reading(note: Reading, pair: Pair) -> bool:
    """136/82 and 7/10, written with a slash; not 5/5, nor half a tablet as 1/2."""
    between = note.words[pair.upper.last + 1 : pair.lower.first]
    return between in (("/",), ("over",)) and pair.upper.value != pair.lower.value and pair.lower.value > 2


def _pair_hint(note: Reading, pair: Pair, heard: Spoken, scaled: bool) -> Iterator[Hint]:
    """Out of ten is often not said: then the first number alone is looked for, unless ``scaled`` says that it is."""
    short = pair.lower.value in (6, 10, 5, 4)
    wrong = [number for number in pair if round(number.value, 4) not in heard.by_value]
    if short and not scaled and (pair.upper not in wrong or pair.upper.value <= 1):
        return
    start, end = note.quote(pair.upper.first, pair.lower.last)
    template = say.NUMBER if wrong else say.PAIR
    yield Hint("number", "note", start, end, note.text[start:end], template.format(said=note.text[start:end]))


def _worth_checking(note: Reading, number: Number, heard: Spoken) -> bool:
    token = note.tokens[number.first]
    if number.value == 0 or (number.value == 1 and number.unit in ("", "noun", "time", "tablet", "puff", "day")):
        return False
    if token.kind == "word" and number.value <= 2 and number.unit in ("", "noun"):
        return False
    if 1900 <= number.value <= 2100 and number.unit in ("", "noun") and _DERIVED & set(heard.reading.words):
        return False
    # An age may follow from a date of birth.
    return not (number.unit == "year" and {"birth", "born", "birthday"} & set(heard.reading.words))


def _named(note: Reading, number: Number, anchors: list[Anchor]) -> list[Anchor]:
    """What the number is the dose or value of; two things for a bare number behind both ("cortisol after dexamethasone 31")."""
    mine = [anchor for anchor in owners(note, number, anchors, WRITTEN, same_sentence=True)[:1] if _may_own(anchor, number)]
    if mine and mine[0].names & _MEASURED and not number.unit:
        return []
    if not mine or not mine[0].drug:
        return mine
    before = anchors[: anchors.index(mine[0])][-1:]
    if before and note.words[before[0].last + 1 : mine[0].first] in (("/",), ("-",), ("and",)):
        return mine + before
    if number.unit:
        return mine
    sentence = note.tokens[number.first].sentence
    return mine + [anchor for anchor in before if not anchor.drug and note.tokens[anchor.first].sentence == sentence]


def _may_own(anchor: Anchor, number: Number) -> bool:
    """A medicine owns doses and bare numbers, a measurement all but spans of time and doses."""
    if anchor.drug:
        return number.unit in DOSES or number.unit == ""
    return number.unit in ("", "noun", "lab", "percent", "mmol", "kg", "lb", "degree", "mg", "cm")


def _alike(number: Number, heard: Spoken) -> Iterator[Number]:
    for other in heard.by_value.get(round(number.value, 4), ()):
        if same(number.value, number.unit, other.value, other.unit):
            yield other
    if number.unit in ("mg", "mcg", "") and {"double", "doubled"} & set(heard.reading.words):
        yield from heard.by_value.get(round(number.value / 2, 4), ())
    if measure(number.unit):
        for other in heard.by_measure.get(measure(number.unit), ()):
            if other.unit != number.unit and same(number.value, number.unit, other.value, other.unit):
                yield other


def _supports(number: Number, other: Number, mine: list[Anchor], heard: Spoken) -> bool:
    """Whether ``other`` may be what the note means: it belongs to the same thing, or to nothing, or that thing is never named."""
    theirs = owners(heard.reading, other, heard.anchors, SPOKEN, same_sentence=False) if mine else []
    if any(_same_thing(anchor, candidate) for anchor in mine for candidate in theirs):
        return True
    if number.unit in _SPELT_OUT and not other.unit and not telling(number) and not _unit_told(number.unit, other, heard):
        return False
    if not mine:
        return True
    if mine[0].drug and not other.unit and not _near_turn(mine[0], other, heard):
        return False
    if not any(candidate.drug == mine[0].drug for candidate in theirs):
        return True
    return not any(_same_thing(mine[0], candidate) for candidate in heard.anchors)


def _unit_told(unit: str, other: Number, heard: Spoken) -> bool:
    """Whether speech may leave the unit out: in a short answer, or behind a number that has it ("28 days, bleeds for six")."""
    sentence = heard.reading.tokens[other.first].sentence
    before = (one for one in heard.numbers if heard.reading.tokens[one.first].sentence == sentence and one.first < other.first)
    return _short_answer(heard.reading, other) or any(one.unit == unit for one in before)


def _short_answer(transcript: Reading, number: Number) -> bool:
    """A turn of a few words, which answers what was asked before, or "two a week": there the unit is left out."""
    _, first, last = transcript.turns[transcript.tokens[number.first].turn]
    rate = transcript.words[number.last + 1 : number.last + 2] in (("a",), ("per",))
    return rate or last - first <= 10


def _near_turn(anchor: Anchor, other: Number, heard: Spoken) -> bool:
    """Whether the medicine is named within two turns of the number, or nowhere."""
    tokens = heard.reading.tokens
    turns = [tokens[candidate.first].turn for candidate in heard.anchors if _same_thing(anchor, candidate)]
    return not turns or any(abs(turn - tokens[other.first].turn) <= 2 for turn in turns)


def _same_thing(one: Anchor, other: Anchor) -> bool:
    return held(one.names, other.names) or held(other.names, one.names)


def _hint(note: Reading, number: Number, mine: list[Anchor], heard: Spoken) -> Hint:
    start, end = _with_unit(note, number)
    said = note.text[start:end]
    dose = number.unit in DOSES or bool(mine and mine[0].drug)
    if not mine:
        message = (say.DOSE if dose else say.NUMBER).format(said=said)
    else:
        name = note.text[note.tokens[mine[0].first].start : note.tokens[mine[0].last].end]
        near = _heard_for(mine[0], number, heard)
        template = (say.DOSE_OTHER if dose else say.NUMBER_OTHER) if near else (say.DOSE_OF if dose else say.NUMBER_OF)
        message = template.format(said=said, name=name, heard=near)
    return Hint("dose" if dose else "number", "note", start, end, said, message)


def _with_unit(note: Reading, number: Number) -> tuple[int, int]:
    """The number's place, with a dose's unit right after it."""
    last = number.last
    if number.unit in DOSES and last + 1 < len(note.words) and note.tokens[last + 1].kind == "word":
        last += 1
    return note.quote(number.first, last)


def _heard_for(anchor: Anchor, number: Number, heard: Spoken) -> str:
    """What the transcript has for the same thing, as it was said."""
    for other in heard.numbers:
        if not other.loose and other.value > 1 and other.unit in ("", number.unit):
            theirs = owners(heard.reading, other, heard.anchors, SPOKEN, same_sentence=False)
            if any(_same_thing(anchor, candidate) for candidate in theirs):
                start, end = heard.reading.quote(other.first, other.last)
                return f"“{heard.reading.text[start:end]}”"
    return ""
