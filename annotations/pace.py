"""How long a reviewer takes."""

import statistics

from .store import Store


def median_seconds(store: Store, reviewer_id: str) -> float | None:
    """The median active time of this reviewer's judged reviews, in seconds; None before the first. Later versions and reviews
    without any counted time are left out."""
    sql = """SELECT active_seconds FROM reviews WHERE reviewer_id = ? AND status = 'submitted' AND version = 1
        AND cannot_judge IS NULL AND active_seconds > 0"""
    found = [row[0] for row in store.db.execute(sql, [reviewer_id])]
    return statistics.median(found) if found else None
