"""A few reviews by two invented reviewers, small enough to count by hand, and a way to throw many."""

import random
from dataclasses import dataclass

from annotations import Encounter, Model, Omission, Output, Rating, Review, Reviews, Span, Store, load_labels

TRANSCRIPT = "Doctor: How are you?\nPatient: Tired since May. No chest pain.\nDoctor: We repeat the TSH in six weeks.\n"
BASE_NOTE = "SUBJECTIVE\nTired since March.\nDenies fever.\nOBJECTIVE\nHeart regular.\nRESULTS\nTSH 9.\nPLAN\n1. Start aspirin.\n"
TUNED_NOTE = "SUBJECTIVE\nTired since May.\nPLAN\n1. Repeat TSH.\n1. Repeat TSH.\n"
BASE, TUNED = "base-model", "tuned-model"


def add_models(store: Store) -> None:
    store.ensure_model(Model(TUNED, "Tuned", "adapter", "tuned", "a" * 64, base_id=BASE, base_sha256="b" * 64))
    store.ensure_model(Model(BASE, "Base", "base", "base", "b" * 64))


@dataclass
class Desk:
    """Opens one review and acts in it by model and by the words that are quoted."""

    reviews: Reviews
    review: Review
    notes: dict[str, Output]
    transcript: str

    def error(self, model: str, quote: str, label: str, severity: str | None = None, comment: str = "") -> None:
        start = self.notes[model].text.index(quote)
        span = Span(self.notes[model].id, start, start + len(quote), quote, label, severity, comment)
        self.reviews.put_span(self.review.id, span)

    def omission(
        self, model: str, quote: str, label: str, severity: str, section: str | None = None, negative: bool = False
    ) -> None:
        at = self.transcript.index(quote)
        mark = Omission(self.notes[model].id, at, at + len(quote), quote, label, severity, section, negative)
        self.reviews.put_omission(self.review.id, mark)

    def rate(self, model: str, dimension: str, value: int | None) -> None:
        self.reviews.rate(self.review.id, Rating(self.notes[model].id, dimension, value))

    def prefer(self, what: str) -> None:
        side = {self.notes[model].id: model for model in self.notes}
        sides = {side[self.review.left]: "left"} | ({side[self.review.right]: "right"} if self.review.right else {})
        self.reviews.prefer(self.review.id, sides.get(what, what))

    def correct(self, model: str, text: str, seconds: float = 0.0) -> None:
        self.reviews.correct(self.review.id, self.notes[model].id, text, active_seconds=seconds)

    def submit(self, seconds: float = 0.0) -> None:
        self.reviews.add_seconds(self.review.id, seconds)
        self.reviews.submit(self.review.id)


def visit(
    store: Store, number: int, split: str = "train", specialty: str | None = "cardiology", **notes: str
) -> dict[str, Output]:
    """A stored encounter with a note of each model; ``base`` and ``tuned`` replace their texts."""
    transcript = f"{TRANSCRIPT}Patient: {number}."
    one = Encounter("invented", f"visit-{number}", transcript, split, None, specialty, True, f"Visit {number}")
    store.add_encounters([one])
    texts = {BASE: notes.get("base", BASE_NOTE), TUNED: notes.get("tuned", TUNED_NOTE)}
    outputs = [Output(one.id, model, text, "test", "p" * 64, {}, 1.5, 100, 40, "stop") for model, text in texts.items()]
    return {output.model_id: store.add_output(output) for output in outputs}


def opened(store: Store, notes: dict[str, Output], reviewer: str) -> Desk:
    reviews = Reviews(store)
    any_note = next(iter(notes.values()))
    review = reviews.open(any_note.encounter_id, reviewer, [note.id for note in notes.values()])
    return Desk(reviews, review, notes, store.get_encounter(any_note.encounter_id).transcript)


def few_reviews(store: Store) -> dict[str, str]:
    """What the tests count by hand; the ids of the three encounters by what they are called below."""
    add_models(store)
    store.add_user("ann", "Dr Ann")
    store.add_user("ben", "Dr Ben")
    first, second, third = visit(store, 1), visit(store, 2, "dev", "neurology"), visit(store, 3, specialty=None)
    # Ann on the first: four errors of which two major, an inference, two omissions, one of them an important negative.
    desk = opened(store, first, "ann")
    desk.error(BASE, "March", "fabrication", "major", "May, not March")
    desk.error(BASE, "aspirin", "fabrication", "major")
    desk.error(BASE, "Denies fever", "negation", "minor")
    desk.error(BASE, "Heart regular", "inference")
    desk.error(TUNED, "1. Repeat TSH.\n1.", "repetition", "minor")
    desk.omission(BASE, "No chest pain", "current_issues", "major", "subjective", negative=True)
    desk.omission(TUNED, "in six weeks", "plan", "minor", "assessment_and_plan")
    for dimension, base, tuned in (("clarity", 2, 4), ("completeness", None, 5)):
        desk.rate(BASE, dimension, base)
        desk.rate(TUNED, dimension, tuned)
    desk.prefer(TUNED)
    desk.correct(BASE, BASE_NOTE.replace("March", "May"), 30)
    desk.correct(BASE, BASE_NOTE.replace("March", "May").replace("1. Start aspirin.\n", ""), 12)
    desk.submit(120)
    # Ben on the first: sees nothing in the base's note, one major error in the tuned one's.
    desk = opened(store, first, "ben")
    desk.error(TUNED, "since May", "certainty", "major")
    desk.rate(BASE, "clarity", 5)
    desk.prefer(BASE)
    desk.submit(60)
    # Ann on the second: one minor error, a tie; reopened after the reveal, where she finds a major one.
    desk = opened(store, second, "ann")
    desk.error(BASE, "TSH 9", "fabrication", "minor")
    desk.prefer("tie")
    desk.correct(TUNED, TUNED_NOTE.replace("1. Repeat TSH.\n1.", "1."))
    desk.submit(240)
    desk.review = desk.reviews.reopen(desk.review.id)
    desk.error(BASE, "Denies fever", "negation", "major")
    desk.prefer(TUNED)
    desk.submit()
    # Ben cannot judge the third; Ann has begun it.
    desk = opened(store, third, "ben")
    desk.error(BASE, "March", "fabrication", "major")
    desk.reviews.give_up(desk.review.id, "field", "Not my field.")
    opened(store, third, "ann").error(BASE, "March", "causality", "major")
    return {"first": first[BASE].encounter_id, "second": second[BASE].encounter_id, "third": third[BASE].encounter_id}


def many_reviews(store: Store, visits: int, seed: int = 1, reviewers: int = 3) -> None:
    """Reviews of random content by a seeded hand: some encounters read by several, some unfinished, some given up."""
    dice, labels = random.Random(seed), load_labels()
    add_models(store)
    names = [f"reviewer-{number}" for number in range(reviewers)]
    for name in names:
        store.add_user(name, name.title())
    for number in range(100, 100 + visits):
        notes = visit(store, number, dice.choice(["train", "dev"]), dice.choice(["cardiology", "neurology", None]))
        for name in dice.sample(names, dice.choice([0, 1, 1, 2])):
            _throw(opened(store, notes, name), dice, labels)


def _throw(desk: Desk, dice: random.Random, labels) -> None:
    for model, note in desk.notes.items():
        for _ in range(dice.choice([0, 0, 1, 2, 4] if model == BASE else [0, 0, 0, 1, 2])):
            start = dice.randrange(len(note.text) - 12)
            label = dice.choice(labels.errors)
            severity = dice.choice(["major", "minor"]) if labels.needs_severity(label) else None
            desk.error(model, note.text[start : start + dice.randint(3, 12)], label, severity)
        for _ in range(dice.choice([0, 0, 1, 2])):
            start = dice.randrange(len(desk.transcript) - 12)
            quote = desk.transcript[start : start + dice.randint(3, 12)]
            section = dice.choice([*labels.sections, None])
            label, severity = dice.choice(labels.omissions), dice.choice(["major", "minor"])
            desk.omission(model, quote, label, severity, section, dice.random() < 0.3)
        for dimension in labels.dimensions:
            desk.rate(model, dimension, dice.choice([1, 2, 3, 4, 5, None]))
    desk.prefer(dice.choice([BASE, TUNED, "tie", "neither"]) if dice.random() < 0.9 else None)
    if dice.random() < 0.5:
        desk.correct(TUNED, TUNED_NOTE + dice.choice(["2. Rest.", "2. Back in six weeks."]), dice.choice([0.0, 40.0]))
    ends = dice.random()
    if ends < 0.8:
        desk.submit(dice.uniform(60, 600))
        if ends < 0.2:
            desk.review = desk.reviews.reopen(desk.review.id)
            desk.error(BASE, "Denies fever", "causality", "minor")
            desk.submit()
    elif ends < 0.9:
        desk.reviews.give_up(desk.review.id, "transcript")
