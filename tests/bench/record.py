"""How long acts took: noted by whoever does them, summed up at the end."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Record:
    """Seconds of each act that succeeded, and how many did not. Many threads may note at once."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.failures: dict[str, list[str]] = defaultdict(list)

    @contextmanager
    def timed(self, act: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        except Exception as error:
            self.failures[act].append(f"{type(error).__name__}: {error}"[:200])
            raise
        self.seconds[act].append(time.perf_counter() - started)

    def summary(self, act: str) -> dict[str, float]:
        """Milliseconds; of p95 the value that 95 in 100 acts stayed at or under."""
        sorted_ms = sorted(1000 * one for one in self.seconds[act])
        count = len(sorted_ms)
        return {
            "n": count, "failed": len(self.failures[act]),
            "p50_ms": round(sorted_ms[count // 2], 1), "p95_ms": round(sorted_ms[-(-95 * count // 100) - 1], 1),
        }  # fmt: skip


class Reviewer(Protocol):
    """One simulated reviewer; both sides have one, and each act notes its time in the reviewer's record."""

    def next(self) -> None: ...
    def open(self, number: int) -> None: ...
    def mark(self) -> None: ...
    def submit(self) -> None: ...
    def queue(self) -> None: ...


def walk(reviewer: Reviewer, reviews: int, marks: int) -> None:
    """One reviewer at work: the queue, then review after review."""
    for _ in range(reviews):
        reviewer.queue()
        reviewer.next()
        for _ in range(marks):
            reviewer.mark()
        reviewer.submit()


def crowd(reviewers: list[Reviewer], numbers: list[int], seconds: float) -> float:
    """Each reviewer opens a review of its own; then all save marks as fast as they are acknowledged. Returns saves per second."""
    for reviewer, number in zip(reviewers, numbers, strict=True):
        reviewer.open(number)
    start, done = threading.Barrier(len(reviewers) + 1), [0] * len(reviewers)

    def work(at: int) -> None:
        start.wait()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                reviewers[at].mark()
                done[at] += 1
            except Exception:
                # Noted in the record; a real page tries again too.
                continue

    threads = [threading.Thread(target=work, args=(at,)) for at in range(len(reviewers))]
    for thread in threads:
        thread.start()
    start.wait()
    started = time.monotonic()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - started)
