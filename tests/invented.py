"""Invented values for tests: an encounter whose texts hold what breaks careless offsets, two models, two notes."""

from annotations import Encounter, Model, Output

TRANSCRIPT = (
    "Doctor: Good morning 🙂 how is the thyroid?\nPatient: Tired, since May. No chest pain.\nDoctor: BP <120, ${7*7} and {{7*7}}."
)
NOTE = "SUBJECTIVE\nFatigue 👩🏽‍⚕️\nsince May. Denies chest pain.\r\nPLAN\n1. Repeat TSH <script>alert(1)</script> e\u0301 שלום"
OTHER = "SUBJECTIVE\nFatigue since March.\nPLAN\n1. Start levothyroxine 100 µg."


def encounter(number: int = 1, split: str = "train", **more) -> Encounter:
    values = {
        "reference": f"SUBJECTIVE\nFatigue {number}.\nPLAN\n1. Repeat TSH.",
        "synthetic": True,
        "specialty": "endocrinology",
    }
    return Encounter("invented", f"case-{number}", f"{TRANSCRIPT}\nPatient: number {number}.", split, **(values | more))


def two_notes(store, split: str = "train", number: int = 1) -> tuple[Encounter, Output, Output]:
    """An encounter with a note of a base model and one of an adapter, stored."""
    visit = encounter(number, split)
    store.add_encounters([visit])
    store.ensure_model(Model("base-model", "Base", "base", "base", "b" * 64))
    store.ensure_model(Model("tuned-model", "Tuned", "adapter", "tuned", "a" * 64, base_id="base-model", base_sha256="b" * 64))
    outputs = [
        store.add_output(Output(visit.id, model, text, "test", "p" * 64, {"greedy": True}, 1.5, 100, 40, "stop"))
        for model, text in (("base-model", NOTE), ("tuned-model", OTHER))
    ]
    return visit, *outputs
