"""How far a run is, what it has cost, and how long and how much is left, every few seconds."""

import time
from collections.abc import Callable

from pipeline.endpoints import Ledger, cost

EVERY = 5.0


class Progress:
    def __init__(self, say: Callable[[str], None], ledger: Ledger, total: int) -> None:
        self._say, self._ledger, self._total = say, ledger, total
        self._before = ledger.spent()
        self._start = self._last = time.monotonic()
        self._done = self._written = 0

    def finished(self, paid_now: bool) -> None:
        """An encounter is finished; ``paid_now`` is False for one whose steps were all there already."""
        self._done += 1
        self._written += paid_now
        if time.monotonic() - self._last >= EVERY or self._done >= self._total:
            self._last = time.monotonic()
            self._say(self.line())

    def line(self) -> str:
        spent = self._ledger.spent()
        so_far = cost(spent.total_tokens, spent.usd)
        left = max(0, self._total - self._done)
        if not left or not self._written:
            return f"{self._done:,} of {self._total:,} encounters, {so_far}"
        seconds = (time.monotonic() - self._start) / self._written * left
        tokens = (spent.total_tokens - self._before.total_tokens) / self._written * left
        usd = (spent.usd - self._before.usd) / self._written * left
        more = f"about {cost(round(tokens), usd)}"
        time_left = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
        return f"{self._done:,} of {self._total:,} encounters, {so_far}; {more} and {time_left} to go"
