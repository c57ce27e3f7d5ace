"""What judging will cost, said before anything is spent: from the texts that are to be read, and usual lengths of answers."""

from collections.abc import Iterable
from typing import Any

from pipeline.endpoints import Endpoint, cost

from .reading import AT_ONCE, prompts

CHARACTERS_PER_TOKEN = 4
# Tokens of an answer: about 25 facts of a visit, a check of each, a handful of errors, eight ratings, one comparison.
FACTS, CHECKS, ERRORS, RATINGS, COMPARE = 1500, 700, 400, 350, 60


def estimate(endpoint: Endpoint, work: Iterable[Any]) -> str:
    """One sentence on ``work`` (see ``run.Work``)."""
    own = {name: _tokens(prompt.system + prompt.user) for name, prompt in prompts().items()}
    read = write = questions = 0
    for one in work:
        transcript = _tokens(one.encounter.transcript)
        for sample in {sample for _, sample in one.notes}:
            read, write, questions = read + own["facts"] + transcript, write + FACTS, questions + 1
            for note in (_tokens(output.text) for output, number in one.notes if number == sample):
                checks = -(-25 // AT_ONCE)
                read += checks * (own["check-facts"] + note) + own["errors"] + own["ratings"] + 2 * (transcript + note)
                write, questions = write + CHECKS + ERRORS + RATINGS, questions + checks + 2
        for first, second, _ in one.pairs:
            read += 2 * (own["compare"] + transcript + _tokens(first.text) + _tokens(second.text))
            write, questions = write + 2 * COMPARE, questions + 2
    return f"Estimate: {questions:,} questions, about {cost(read + write, endpoint.usd(read, write))}."


def _tokens(text: str) -> int:
    return len(text) // CHARACTERS_PER_TOKEN
