"""Which reviews are looked at: the choices of a reader of results, and the SQL that picks them."""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from .values import SPLITS, one_of

# "Whatever it is"; an empty text, in contrast, is "not said" (a specialty) or "none" (a section, a severity).
ANY = "*"
VERSIONS = ("first", "latest")


@dataclass(frozen=True)
class Selection:
    """Submitted reviews, narrowed by whatever is not ANY. ``pair`` keeps comparisons of these two models, whichever stood left;
    ``encounters`` keeps those of the encounters with these ids.

    ``versions``: the first of each reviewer and encounter, made blind, or the latest, which may have changed after the reveal.
    """

    specialty: str = ANY
    split: str = ANY
    reviewer: str = ANY
    pair: tuple[str, str] | None = None
    versions: str = "first"
    encounters: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        one_of(self.split, (ANY, *SPLITS), "The split of the selection")
        one_of(self.versions, VERSIONS, "The versions of the selection")

    def sql(self) -> tuple[str, dict[str, Any]]:
        """``WITH chosen, noted`` and what the query is given. ``chosen`` has a row per review (see Chosen), ``noted`` one per
        note in each review that ended with a judgement."""
        first, second = self.pair or (None, None)
        given = {"in_specialty": self.specialty, "in_split": self.split, "by": self.reviewer, "first": first, "second": second}
        narrowed = [_PAIR] if self.pair else []
        if self.encounters is not None:
            narrowed.append("AND r.encounter_id IN (SELECT value FROM json_each(:among))")
            given["among"] = json.dumps(self.encounters)
        return _CHOSEN.format(version=_VERSION[self.versions], narrowed=" ".join(narrowed)), given


_VERSION = {
    "first": "r.version = 1",
    "latest": """NOT EXISTS (SELECT 1 FROM reviews later WHERE later.reviewer_id = r.reviewer_id
            AND later.encounter_id = r.encounter_id AND later.version > r.version AND later.status = 'submitted')""",
}
_PAIR = "AND ((l.model_id = :first AND t.model_id = :second) OR (l.model_id = :second AND t.model_id = :first))"
# The indexes are named because SQLite would rather go by the primary keys, and so read the long texts before the short columns.
_CHOSEN = """WITH chosen AS (
        SELECT r.id AS review_id, r.encounter_id, r.reviewer_id, r.submitted, r.preference, r.active_seconds, r.cannot_judge,
            ifnull(e.specialty, '') AS specialty, e.split,
            l.id AS left_id, l.model_id AS left_model, t.id AS right_id, t.model_id AS right_model
        FROM reviews r
        JOIN encounters e INDEXED BY encounters_in_short ON e.id = r.encounter_id
        JOIN outputs l INDEXED BY outputs_in_short ON l.id = r."left"
        LEFT JOIN outputs t INDEXED BY outputs_in_short ON t.id = r."right"
        WHERE r.status = 'submitted' AND {version} AND :in_specialty IN ('*', ifnull(e.specialty, ''))
            AND :in_split IN ('*', e.split) AND :by IN ('*', r.reviewer_id) {narrowed}
    ), noted AS (
        SELECT review_id, encounter_id, reviewer_id, specialty, left_id AS output_id, left_model AS model
        FROM chosen WHERE cannot_judge IS NULL
        UNION ALL
        SELECT review_id, encounter_id, reviewer_id, specialty, right_id, right_model
        FROM chosen WHERE cannot_judge IS NULL AND right_id IS NOT NULL
    ) """


class Chosen(NamedTuple):
    """A row of ``chosen``; without a second note the right side is None."""

    review_id: str
    encounter_id: str
    reviewer_id: str
    specialty: str
    split: str
    submitted: str
    preference: str | None
    cannot_judge: str | None
    active_seconds: float
    left_id: str
    left_model: str
    right_id: str | None
    right_model: str | None
