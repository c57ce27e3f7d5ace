"""The doctor's part: examination and results as dictated, what they mean, and what to do."""

from .conversation import Conversation
from .marks import marked
from .spoken import say_pair


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
        said.append(marked("vital-weight", f"Weight{talk.dice.choice((' is ', ', ', ' '))}{number(vitals['weight'], True)} kilos"))
    return ". ".join(said) + "."


def results(talk: Conversation) -> None:
    found = talk.visit.facts["results"]
    if not found:
        return
    talk.doctor(talk.phrase("results_open"))
    for place, fact in enumerate(found):
        talk.doctor(talk.voice.fact(fact.id, fact.says))
        if fact.replies:
            talk.patient(talk.voice.line(talk.dice.choice(fact.replies)), short=True)
        elif place == 0 and len(found) > 1 and talk.dice.random() < 0.5:
            talk.patient(talk.phrase("results_reply"), short=True)
            talk.doctor(talk.phrase("results_calm"))


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
        elif place < len(steps) - 1 and talk.dice.random() < 0.45:
            talk.patient(talk.phrase("plan_ack"), short=True)
    talk.doctor(talk.phrase("any_questions"))
    talk.patient(talk.phrase("no_questions"), short=True)
    talk.doctor(talk.phrase("close_doctor"))
    talk.patient(talk.phrase("close_patient"), short=True)
