"""A limit in tokens or in money. What a request can cost at most is set aside before it leaves, so that no limit is overrun."""

import threading
from dataclasses import dataclass

from annotations import BadInput, Refused

from .config import Endpoint
from .ledger import Spent
from .money import cost, dollars


class BudgetSpent(Refused):
    """The next request could go over the limit; what is done is kept, and a larger limit goes on from there."""


@dataclass(frozen=True)
class Cost:
    """Tokens in and out together, and US dollars (0 where the endpoint names no prices)."""

    tokens: int
    usd: float


class Budget:
    """``tokens`` and ``usd`` are the limits, None for none, counted with what the ledger says was spent before. What an
    attempt of unknown cost can have cost at most counts in full."""

    def __init__(self, endpoint: Endpoint, before: Spent, tokens: int | None = None, usd: float | None = None) -> None:
        if usd is not None and endpoint.usd(0, 0) is None:
            raise BadInput(
                f"A limit in dollars needs prices, and endpoint {endpoint.name!r} has none; add price_in and price_out (US "
                "dollars per million tokens), or limit the tokens with --budget-tokens."
            )
        self._limits = (tokens, usd)
        self._spent = Cost(before.total_tokens + before.unknown_tokens, before.usd + before.unknown_usd)
        self._aside = Cost(0, 0.0)
        self._changed = threading.Condition()

    def set_aside(self, most: Cost) -> None:
        """Keep room for a request. While others are under way it waits for what they leave; BudgetSpent when nothing
        can be left."""
        with self._changed:
            while not self._fits(most):
                if not self._aside.tokens:
                    raise BudgetSpent(self._sentence())
                self._changed.wait()
            self._aside = Cost(self._aside.tokens + most.tokens, self._aside.usd + most.usd)

    def settle(self, most: Cost, real: Cost) -> None:
        """Give the room back and count what it really cost."""
        with self._changed:
            self._aside = Cost(self._aside.tokens - most.tokens, max(0.0, self._aside.usd - most.usd))
            self._spent = Cost(self._spent.tokens + real.tokens, self._spent.usd + real.usd)
            self._changed.notify_all()

    def _fits(self, more: Cost) -> bool:
        tokens, usd = self._limits
        taken = Cost(self._spent.tokens + self._aside.tokens + more.tokens, self._spent.usd + self._aside.usd + more.usd)
        return (tokens is None or taken.tokens <= tokens) and (usd is None or taken.usd <= usd + 1e-9)

    def _sentence(self) -> str:
        tokens, usd = self._limits
        limits = [f"{tokens:,} tokens"] if tokens is not None else []
        limits += [dollars(usd)] if usd is not None else []
        return (
            f"The budget of {' and '.join(limits)} is spent ({cost(self._spent.tokens, self._spent.usd)}) or the "
            "next request could overrun it; everything so far is kept. Run the same command with a larger budget to go on."
        )
