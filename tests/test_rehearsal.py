"""The rehearsal's own part: its rows are summed up as it says."""

import pytest

from tests.rehearsal import scores


def test_seeds_are_averaged_by_encounter_and_compared_in_pairs():
    values = {("base", 1): (0.1, 0.3), ("base", 2): (0.1, 0.3), ("round1", 1): (0.2, 0.5), ("round1", 2): (0.4, 0.5)}
    notes = [
        {"arm": "main", "seed": seed, "model": model, "id": f"e{n}", "scores": {"rouge1": value}}
        for (model, seed), pair in values.items()
        for n, value in enumerate(pair)
    ]
    base, round1 = scores.summary(notes, ["rouge1"])
    assert (base["mean"], base["spread"], base["encounters"]) == (pytest.approx(0.2), 0.0, 2)
    # Encounter e0: 0.3 - 0.1, e1: 0.5 - 0.3. Seed means 0.35 and 0.45, whose standard deviation is 0.1 / sqrt(2).
    assert (round1["difference"], round1["spread"]) == (pytest.approx(0.2), pytest.approx(0.1 / 2**0.5))
