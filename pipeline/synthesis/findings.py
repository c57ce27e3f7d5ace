"""The doctor's part: examination and results as dictated, what they mean, and what to do."""

import re

from .conversation import Conversation
from .interview import wrong_dose
from .marks import marked
from .spoken import say_pair
from .voices import capital, noted

_START = re.compile(r"(?:Start|Add) (?P<name>[a-z][a-z ]*?) (?P<number>\d+(?:\.\d+)?) (?P<unit>mg|g|micrograms|units)\b")
_IN_FULL = {"mg": "milligrams", "g": "grams"}


def examination(talk: Conversation) -> None:
    if talk.visit.telephone:
        talk.doctor(talk.voice.fact("no-exam", (talk.phrase("exam_phone"),)))
        talk.patient(talk.phrase("phone_fine"), short=True)
        return
    talk.doctor(talk.phrase("exam_open"))
    if talk.dice.random() < 0.5:
        talk.patient(talk.phrase("exam_quiet"), short=True)
        talk.doctor(talk.phrase("exam_calm"))
    talk.doctor(vital_signs(talk))
    for fact in talk.visit.facts["exam"]:
        talk.doctor(talk.voice.fact(fact.id, fact.says))
        if fact.replies:
            talk.patient(talk.voice.line(talk.dice.choice(fact.replies)), short=True)
    if talk.dice.random() < 0.6:
        talk.doctor(talk.phrase("exam_close"))
    if talk.dice.random() < 0.7:
        talk.patient(talk.phrase("exam_after"), short=True)
        talk.doctor(talk.phrase("exam_after_answer"))


def vital_signs(talk: Conversation) -> str:
    """Dictated one after the other, each a fact of its own."""
    vitals, number = talk.visit.vitals, talk.voice.number
    words = talk.dice.random() < talk.voice.words
    over = [say_pair(int(vitals[name])) if words else vitals[name] for name in ("systolic", "diastolic")]
    said = [marked("vital-bp", talk.dice.choice(("Blood pressure is ", "Blood pressure ")) + " over ".join(over))]
    rhythm = talk.dice.choice((" and ", ", ")) + vitals.get("rhythm", "regular")
    said.append(marked("vital-pulse", f"Pulse {number(vitals['pulse'], True)}{rhythm}"))
    if "saturation" in vitals:
        said.append(marked("vital-saturation", f"Oxygen saturation {number(vitals['saturation'])} percent"))
    if "temperature" in vitals:
        said.append(marked("vital-temperature", f"Temperature {number(vitals['temperature'])}"))
    if "weight" in vitals:
        is_ = talk.dice.choice((" is ", ", ", " "))
        said.append(marked("vital-weight", f"Weight{is_}{number(vitals['weight'], True)} kilos"))
    return ". ".join(said) + "."


def results(talk: Conversation) -> None:
    found = talk.visit.facts["results"]
    if not found:
        return
    talk.doctor(talk.phrase("results_open"))
    asked = False
    for place, fact in enumerate(found):
        talk.doctor(talk.voice.fact(fact.id, fact.says))
        if fact.replies:
            talk.patient(talk.voice.line(talk.dice.choice(fact.replies)), short=True)
        elif place < len(found) - 1 and not asked and talk.dice.random() < 0.5:
            asked = True
            talk.patient(talk.phrase("results_reply"), short=True)
            talk.doctor(talk.phrase("results_calm"))
    if talk.turns[-1][0] == "Doctor":
        talk.patient(talk.phrase("results_heard"), short=True)


def assessment(talk: Conversation) -> None:
    talk.doctor(talk.phrase("assess_open"))
    replied = False
    for fact in talk.visit.facts["assess"]:
        talk.doctor(talk.voice.fact(fact.id, fact.says))
        if fact.replies:
            talk.patient(talk.voice.line(talk.dice.choice(fact.replies)), short=True)
            replied = True
    if not replied:
        talk.patient(talk.phrase("assess_reply"))


def plan(talk: Conversation) -> None:
    """Each step in turn; the patient answers some, asks about others, and at the end says what was understood."""
    talk.doctor(talk.phrase("plan_open"))
    steps = talk.visit.facts["plan"]
    for place, fact in enumerate(steps):
        talk.doctor(talk.voice.fact(fact.id, fact.says))
        if fact.replies:
            talk.patient(talk.voice.line(talk.dice.choice(fact.replies)), short=True)
        elif place < len(steps) - 1 and talk.dice.random() < 0.55:
            talk.patient(talk.phrase("plan_ack"), short=True)
    _said_back(talk)
    if talk.style in ("talkative", "anxious") or talk.dice.random() < 0.35:
        talk.exchange("everyday")
    talk.exchange("questions")
    talk.doctor(talk.phrase("close_doctor"))
    talk.patient(talk.phrase("close_patient"), short=True)


def _said_back(talk: Conversation) -> None:
    """The patient repeats the first new medicine; who hears badly gets the strength wrong first."""
    starts = (_START.match(noted(fact.note, talk.visit.values)) for fact in talk.visit.facts["plan"])
    new = next((start for start in starts if start), None)
    if new is None or talk.dice.random() < 0.3:
        return
    name, number, unit = new["name"], new["number"], _IN_FULL.get(new["unit"], new["unit"])
    if talk.style == "hard of hearing":
        talk.patient(f"{capital(talk.voice.number(wrong_dose(number)))} {unit}, of the {name}?", short=True)
        talk.doctor(f"No, {talk.voice.number(number)}. I'll write it down for you.")
        return
    said = f"{name}, {talk.voice.number(number)} {unit}"
    talk.patient(talk.phrase("readback", said=said), short=True)
    talk.doctor(talk.phrase("readback_yes"))
