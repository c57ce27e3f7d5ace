"""Near-duplicates among texts: two that share too many of their runs of five words.

Exact, not sketched: an index from each run to the texts that hold it counts shared runs, so the Jaccard index of a new text with
every text before it is known without comparing pairs (1,500 visits of 1,000 words take a few seconds).
"""

import re
from collections import Counter

RUN = 5
THRESHOLD = 0.5


class NearDuplicates:
    """Texts seen so far. ``threshold`` is the Jaccard index of the sets of ``run``-word runs from which on two texts count as
    near-duplicates; ``highest`` is the highest index among the texts that were kept."""

    def __init__(self, threshold: float = THRESHOLD, run: int = RUN):
        self.threshold, self.run, self.highest = threshold, run, 0.0
        self._holders: dict[str, list[str]] = {}
        self._sizes: dict[str, int] = {}

    def add(self, id: str, text: str) -> str | None:
        """Keep the text and return None, or leave it out and return the id of the text that it is too like."""
        runs = word_runs(text, self.run)
        other, likeness = self.nearest(runs)
        if other is not None and likeness >= self.threshold:
            return other
        self.highest = max(self.highest, likeness)
        self._sizes[id] = len(runs)
        for run in runs:
            self._holders.setdefault(run, []).append(id)
        return None

    def nearest(self, runs: set[str]) -> tuple[str | None, float]:
        """The kept text that shares the most, and their Jaccard index; None and 0 where nothing is shared."""
        shared: Counter = Counter()
        for run in runs:
            shared.update(self._holders.get(run, ()))
        likeness = {id: both / (len(runs) + self._sizes[id] - both) for id, both in shared.items()}
        other = max(likeness, key=likeness.__getitem__, default=None)
        return other, likeness.get(other, 0.0)


def word_runs(text: str, run: int = RUN) -> set[str]:
    """The runs of ``run`` words, without case and punctuation; a text of fewer words is one run."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return {" ".join(words[i : i + run]) for i in range(max(1, len(words) - run + 1))}
