"""Coefficients of agreement against published examples and against arithmetic in comments."""

import random

import pytest

from annotations import BadInput, rating_agreement

# The reliability data of Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011: observers A to D, units 1 to 12.
OBSERVERS = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}
TEXTBOOK = [(unit, rater, value) for rater, values in OBSERVERS.items() for unit, value in enumerate(values, 1)]


def table(*cells: tuple[int, object, object]) -> list[tuple]:
    """Ratings by raters a and b from (how many units, a's value, b's value)."""
    pairs = [pair for times, *pair in cells for _ in range(times)]
    return [(unit, rater, value) for unit, pair in enumerate(pairs) for rater, value in zip("ab", pair, strict=True)]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_the_textbook_example(level, alpha):
    found = rating_agreement(TEXTBOOK, level)
    assert found["alpha"] == pytest.approx(alpha, abs=5e-4)
    assert found["ci95"][0] < found["alpha"] < found["ci95"][1] <= 1
    # 41 values in all; the one of unit 12 stands alone and cannot be paired.
    assert (found["n_units"], found["n_ratings"], found["n_raters"], found["n_missing"]) == (12, 41, 4, 7)
    assert (found["pairable_units"], found["pairable_ratings"]) == (11, 40)
    assert found["kappa"] is None and "there are 4" in found["reasons"]["kappa"]


def test_alpha_of_two_raters_by_hand():
    # 10 units, 8 alike: 6 of (0, 0), 2 of (1, 1), 2 of (0, 1). 20 values, 14 zeros and 6 ones. Observed disagreement 2 * 2 = 4 in
    # coincidences, expected 2 * 14 * 6 = 168 over 19: 1 - 19 * 4 / 168.
    found = rating_agreement(table((6, 0, 0), (2, 1, 1), (2, 0, 1)), "nominal")
    assert found["alpha"] == pytest.approx(1 - 19 * 4 / 168)
    # With two values every level is the same.
    for level in ("ordinal", "interval"):
        assert rating_agreement(table((6, 0, 0), (2, 1, 1), (2, 0, 1)), level)["alpha"] == pytest.approx(found["alpha"])


def test_kappa_by_hand():
    # 50 units, 35 alike: 0.7. a says yes to 25, b to 30: by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5. (0.7 - 0.5) / (1 - 0.5) = 0.4.
    found = rating_agreement(table((20, "yes", "yes"), (5, "yes", "no"), (10, "no", "yes"), (15, "no", "no")), "nominal")
    assert found["kappa"] == pytest.approx(0.4) and found["kappa_ci95"][0] < 0.4 < found["kappa_ci95"][1]
    assert found["kappa_linear"] is None and "no distance" in found["reasons"]["kappa_linear"]


def test_weighted_kappa_by_hand():
    # 8 units: 2 of (1, 1), 2 of (2, 2), 2 of (3, 3), one (1, 2), one (3, 1). a's values 3, 2, 3 times, b's 3, 3, 2 times.
    found = rating_agreement(table((2, 1, 1), (2, 2, 2), (2, 3, 3), (1, 1, 2), (1, 3, 1)), "ordinal")
    # Chance of (1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2): 9, 6, 6, 4, 9, 9 of 64. Plain: 43. By distance, where (1, 3) and
    # (3, 1) count 2: 58. By its square, where they count 4: 88. Observed 2, 3 and 5 of 8.
    assert found["kappa"] == pytest.approx(1 - 2 / 8 * 64 / 43)
    assert found["kappa_linear"] == pytest.approx(1 - 3 / 8 * 64 / 58)
    assert found["kappa_quadratic"] == pytest.approx(1 - 5 / 8 * 64 / 88)


def test_a_value_that_nobody_gave_keeps_its_place():
    # 1, 2 and 5: the distances are 1, 3 and 4. (1, 1), (2, 2), (5, 5), (2, 5): observed 3 / 4. a has 1, 2, 1 of them, b 1, 1, 2.
    # Chance: (1,2) 1*1*1 + (1,5) 1*2*4 + (2,1) 2*1*1 + (2,5) 2*2*3 + (5,1) 1*1*4 + (5,2) 1*1*3 = 30 of 16.
    found = rating_agreement(table((1, 1, 1), (1, 2, 2), (1, 5, 5), (1, 2, 5)), "ordinal")
    assert found["kappa_linear"] == pytest.approx(1 - 3 / 4 * 16 / 30)


def test_ac1_where_kappa_breaks_down():
    # 125 units, 118 of (1, 1), 5 of (1, 0), 2 of (0, 1): alike in 0.944. Kappa's chance is (123 * 120 + 2 * 5) / 125**2, 0.94528,
    # so kappa is below 0. AC1's is 2 * 0.972 * 0.028 = 0.054432, so AC1 is 0.889568 / 0.945568.
    found = rating_agreement(table((118, 1, 1), (5, 1, 0), (2, 0, 1)), "nominal")
    assert found["kappa"] == pytest.approx((0.944 - 0.94528) / (1 - 0.94528))
    assert found["ac1"] == pytest.approx(0.889568 / 0.945568) and found["ac1_ci95"][0] > 0.85


def test_ac1_of_several_raters_and_missing_values():
    # The table in the documentation of Gwet's own irrCAC for Krippendorff's data: AC1 0.77544. Unit 12 counts for the shares.
    assert rating_agreement(TEXTBOOK, "nominal")["ac1"] == pytest.approx(0.77544, abs=5e-6)


def test_chance_alone_agrees_by_nothing():
    dice = random.Random(4)
    found = rating_agreement([(unit, rater, dice.randint(1, 5)) for unit in range(2000) for rater in "ab"], "ordinal")
    for name in ("alpha", "kappa", "kappa_linear", "kappa_quadratic", "ac1"):
        assert abs(found[name]) < 0.06
    assert found["ci95"][0] < 0 < found["ci95"][1]


def test_units_of_one_cluster_are_resampled_together():
    ratings = table((6, 0, 0), (4, 1, 1), (4, 0, 1), (2, 1, 0))
    twice = [(f"{unit} {copy}", rater, value) for copy in "xy" for unit, rater, value in ratings]
    apart = rating_agreement(twice, "nominal")["ci95"]
    together = rating_agreement(twice, "nominal", {f"{unit} {copy}": unit for copy in "xy" for unit in range(16)})["ci95"]
    assert together[1] - together[0] > 1.25 * (apart[1] - apart[0])


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ([], "No rater"),
        ([(1, "a", 3), (2, "a", 4)], "One rater only"),
        ([(1, "a", 3), (2, "b", 4)], "No unit was rated by two"),
        ([(1, "a", 3), (1, "b", None)], "One rater only"),
        (table((4, 3, 3)), "All 8 ratings are 3"),
    ],
)
def test_what_is_not_defined_says_why(ratings, reason):
    found = rating_agreement(ratings, "ordinal")
    assert found["alpha"] is None and found["ci95"] is None and reason in found["reasons"]["alpha"]
    assert found["kappa"] is None and found["kappa_quadratic"] is None


def test_unanimous_raters():
    # Of one value everywhere alpha is not defined, and AC1, made for rare labels, is 1; of several values both are 1.
    assert rating_agreement(table((4, 3, 3)), "ordinal")["ac1"] == 1
    found = rating_agreement(table((4, 3, 3), (2, 5, 5)), "ordinal")
    assert [found[name] for name in ("alpha", "kappa", "kappa_linear", "kappa_quadratic", "ac1")] == [1] * 5
    assert found["ci95"] == [1, 1] and "resampling" in found["reasons"]["ci95"]


def test_one_unit_has_no_interval():
    found = rating_agreement([(1, "a", 2), (1, "b", 5)], "interval")
    # One pair: observed disagreement 9 + 9, expected 9 + 9 over 1.
    assert found["alpha"] == 0 and found["ci95"] is None


@pytest.mark.parametrize(
    ("ratings", "level", "sentence"),
    [
        ([(1, "a", 2), (1, "a", 3)], "nominal", "Rater a rates unit 1 twice"),
        ([(1, "a", "high"), (1, "b", "low")], "ordinal", "Unit 1 has the value 'high'; ordinal values are numbers"),
        ([(1, "a", "inf"), (1, "b", "2")], "interval", "Unit 1 has the value 'inf'"),
        ([], "ratio", "expected one of nominal, ordinal, interval"),
    ],
)
def test_bad_ratings_are_a_sentence(ratings, level, sentence):
    with pytest.raises(BadInput, match=sentence):
        rating_agreement(ratings, level)
