"""The plan of a set of synthetic encounters: who comes, with what, to which kind of visit, and how the talk goes.

Diversity is dealt out, not hoped for. Each factor has a deck in which every level lies equally often (to within one card), and
the decks are shuffled independently; ages are one draw from each equal slice of the condition's range. Visit type and sex are
dealt within each condition, since not every condition has them all. The same count, seed and specialty give the same plan.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from annotations import BadInput, sha256

from .conditions import Condition, conditions_of

# What each level means, in words that a prompt can use.
STYLES = {
    "plain": "answers what is asked, in ordinary sentences",
    "terse": "says as little as possible; the doctor must ask for everything",
    "talkative": "answers at length and strays into daily life before coming to the point",
    "anxious": "worries aloud, asks what it could be, needs reassurance",
    "precise": "has kept notes and gives dates and figures, sometimes correcting them",
    "downplaying": "makes light of it all and came because somebody insisted",
    "hard of hearing": "mishears questions now and then and asks the doctor to say them again",
    "accompanied": "comes with a relative who adds to the answers",
}
DISTRACTORS = {
    "small-talk": "talk of weather, parking or family that has nothing to do with the visit",
    "relative-history": "a relative's illness or medicine is told at length and must not become the patient's",
    "self-correction": "the patient gives a figure and then corrects it",
    "interruption": "a telephone or a knock at the door cuts into the talk",
    "dose-mix-up": "the patient first names the wrong strength of a medicine and is put right",
}
# How many distractors an encounter has: a quarter has none.
_DISTRACTOR_COUNTS = (0, 1, 1, 2)
DISFLUENCIES = {
    "none": "fluent",
    "light": "a hesitation here and there",
    "heavy": "many hesitations, repeated words and restarts",
}
FACTORS = ("condition", "specialty", "visit", "sex", "age_band", "style", "distractors", "disfluency")


@dataclass(frozen=True)
class Scenario:
    """One planned encounter. ``condition`` is its name in words and ``slug`` that of its case file; ``age`` is in years; ``sex``
    is female or male; ``visit`` is new, follow-up or telephone; ``seed`` is the encounter's own."""

    condition: str
    slug: str
    specialty: str
    visit: str
    age: int
    sex: str
    style: str
    distractors: tuple[str, ...]
    disfluency: str
    seed: int

    @property
    def age_band(self) -> str:
        """Such as ``40-59``."""
        low = self.age // 20 * 20
        return f"{low}-{low + 19}"


def plan_scenarios(count: int, seed: int, specialty: str | None = None) -> list[Scenario]:
    """``count`` scenarios of one specialty, or of all; BadInput for a count below 1, NotFound for a specialty without cases."""
    if count < 1:
        raise BadInput(f"The count is {count}; expected at least 1.")
    dice = random.Random(f"{seed}/{specialty or ''}")
    who = _deck(conditions_of(specialty), count, dice)
    visits, sexes, ages = (_within(who, deal, dice) for deal in (_visits, _sexes, _ages))
    styles, disfluencies = _deck(tuple(STYLES), count, dice), _deck(tuple(DISFLUENCIES), count, dice)
    distractors = _distractors(count, dice)
    return [
        Scenario(
            who[i].name, who[i].slug, who[i].specialty, visits[i], ages[i], sexes[i], styles[i], distractors[i], disfluencies[i],
            _own_seed(seed, i),
        )
        for i in range(count)
    ]  # fmt: skip


def again(scenario: Scenario, attempt: int) -> Scenario:
    """The same plan under another seed, for an encounter that came out too like one before it."""
    return replace(scenario, seed=_own_seed(scenario.seed, attempt))


def factor_counts(scenarios: Sequence[Scenario]) -> dict[str, dict[str, int]]:
    """How often each level of each factor occurs, for cards and tests; an encounter with two distractors counts for both."""
    counts: dict[str, Counter] = {factor: Counter() for factor in FACTORS}
    for scenario in scenarios:
        for factor in FACTORS:
            level = getattr(scenario, factor)
            counts[factor].update(level or ("none",) if isinstance(level, tuple) else [level])
    return {factor: dict(sorted(found.items())) for factor, found in counts.items()}


def as_dict(scenario: Scenario) -> dict[str, Any]:
    """The scenario as JSON takes it."""
    return asdict(scenario) | {"distractors": list(scenario.distractors)}


def _deck(levels: Sequence, count: int, dice: random.Random) -> list:
    """``count`` cards with every level equally often, to within one, in random order; which levels get the odd card is random."""
    rounds, left = divmod(count, len(levels))
    cards = [*levels] * rounds + dice.sample(list(levels), left)
    dice.shuffle(cards)
    return cards


def _within(who: list[Condition], deal, dice: random.Random) -> list:
    """What ``deal`` gives for each condition's own encounters, in their places."""
    places: dict[Condition, list[int]] = {}
    for place, condition in enumerate(who):
        places.setdefault(condition, []).append(place)
    dealt: list = [None] * len(who)
    for condition in sorted(places, key=lambda condition: condition.slug):
        for place, card in zip(places[condition], deal(condition, len(places[condition]), dice), strict=True):
            dealt[place] = card
    return dealt


def _visits(condition: Condition, count: int, dice: random.Random) -> list[str]:
    return _deck(condition.visits, count, dice)


def _sexes(condition: Condition, count: int, dice: random.Random) -> list[str]:
    return _deck(condition.sexes, count, dice)


def _ages(condition: Condition, count: int, dice: random.Random) -> list[int]:
    low, high = condition.ages
    width = (high - low + 1) / count
    ages = [min(high, int(low + (slice_ + dice.random()) * width)) for slice_ in range(count)]
    dice.shuffle(ages)
    return ages


def _distractors(count: int, dice: random.Random) -> list[tuple[str, ...]]:
    """Each encounter gets those that were dealt least so far, so that every kind comes equally often and none twice in one."""
    used: Counter = Counter()
    hands = []
    for size in _deck(_DISTRACTOR_COUNTS, count, dice):
        hand = sorted(DISTRACTORS, key=lambda name: (used[name], dice.random()))[:size]
        used.update(hand)
        hands.append(tuple(sorted(hand)))
    return hands


def _own_seed(seed: int, number: int) -> int:
    return int(sha256(f"{seed}/{number}")[:12], 16)
