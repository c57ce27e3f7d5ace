"""The judge's desk without its screen: what a judge found beside reviewers."""

from dataclasses import dataclass
from typing import Any

from annotations import Judgements, LabelSet, Reviews, Store, study_labels
from pipeline.judge import judge_agreement
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class Shown:
    """The notes that may be shown to this reviewer, how many may not yet, and the agreement over those shown."""

    notes: tuple[dict[str, Any], ...]
    waiting: int
    warnings: tuple[str, ...]
    gold: int
    judged: int
    found: int


class JudgeDesk:
    """Shows a judge's marks only on notes whose first review this reviewer has submitted. Every method opens the store itself."""

    def __init__(self, workspace: Workspace, reviewer_id: str = "local") -> None:
        self.workspace = workspace
        self.reviewer_id = reviewer_id

    @property
    def labels(self) -> LabelSet:
        return study_labels(self.workspace.home)

    def judges(self) -> list[tuple[str, str]]:
        """Name and id of every judge, the last one first."""
        with self.workspace.store() as store:
            found = Judgements(store, self.labels).list_judges()
        return [(f"{one.model} at {one.host}, {one.created[:10]}", one.id) for one in reversed(found)]

    def titles(self) -> dict[str, str]:
        """What the labels are called."""
        data = self.labels.data
        return {entry["id"]: entry["title"] for kind in ("error", "omission") for entry in data[kind]}

    def names(self) -> dict[str, str]:
        """What the reviewers are called."""
        with self.workspace.store() as store:
            return {user.id: user.name for user in store.list_users()}

    def shown(self, judge_id: str) -> Shown:
        with self.workspace.store() as store:
            mine = self._mine(store)
            found = judge_agreement(store, self.labels, judge_id)
            judged = {one.output_id for one in Judgements(store, self.labels).list_judgements(judge_id)}
            hidden = sum(store.get_output(id).encounter_id not in mine for id in judged)
        notes = tuple(one for one in found["differences"] if one["encounter"] in mine)
        lines = [line for one in notes for line in one["marks"] if line["group"] == "hallucination"]
        return Shown(
            notes, hidden, tuple(found["warnings"]) if notes else (), sum(line["by"] != "judge" for line in lines),
            sum(line["by"] != "reviewers" for line in lines), sum(line["by"] == "both" for line in lines),
        )  # fmt: skip

    def _mine(self, store: Store) -> set[str]:
        reviews = Reviews(store, self.labels).list_reviews(self.reviewer_id, "submitted")
        return {review.encounter_id for review in reviews if not review.cannot_judge}
