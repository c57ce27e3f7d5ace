"""What waits for a reviewer, in the order to take it."""

from annotations import Queue, QueueEntry, median_seconds
from pipeline.workspace import Workspace

PURPOSE = {"train": "for training", "dev": "for measuring", "test": "held out"}
PAGE_SIZE = 50


class QueueDesk:
    """Reads the queue of one reviewer afresh at every call."""

    def __init__(self, workspace: Workspace, reviewer_id: str = "local") -> None:
        self.workspace = workspace
        self.reviewer_id = reviewer_id

    def specialties(self) -> list[str]:
        with self.workspace.store() as store:
            return store.specialties()

    def page(
        self, status: str = "all", split: str = "all", specialty: str = "all", search: str = "", offset: int = 0
    ) -> tuple[list[dict], int]:
        """Up to ``PAGE_SIZE`` rows from ``offset`` on, and how many there are in all: drafts first, then those with notes to
        review, then those without notes, then the reviewed."""
        chosen = {"status": status, "split": split, "specialty": specialty}
        narrow = {name: value for name, value in chosen.items() if value != "all"}
        with self.workspace.store() as store:
            page = Queue(store, self.reviewer_id).page(PAGE_SIZE, offset, search=search, **narrow)
        return [_row(entry) for entry in page.entries], page.total

    def first(self) -> tuple[list[dict], int, dict[str, int | float | None]]:
        """The first page of everything, in one reading: its rows, how many there are in all, and the reviewer's progress: how
        many ``encounters`` there are, how many ``submitted``, how many at each status, and the ``median`` time of a review in
        seconds, None before the first."""
        with self.workspace.store() as store:
            queue = Queue(store, self.reviewer_id)
            page, (done, encounters) = queue.page(PAGE_SIZE), queue.progress()
            median = median_seconds(store, self.reviewer_id)
        progress = {"encounters": encounters, "submitted": done, **page.counts, "median": median}
        return [_row(entry) for entry in page.entries], page.total, progress


def _row(entry: QueueEntry) -> dict:
    encounter = entry.encounter
    return {
        "encounter": encounter, "status": entry.status, "purpose": PURPOSE[encounter.split],
        "words": len(encounter.transcript.split()),
    }  # fmt: skip
