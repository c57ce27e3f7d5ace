"""What a set of encounters will cost, said before anything is spent."""

from dataclasses import dataclass

from pipeline.endpoints import Endpoint, dollars

from .encounter import CRITIQUE_TOKENS, NOTE_TOKENS, TRANSCRIPT_TOKENS
from .steps import prompts

# What the recipe asks for, in tokens: 40 to 90 turns, a note of a page, a critique with a few issues. Once encounters of the run
# are finished, what they really took replaces these.
TRANSCRIPT, NOTE, CRITIQUE = 1600, 500, 300
CHARACTERS_PER_TOKEN = 4
SCENARIO = 120


@dataclass(frozen=True)
class Estimate:
    """Tokens in and out and US dollars (None without prices) for ``count`` encounters: ``low`` when every first draft passes,
    ``high`` when every round is needed, ``most`` when every answer is as long as it may be besides."""

    count: int
    low: tuple[int, int, float | None]
    high: tuple[int, int, float | None]
    most: tuple[int, int, float | None]

    def sentence(self) -> str:
        def costs(found: tuple[int, int, float | None]) -> str:
            tokens = f"{(found[0] + found[1]) / 1e6:,.2f} million tokens"
            return tokens if found[2] is None else f"{tokens} ({dollars(found[2])})"

        prices = "" if self.low[2] is not None else " Name price_in and price_out in endpoints.toml to see it in dollars."
        return (
            f"Estimate for {self.count:,} encounters: {costs(self.low)} if every first draft passes, {costs(self.high)} if every "
            f"round is needed; at the very most {costs(self.most)}, answers that have to be asked for again left out.{prices}"
        )


def estimate(endpoint: Endpoint, count: int, rounds: int) -> Estimate:
    expected, longest = (TRANSCRIPT, NOTE, CRITIQUE), (TRANSCRIPT_TOKENS, NOTE_TOKENS, CRITIQUE_TOKENS)
    found = [_one(0, expected), _one(rounds, expected), _one(rounds, longest)]
    low, high, most = ((into * count, out * count, endpoint.usd(into * count, out * count)) for into, out in found)
    return Estimate(count, low, high, most)


def _one(rounds: int, lengths: tuple[int, int, int]) -> tuple[int, int]:
    """Tokens in and out of one encounter with this many revisions of both texts."""
    transcript, note, critique = lengths
    own = {name: (len(prompt.system) + len(prompt.user)) // CHARACTERS_PER_TOKEN for name, prompt in prompts().items()}
    # Step, how often it is asked, what it reads besides its prompt, what it writes.
    steps = [
        ("transcript", 1, SCENARIO, transcript),
        ("critique-transcript", rounds + 1, SCENARIO + transcript, critique),
        ("revise-transcript", rounds, SCENARIO + transcript + critique, transcript),
        ("note", 1, transcript, note),
        ("critique-note", rounds + 1, transcript + note, critique),
        ("revise-note", rounds, transcript + note + critique, note),
    ]
    return sum(n * (own[name] + reads) for name, n, reads, _ in steps), sum(n * writes for _, n, _, writes in steps)
