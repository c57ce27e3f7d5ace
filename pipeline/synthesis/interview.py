"""The questions that every visit has: age and work, other illnesses, medicines, allergies, family, habits."""

from .conversation import Conversation
from .marks import marked
from .visit import Medicine
from .voices import capital

_OLD = 67
# How a medicine's frequency is said, by how a note has it.
_HOW = {
    "once daily": ("once a day", "every day", "once daily"),
    "twice daily": ("twice a day", "morning and evening"),
    "three times daily": ("three times a day",),
    "four times daily": ("four times a day",),
    "in the morning": ("in the morning", "every morning", "mornings"),
    "at night": ("at night", "at bedtime", "every night"),
    "when needed": ("when I need it", "when I have to"),
    "twice weekly": ("twice a week", "two days a week"),
    "every other day": ("every other day",),
    "once weekly": ("once a week", "every week"),
}


def interview(talk: Conversation) -> None:
    if talk.dice.random() < 0.6:
        talk.doctor(talk.phrase("bridge"))
    parts = [_age, _job, _past, _medicines, _allergies, _family, _habits]
    head, tail = parts[:2], parts[2:]
    talk.dice.shuffle(head)
    if talk.dice.random() < 0.5:
        tail = [*tail[2:], *tail[:2]]
    for part in [*head, *tail]:
        part(talk)
        talk.acknowledge(0.2)


def _age(talk: Conversation) -> None:
    asked = talk.phrase("ask_age").replace(talk.visit.values["age"], "{age}")
    talk.ask(marked("age", talk.voice.fill(asked, False)))
    talk.patient(talk.phrase("age_yes"), short=True)


def _job(talk: Conversation) -> None:
    old = talk.visit.scenario.age >= _OLD
    talk.ask(talk.phrase("ask_job_old" if old else "ask_job"))
    talk.patient(talk.voice.fact("job", (talk.phrase("job_old" if old else "job"),)), short=True)


def _past(talk: Conversation) -> None:
    own = [fact for fact in talk.visit.facts["past"] if fact.asks]
    others = [fact for fact in talk.visit.facts["past"] if not fact.asks]
    for fact in own:
        talk.question(fact)
    talk.ask(talk.phrase("ask_past"))
    if others:
        talk.patient(talk.joined([talk.voice.fact(fact.id, fact.says) + "." for fact in others]))
    else:
        talk.patient(talk.voice.fact("past-none", (talk.phrase("no_past"),)), short=True)


def _medicines(talk: Conversation) -> None:
    talk.ask(talk.phrase("ask_medicines"))
    medicines = talk.visit.medicines
    if not medicines:
        talk.patient(talk.voice.fact("medicine-none", (talk.phrase("no_medicines"),)), short=True)
        return
    mixed = "dose-mix-up" in talk.visit.scenario.distractors
    told = [spoken_medicine(talk, medicine, mixed and i == 0) for i, medicine in enumerate(medicines)]
    end = f" {talk.phrase('only')}" if talk.dice.random() < 0.4 else ""
    talk.patient(capital(_strung(told)) + "." + end)
    if mixed:
        first = medicines[0]
        number, _, unit = first.amount.partition(" ")
        talk.doctor(f"{capital(talk.voice.number(number))} {unit}, that's what I have here too.")
        talk.patient(talk.dice.choice(("Then that's it.", "Yes, that one.", "Good, so I had it right in the end.")), short=True)


def _strung(told: list[str]) -> str:
    """A list whose items have commas of their own."""
    return told[0] if len(told) == 1 else f"{', then '.join(told[:-1])}, and {told[-1]}"


def spoken_medicine(talk: Conversation, medicine: Medicine, mixed: bool = False) -> str:
    """``levothyroxine, seventy-five micrograms every morning``, with the wrong strength first where it is mixed up."""
    number, _, unit = medicine.amount.partition(" ")
    how = talk.dice.choice(_HOW.get(medicine.how, (medicine.how,)))
    wrong = ""
    if mixed:
        other = talk.voice.number(wrong_dose(number))
        wrong = talk.dice.choice((f"{other}, no, hang on, ", f"{other}, no, that was before, ", f"{other}, sorry, no, "))
    return marked(medicine.id, f"{medicine.name}, {wrong}{talk.voice.number(number)} {unit} {how}")


def wrong_dose(number: str) -> str:
    """Another strength, twice or half: of 5 it is 10, of 75 it is 150."""
    value = float(number)
    other = value * 2 if value < 100 else value / 2
    return f"{other:.3f}".rstrip("0").rstrip(".")


def _allergies(talk: Conversation) -> None:
    fact = talk.visit.facts["allergy"][0]
    talk.ask(talk.phrase("ask_allergy"))
    talk.patient(talk.voice.fact(fact.id, fact.says) + ".", short=True)


def _family(talk: Conversation) -> None:
    own = [fact for fact in talk.visit.facts["family"] if fact.asks]
    others = [fact for fact in talk.visit.facts["family"] if not fact.asks]
    for fact in own:
        talk.question(fact)
    talk.ask(talk.phrase("ask_family_more" if own else "ask_family"))
    talk.patient(talk.joined([talk.voice.fact(fact.id, fact.says) + "." for fact in others]), short=True)


def _habits(talk: Conversation) -> None:
    for fact in talk.visit.facts["social"]:
        if fact.asks:
            talk.question(fact)
            continue
        talk.ask(talk.phrase("ask_" + fact.id.removeprefix("social-")))
        talk.patient(talk.voice.fact(fact.id, fact.says) + ".", short=True)
