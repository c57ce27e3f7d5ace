"""What waits for a reviewer, in the order to take it."""

from annotations import Encounter, Reviews
from pipeline.workspace import Workspace

PURPOSE = {"train": "for training", "dev": "for measuring", "test": "held out"}


class QueueDesk:
    """Reads the queue of one reviewer afresh at every call."""

    def __init__(self, workspace: Workspace, reviewer_id: str = "local") -> None:
        self.workspace = workspace
        self.reviewer_id = reviewer_id

    def specialties(self) -> list[str]:
        with self.workspace.store() as store:
            return sorted({e.specialty for e in store.list_encounters() if e.specialty})

    def rows(self, split: str = "all", specialty: str = "all", search: str = "") -> list[dict]:
        """One row per encounter: drafts first, then those with notes to review, then those without notes, then the reviewed."""
        with self.workspace.store() as store:
            encounters = store.list_encounters()
            reviews = {r.encounter_id: r for r in Reviews(store).list_reviews(self.reviewer_id)}
            models = store.models_by_encounter()
        rows = [self._row(e, reviews.get(e.id), models.get(e.id, 0)) for e in encounters if _wanted(e, split, specialty, search)]
        return sorted(rows, key=lambda row: row["order"])

    def around(self, encounter_id: str) -> dict[str, str | None]:
        """The encounters before and after this one in the order of their import, among those with notes to compare or a review."""
        with self.workspace.store() as store:
            models = store.models_by_encounter()
            known = {review.encounter_id for review in Reviews(store).list_reviews(self.reviewer_id)}
            ids = [e.id for e in store.list_encounters() if e.id in known or e.id == encounter_id or models.get(e.id, 0) >= 2]
        at = ids.index(encounter_id) if encounter_id in ids else len(ids)
        return {"previous": ids[at - 1] if at else None, "next": ids[at + 1] if at + 1 < len(ids) else None}

    def progress(self) -> dict[str, int]:
        """How many encounters there are, and how many this reviewer has submitted."""
        with self.workspace.store() as store:
            done = {r.encounter_id for r in Reviews(store).list_reviews(self.reviewer_id, status="submitted")}
            return {"encounters": len(store.list_encounters()), "reviewed": len(done)}

    def _row(self, encounter: Encounter, review, models: int) -> dict:
        if review:
            status, order = ("in progress", 0) if review.status == "draft" else ("reviewed", 4)
        elif models >= 2:
            status, order = "to review", 1
        else:
            # An encounter that no shipped model was trained on says more about the notes than one that was.
            status, order = "needs notes", 2 if encounter.meta.get("fresh") or encounter.split == "dev" else 3
        return {
            "encounter": encounter, "status": status, "order": order, "purpose": PURPOSE[encounter.split],
            "words": len(encounter.transcript.split()),
        }  # fmt: skip


def _wanted(encounter: Encounter, split: str, specialty: str, search: str) -> bool:
    text = f"{encounter.title or ''} {encounter.external_id} {encounter.specialty or ''}".casefold()
    return (
        split in ("all", encounter.split)
        and specialty in ("all", encounter.specialty)
        and all(word in text for word in search.casefold().split())
    )
