"""One visit, drawn from its scenario: who the patient is, which facts hold, and what else there is besides the condition."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .casebook import Case, Course, background, read_case, talk
from .drawing import drawn, drawn_all
from .facts import Fact, read_fact
from .scenarios import Scenario

# How many of a case's symptoms and negatives a visit has.
_SYMPTOMS, _DENIALS = (3, 3, 4, 5), (5, 6, 7, 8)


@dataclass(frozen=True)
class Medicine:
    """``amount`` has its unit in full ("5 milligrams"); ``how`` is as a note says it ("once daily")."""

    id: str
    name: str
    amount: str
    how: str


@dataclass(frozen=True)
class Denial:
    """What the patient does not have, by the words of a question and of a note."""

    id: str
    lay: str
    noted: str


@dataclass(frozen=True)
class Visit:
    """Everything that is true in one encounter, before a word is said. ``facts`` are by kind, in the order of the case file."""

    scenario: Scenario
    course: Course
    values: dict[str, str]
    vitals: dict[str, str]
    companion: str | None
    facts: dict[str, tuple[Fact, ...]]
    denials: tuple[Denial, ...]
    medicines: tuple[Medicine, ...]

    @property
    def telephone(self) -> bool:
        return self.scenario.visit == "telephone"


def draw_visit(scenario: Scenario, dice: random.Random, more: int = 0) -> Visit:
    """The visit that a scenario and its dice lead to, with ``more`` symptoms, negatives and habits than usual."""
    case = read_case(scenario.slug)
    course = dice.choice([course for course in case.courses if scenario.visit in course.visits])
    values = drawn_all(course.values, dice.choice(course.rows), dice) | _person(scenario, dice)
    facts = {kind: _held(found, scenario, dice) for kind, found in course.facts.items()}
    possible = [fact for fact in case.symptoms if fact.note not in course.without and fact.fits(scenario.sex, scenario.age)]
    symptoms = _some(possible, _SYMPTOMS, dice, more)
    companion = dice.choice(_companions(scenario)) if scenario.style == "accompanied" else None
    others = _others(case, course, scenario, dice, more)
    facts |= {"complaint": (course.complaint,), "symptom": tuple(symptoms)}
    facts["past"] += others["past"]
    facts["family"] += others["family"]
    facts |= {"allergy": others["allergy"], "social": tuple(_at_home(fact, companion) for fact in others["social"])}
    medicines = [*course.medicines, *others["medicines"]]
    vitals = {name: drawn(_range(rule), dice) for name, rule in _vitals(course, scenario).items()}
    return Visit(
        scenario, course, values, vitals, companion,
        facts, tuple(_denials(case, course, possible, symptoms, dice, more)),
        tuple(_medicine(line, f"medicine-{i}", values, dice) for i, line in enumerate(medicines)),
    )  # fmt: skip


def _person(scenario: Scenario, dice: random.Random) -> dict[str, str]:
    words, female = background(), scenario.sex == "female"
    title = ("Mrs" if scenario.age > 45 else dice.choice(("Ms", "Mrs"))) if female else "Mr"
    job = dice.choice(words["occupations"])
    return {
        "age": str(scenario.age), "name": f"{title} {dice.choice(words['surnames'])}", "job": job,
        "a_job": f"{'an' if job[0] in 'aeiou' else 'a'} {job}",
        **({"he": "she", "his": "her", "him": "her"} if female else {"he": "he", "his": "his", "him": "him"}),
    }  # fmt: skip


def _companions(scenario: Scenario) -> list[str]:
    if scenario.age < 24:
        return ["Mother", "Father"]
    partner = "Husband" if scenario.sex == "female" else "Wife"
    return [partner, "Daughter", "Son"] if scenario.age > 50 else [partner, "Sister"]


def _held(facts: tuple[Fact, ...], scenario: Scenario, dice: random.Random) -> tuple[Fact, ...]:
    """Those that fit the patient; of the optional ones about half."""
    return tuple(
        fact for fact in facts if fact.fits(scenario.sex, scenario.age) and (not fact.optional or dice.random() < 0.5)
    )  # fmt: skip


def _some(pool: Sequence, sizes: tuple[int, ...], dice: random.Random, more: int = 0) -> list:
    return dice.sample(list(pool), min(dice.choice(sizes) + more, len(pool)))


def _denials(
    case: Case, course: Course, possible: list[Fact], symptoms: list[Fact], dice: random.Random, more: int
) -> list[Denial]:
    """From the case's own negatives, and now and then a symptom that the patient does not have."""
    absent = [(fact.asks[0], fact.note) for fact in possible if fact not in symptoms]
    own = [terms for terms in case.denials if terms[1] not in course.without]
    found = [*_some(own, _DENIALS, dice, 2 * more), *dice.sample(absent, min(len(absent), dice.choice((0, 0, 1))))]
    return [Denial(f"negative-{i}", lay, noted) for i, (lay, noted) in enumerate(found)]


def _others(case: Case, course: Course, scenario: Scenario, dice: random.Random, more: int) -> dict[str, tuple]:
    """What the patient has besides: other problems with their medicines, allergies, family, habits."""
    words = background()
    fitting = [
        entry for entry in words["problem"]
        if entry["topic"] not in case.avoid and entry.get("sex", scenario.sex) == scenario.sex
        and entry.get("from_age", 0) <= scenario.age
    ]  # fmt: skip
    number = dice.choice((0, 1, 1, 2)) if scenario.age < 50 else dice.choice((1, 1, 2, 2))
    problems = dice.sample(fitting, min(number, len(fitting)))
    treated = [entry for entry in fitting if entry.get("medicines")]
    if "dose-mix-up" in scenario.distractors and not course.medicines and not any(one in treated for one in problems):
        problems = [*problems[:1], dice.choice(treated)]
    return {
        "past": tuple(_fact(problem["line"], "past", f"past-b{i}") for i, problem in enumerate(problems)),
        "medicines": tuple(dice.choice(problem["medicines"]) for problem in problems if problem.get("medicines")),
        "family": tuple(_family(case, scenario, dice)),
        "allergy": (_one(words["allergy"], case, scenario, "allergy", dice),),
        "social": tuple(_social(case, scenario, dice, more)),
    }  # fmt: skip


def _one(entries: list[dict[str, str]], case: Case, scenario: Scenario, kind: str, dice: random.Random) -> Fact:
    """A fact from a list of the background that fits the case and the patient."""
    facts = [_fact(entry["line"], kind, kind) for entry in entries if entry["topic"] not in case.avoid]
    return dice.choice([fact for fact in facts if fact.fits(scenario.sex, scenario.age)])


def _family(case: Case, scenario: Scenario, dice: random.Random) -> list[Fact]:
    if "relative-history" in scenario.distractors:
        return [replace(_one(talk()["relative_story"], case, scenario, "family", dice), id="family-told")]
    return [_one(background()["family"], case, scenario, "family", dice)]


def _social(case: Case, scenario: Scenario, dice: random.Random, more: int) -> list[Fact]:
    words = background()["social"]
    found = [
        _fact(dice.choice(words[name]), "social", f"social-{name}")
        for name in ("smoking", "alcohol", "home") if name not in case.avoid
    ]  # fmt: skip
    general = [
        entry for entry in background()["general"]
        if entry["topic"] not in case.avoid and _fact(entry["line"], "social", "").fits(scenario.sex, scenario.age)
    ]  # fmt: skip
    # Of two lines on one topic either may be the one.
    fitting = {entry["topic"]: entry["line"] for entry in dice.sample(general, len(general))}
    number = min((1 if scenario.style == "terse" else dice.choice((2, 3, 3))) + more, len(fitting))
    lines = dice.sample(list(fitting.values()), number)
    return found + [_fact(line, "social", f"social-general{i}") for i, line in enumerate(lines)]


def _at_home(fact: Fact, companion: str | None) -> Fact:
    """Who comes with husband or wife lives with them."""
    if fact.id != "social-home" or companion not in ("Husband", "Wife"):
        return fact
    who = companion.lower()
    said = f"[With my {who}], who's listening || [My {who} and I], just the two of us -> Lives with {who}"
    return _fact(said, "social", fact.id)


def _fact(line: str, kind: str, id: str) -> Fact:
    return read_fact(line, kind, id)


def _medicine(line: str, id: str, values: dict[str, str], dice: random.Random) -> Medicine:
    """``name; amount; how``, the amount with a choice ("5|10 milligrams") or a value of the case ("{dose} micrograms")."""
    name, amount, how = (part.strip() for part in line.split(";"))
    number, _, unit = amount.partition(" ")
    return Medicine(id, name.format(**values), f"{dice.choice(number.split('|'))} {unit}".format(**values), how)


def _vitals(course: Course, scenario: Scenario) -> dict:
    """The course's ranges; a woman's weight is a tenth below."""
    vitals = dict(course.vitals)
    if scenario.sex == "female" and "weight" in vitals:
        vitals["weight"] = [round(bound * 0.9) for bound in vitals["weight"]]
    return vitals


def _range(rule):
    """Two numbers are a range of whole or tenth steps; text is text."""
    if not isinstance(rule, list):
        return rule
    low, high = rule
    return f"{low}..{high}" + ("/0.1" if isinstance(low, float) else "")
