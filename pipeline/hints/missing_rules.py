"""Medicines, doses and values of the transcript that the note leaves out: only where it leaves out all that was said of them."""

from collections.abc import Iterator

from . import words as say
from .anchors import Anchor, anchors_of, owners
from .drugs import Mention, held, misspelt
from .hint import Hint
from .number_rules import Spoken
from .numbers import Number, pairs
from .polarity import AFFIRMED, OTHERS, aside, polarity
from .reading import Reading
from .units import DOSES, same
from .wordset import wordset

# Values that a clinician would write down whatever they are.
_WRITTEN_DOWN = wordset(
    """a1c pulse saturation temperature weight bmi ldl creatinine egfr potassium sodium calcium hemoglobin tsh t4 t3 pth
    cortisol prolactin ferritin psa inr platelets"""
)  # fmt: skip
_NEAR = (7, 2)
_ASKED_FOR = wordset("any allergic allergy like or do did about")
# A class that the note may name in place of the medicine.
_CLASSES = {
    "ibuprofen": "nsaid nsaids inflammatory inflammatories painkillers analgesics",
    "naproxen": "nsaid nsaids inflammatory inflammatories painkillers analgesics",
    "acetaminophen": "painkillers analgesics analgesia",
    "nicotine": "smoking smoker tobacco cigarettes smokes",
    "penicillin": "antibiotic antibiotics",
    "testosterone": "androgen androgens",
    "estradiol": "estrogen hormone hormones",
    "levonorgestrel": "iud contraception contraceptive",
    "albuterol": "inhaler inhalers",
    "prednisone": "steroid steroids",
    "sumatriptan": "triptan triptans",
}


def missing_drugs(note: Reading, written: list[Mention], heard: Spoken) -> Iterator[Hint]:
    """Medicines that somebody is said to take, to have taken or to get, and that the note does not name."""
    told: set[str] = set()
    noted = frozenset().union(*(mention.keys for mention in written))
    for mention in heard.drugs:
        if mention.keys & told or held(mention.keys, noted) or held(noted, mention.keys) or not _stated(heard, mention):
            continue
        told |= mention.keys
        if misspelt(mention.keys, note, written) or _class_named(mention, note):
            continue
        start, end = heard.reading.quote(mention.first, mention.last)
        quote = heard.reading.text[start:end]
        yield Hint("missing_drug", "transcript", start, end, quote, say.MISSING_DRUG.format(name=quote))


def missing_doses(note: Reading, numbers: list[Number], written: list[Mention], heard: Spoken) -> Iterator[Hint]:
    """Doses of medicines that the note names without any dose."""
    anchors = anchors_of(note, written)
    dosed = [anchor for number in numbers for anchor in owners(note, number, anchors, (8, 3), same_sentence=True) if anchor.drug]
    told: list[Anchor] = []
    for number in heard.numbers:
        if number.loose or number.unit not in DOSES:
            continue
        if any(same(one.value, one.unit, number.value, number.unit) for one in numbers):
            continue
        for anchor in owners(heard.reading, number, heard.anchors, _NEAR, same_sentence=False)[:1]:
            named = anchor.drug and any(held(anchor.names, mention.keys) for mention in written)
            if named and not any(held(anchor.names, one.names) or held(one.names, anchor.names) for one in (*dosed, *told)):
                told.append(anchor)
                yield _of("missing_dose", heard.reading, number, anchor, say.MISSING_DOSE)


def missing_numbers(written: list[Number], heard: Spoken) -> Iterator[Hint]:
    """Blood pressures and values of measurements of which the note holds none that was said."""
    values = {round(number.value, 4) for number in written}
    yield from _missing_pressure(heard, values)
    by_label: dict[str, list[tuple[Number, Anchor]]] = {}
    for number in heard.numbers:
        for anchor in owners(heard.reading, number, heard.anchors, _NEAR, same_sentence=False)[:1]:
            label = min(anchor.names)
            if _is_limit(heard.reading, number):
                continue
            if not anchor.drug and label in _WRITTEN_DOWN and anchor.last < number.first and number.unit in _VALUES:
                by_label.setdefault(label, []).append((number, anchor))
    for found in by_label.values():
        said = [(number, anchor) for number, anchor in found if not number.loose and number.value >= 3]
        if said and not any(_noted(number, written) for number, _ in found):
            yield _of("missing_number", heard.reading, *said[0], say.MISSING_NUMBER)


_LIMITS = wordset("than under over above below goal target aim least if would keep between to")
_VALUES = frozenset(("", "lab", "percent", "mmol", "kg", "lb", "degree", "noun"))


def _is_limit(transcript: Reading, number: Number) -> bool:
    """"Under seven", "greater than 30", "the goal is": no value of this patient."""
    return bool(_LIMITS & set(transcript.words[max(0, number.first - 5) : number.first]))


def _noted(number: Number, written: list[Number]) -> bool:
    return any(same(one.value, one.unit, number.value, number.unit) or one.value == number.value for one in written)


def _missing_pressure(heard: Spoken, values: set[float]) -> Iterator[Hint]:
    every = pairs(heard.reading, heard.numbers)
    found = [pair for pair in every if 70 <= pair.upper.value <= 260 and 35 <= pair.lower.value <= 150]
    if not found or any(pair.upper.value in values and pair.lower.value in values for pair in found):
        return
    pair = max(found, key=lambda pair: (pair.lower.last - pair.upper.first, -pair.upper.first))
    start, end = heard.reading.quote(pair.upper.first, pair.lower.last)
    quote = heard.reading.text[start:end]
    message = say.MISSING_NUMBER.format(name="a reading", said=f"“{quote}”")
    yield Hint("missing_number", "transcript", start, end, quote, message)


def _of(kind: str, transcript: Reading, number: Number, anchor: Anchor, template: str) -> Hint:
    start, end = transcript.quote(min(anchor.first, number.first), max(anchor.last, number.last))
    name = transcript.text[slice(*transcript.quote(anchor.first, anchor.last))]
    said = transcript.text[slice(*transcript.quote(number.first, number.last))]
    return Hint(kind, "transcript", start, end, transcript.text[start:end], template.format(name=name, said=f"“{said}”"))


def _stated(heard: Spoken, mention: Mention) -> bool:
    """Said in a statement of its own, neither asked for, denied, nor named for a case that may come."""
    reading = heard.reading
    begin, end = reading.sentences[reading.tokens[mention.first].sentence]
    _, opened, _ = reading.turns[reading.tokens[mention.first].turn]
    if OTHERS & set(reading.words[max(opened, mention.first - 60) : mention.first]):
        return False
    if reading.words[end - 1] == "?" or aside(reading, max(begin, mention.first - 30), mention.first):
        return False
    if _ASKED_FOR & set(reading.words[max(begin, mention.first - 6) : mention.first]):
        return False
    return polarity(reading, begin, end, mention.first, mention.last, set(), spoken=True) == AFFIRMED


def _class_named(mention: Mention, note: Reading) -> bool:
    return any(set(_CLASSES.get(key, "").split()) & set(note.words) for key in mention.keys)
