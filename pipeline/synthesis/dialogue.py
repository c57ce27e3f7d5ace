"""The course of a visit, from the greeting on; its first part, the complaint and the story, is told here."""

import random
from collections.abc import Sequence

from .conversation import Conversation
from .facts import Fact
from .findings import assessment, examination, plan, results
from .interview import interview
from .marks import closed, opened
from .visit import Denial, Visit
from .voices import listed


def compose(visit: Visit, dice: random.Random) -> str:
    """The transcript of the visit with its marks."""
    talk = Conversation(visit, dice)
    distractors = visit.scenario.distractors
    _greeting(talk)
    if "small-talk" in distractors:
        talk.exchange("smalltalk")
    talk.voice.slip = "self-correction" in distractors
    _complaint(talk)
    _story(talk)
    if "interruption" in distractors:
        talk.exchange("interruption_phone" if visit.telephone else "interruption")
    for name in ("concern", "expect"):
        if dice.random() < 0.75 and talk.style != "terse":
            talk.aside(name)
    interview(talk)
    examination(talk)
    results(talk)
    assessment(talk)
    plan(talk)
    return talk.text()


def _greeting(talk: Conversation) -> None:
    visit = talk.visit
    kind = {"new": "greet_new", "follow-up": "greet_follow", "telephone": "greet_phone"}[visit.scenario.visit]
    talk.doctor(talk.phrase(kind))
    talk.patient(talk.phrase("back_phone" if visit.telephone else "back_greet"), short=True)
    if visit.companion and not visit.telephone:
        talk.doctor(talk.phrase("companion_meet"))
        who = {"Mother": "mum", "Father": "dad"}.get(visit.companion, visit.companion.lower())
        talk.other(visit.companion, talk.phrase("companion_hello", who=who))


def _complaint(talk: Conversation) -> None:
    fact = talk.visit.facts["complaint"][0]
    if fact.asks:
        talk.ask(talk.voice.plain(fact.asks))
    else:
        talk.ask(talk.phrase("open_new" if talk.visit.scenario.visit == "new" else "open_follow"))
    talk.patient(talk.voice.fact(fact.id, talk.ways(fact)))


def _story(talk: Conversation) -> None:
    """What happened, in the order of the case, with symptoms and negatives between."""
    symptoms = list(talk.visit.facts["symptom"])
    blocks = [lambda fact=fact: _asked(talk, fact) for fact in talk.visit.facts["story"]]
    told = symptoms[: talk.dice.choice((0, 2, 2))] if len(symptoms) > 2 and talk.style != "terse" else []
    extra = [lambda: _volunteered(talk, told)] if told else []
    extra += [lambda fact=fact: _symptom(talk, fact) for fact in symptoms[len(told) :]]
    extra += [lambda batch=batch: _negatives(talk, batch) for batch in _batches(talk)]
    talk.dice.shuffle(extra)
    # The story comes in its own order and begins; the rest falls in between.
    places = sorted(talk.dice.randint(1, len(blocks)) for _ in extra)
    for place, block in reversed(list(zip(places, extra, strict=True))):
        blocks.insert(place, block)
    for block in blocks:
        block()
        talk.acknowledge()


def _asked(talk: Conversation, fact: Fact) -> None:
    if fact.asks:
        talk.question(fact)
    else:
        talk.ask(talk.phrase("more"))
        talk.patient(talk.voice.fact(fact.id, talk.ways(fact), patient=True))


def _volunteered(talk: Conversation, facts: Sequence[Fact]) -> None:
    talk.ask(talk.phrase("more"))
    talk.patient(talk.joined([talk.voice.fact(fact.id, talk.ways(fact), patient=True) for fact in facts]))


def _symptom(talk: Conversation, fact: Fact) -> None:
    talk.ask(talk.phrase("ask_symptom", list=fact.asks[0]))
    answer = talk.voice.fact(fact.id, talk.ways(fact), patient=True)
    plain = "yes" not in answer.lower() and talk.dice.random() < 0.6
    talk.patient(f"{talk.phrase('yes')} {answer}" if plain else answer)


def _batches(talk: Conversation) -> list[list[Denial]]:
    left, batches = list(talk.visit.denials), []
    while left:
        size = talk.dice.choice((1, 2, 3, 3))
        batches.append(left[:size])
        left = left[size:]
    return batches


def _negatives(talk: Conversation, batch: Sequence[Denial]) -> None:
    """The place of a negative is the question and the answer together."""
    asked = talk.phrase("ask_denial", list=listed([denial.lay for denial in batch], "or"))
    talk.ask("".join(opened(denial.id) for denial in batch) + asked)
    answer = talk.phrase("no_one" if len(batch) == 1 else "no_many")
    talk.patient(answer + "".join(closed(denial.id) for denial in reversed(batch)), short=True)
