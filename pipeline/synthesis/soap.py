"""The note of a visit: what was said, as a clinician writes it down, each fact marked with its id."""

import random
from collections.abc import Sequence

from .facts import Fact
from .marks import marked
from .visit import Denial, Medicine, Visit
from .voices import capital, listed, noted

_UNITS = {"milligrams": "mg", "grams": "g", "millilitres": "ml", "percent": "%"}


def write_note(visit: Visit, dice: random.Random) -> str:
    """The whole note with its marks; every fact in it is one that the dialogue has said."""
    return "\n".join(["SUBJECTIVE", *_subjective(visit, dice), "", "OBJECTIVE", *_objective(visit), "", "ASSESSMENT",
                      *_numbered(visit, "assess"), "", "PLAN", *_numbered(visit, "plan")]) + "\n"  # fmt: skip


def _subjective(visit: Visit, dice: random.Random) -> list[str]:
    complaint = visit.facts["complaint"][0]
    return [
        f"Chief complaint: {_fact(visit, complaint)}.",
        f"History of present illness: {' '.join(_history(visit, complaint, dice))}",
        f"Past medical history: {_sentences(visit, 'past') or marked('past-none', 'None') + '.'}",
        f"Medications: {_medicines(visit.medicines)}.",
        f"Allergies: {_sentences(visit, 'allergy')}",
        f"Family history: {_sentences(visit, 'family')}",
        *([f"Social history: {_sentences(visit, 'social')}"] if visit.facts["social"] else []),
    ]


def _history(visit: Visit, complaint: Fact, dice: random.Random) -> list[str]:
    job = visit.values["job"]
    work = f"retired {job}" if visit.scenario.age >= 67 else job
    age = marked("age", f"{visit.scenario.age}-year-old")
    found = [f"{age} {marked('job', work)}.", f"{marked(complaint.id, noted(visit.course.hpi, visit.values))}."]
    found += [f"{_fact(visit, fact)}." for fact in visit.facts["story"]]
    symptoms = [marked(fact.id, noted(fact.note, visit.values)) for fact in visit.facts["symptom"]]
    if symptoms:
        found.append(dice.choice(("Also reports ", "Reports ", "Also ")) + listed(symptoms, "and") + ".")
    return found + _negatives(visit.denials, dice)


def _negatives(denials: Sequence[Denial], dice: random.Random) -> list[str]:
    cut = len(denials) if len(denials) < 5 else dice.choice((len(denials), 3))
    return [_no(part) for part in (denials[:cut], denials[cut:]) if part]


def _no(denials: Sequence[Denial]) -> str:
    first, *rest = denials
    items = [marked(first.id, f"No {first.noted}"), *(marked(denial.id, denial.noted) for denial in rest)]
    return listed(items, "or") + "."


def _medicines(medicines: Sequence[Medicine]) -> str:
    if not medicines:
        return marked("medicine-none", "None")
    return "; ".join(marked(one.id, _medicine(one, first=place == 0)) for place, one in enumerate(medicines))


def _medicine(medicine: Medicine, first: bool) -> str:
    number, _, unit = medicine.amount.partition(" ")
    short = _UNITS.get(unit, unit)
    amount = f"{number}{'' if short == '%' else ' '}{short}"
    return f"{capital(medicine.name) if first else medicine.name} {amount} {medicine.how}"


def _objective(visit: Visit) -> list[str]:
    if visit.telephone:
        lines = [f"Examination: {marked('no-exam', 'Not performed (telephone visit)')}."]
    else:
        lines = [f"Examination: {_vitals(visit.vitals)} {_sentences(visit, 'exam')}".rstrip()]
    return lines + ([f"Results: {_sentences(visit, 'results')}"] if visit.facts["results"] else [])


def _vitals(vitals: dict[str, str]) -> str:
    found = [
        marked("vital-bp", f"BP {vitals['systolic']}/{vitals['diastolic']}"),
        marked("vital-pulse", f"pulse {vitals['pulse']} {vitals.get('rhythm', 'regular')}"),
    ]
    if "saturation" in vitals:
        found.append(marked("vital-saturation", f"oxygen saturation {vitals['saturation']}%"))
    if "temperature" in vitals:
        found.append(marked("vital-temperature", f"temperature {vitals['temperature']}"))
    if "weight" in vitals:
        found.append(marked("vital-weight", f"weight {vitals['weight']} kg"))
    return ", ".join(found) + "."


def _numbered(visit: Visit, kind: str) -> list[str]:
    return [f"{number}. {_fact(visit, fact)}." for number, fact in enumerate(visit.facts[kind], 1)]


def _sentences(visit: Visit, kind: str) -> str:
    return " ".join(f"{_fact(visit, fact)}." for fact in visit.facts[kind])


def _fact(visit: Visit, fact: Fact) -> str:
    return marked(fact.id, capital(noted(fact.note, visit.values)))
