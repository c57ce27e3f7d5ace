"""The offline author: from a scenario to a dialogue and its note, each fact of the note linked to where it was said.

A condition's case file says what can be true, dice say what is; the dialogue and the note are written from the same facts, and
invisible marks keep the place of each in both. The same scenario gives the same bytes.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .dialogue import compose
from .duplicates import NearDuplicates
from .links import Link, check_links
from .marks import taken_off
from .scenarios import Scenario, again
from .soap import write_note
from .visit import draw_visit

# What a fact's id begins with, where that is not its kind.
_KINDS = {"age": "person", "job": "person", "vital": "exam", "no": "exam"}
# Encounters that are too like another are written again under another seed, at most so often.
_ATTEMPTS = 20
# Words that a transcript has at least; a visit that comes out shorter is drawn again with more in it, at most so often.
_SHORTEST, _FULLER = 600, 6


@dataclass(frozen=True)
class Written:
    """One encounter as written; ``links`` are in the order of the note."""

    scenario: Scenario
    transcript: str
    note: str
    links: tuple[Link, ...]


def write_encounter(scenario: Scenario) -> Written:
    """The encounter of one scenario. Links are checked: every quote is where its offsets say."""
    for more in range(_FULLER):
        dice = random.Random(scenario.seed)
        visit = draw_visit(scenario, dice, more)
        transcript, said = taken_off(compose(visit, dice))
        if len(transcript.split()) >= _SHORTEST:
            break
    note, noted = taken_off(write_note(visit, dice))
    links = sorted(
        (_link(fact, place, said[fact][0], note, transcript) for fact, places in noted.items() for place in places),
        key=lambda link: link.note_start,
    )
    check_links(links, note, transcript)
    return Written(scenario, transcript, note, tuple(links))


def write_encounters(scenarios: Sequence[Scenario], duplicates: NearDuplicates | None = None) -> Iterator[tuple[Written, int]]:
    """An encounter for each scenario, no two of them alike, each with how many drafts were dropped for being too like an earlier
    one. Should every draft of a scenario be so, the last one is kept and counted."""
    seen = duplicates or NearDuplicates()
    for number, scenario in enumerate(scenarios):
        for attempt in range(_ATTEMPTS):
            written = write_encounter(again(scenario, attempt) if attempt else scenario)
            if seen.add(str(number), written.transcript) is None:
                break
        yield written, attempt


def _link(fact: str, place: tuple[int, int], said: tuple[int, int], note: str, transcript: str) -> Link:
    head = fact.partition("-")[0]
    return Link(fact, _KINDS.get(head, head), *place, note[slice(*place)], *said, transcript[slice(*said)])
