"""The figures that decide between two models, on values small enough to work out by hand."""

import math

import pytest

from annotations import BadInput, bootstrap_interval
from annotations.intervals import median_interval
from pipeline.metrics import summarise
from pipeline.statistics import (
    detectable_difference,
    holm,
    mcnemar,
    needed_n,
    paired,
    per_hundred_words,
    verdict,
    wilcoxon,
    win_rate,
)

# Darwin's 15 pairs of maize plants (crossed minus self-fertilised, in eighths of an inch), as in Fisher, The Design of
# Experiments, 1935, section 17.
DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]


def test_intervals_of_means():
    # Resampling n zeros and ones draws a binomial: of 400 cases with mean 0.5, the standard error is 0.5 / sqrt(400) = 0.025,
    # so the interval is close to 0.5 +- 1.96 * 0.025 = 0.451 to 0.549.
    low, high = bootstrap_interval([0.0, 1.0] * 200)
    assert math.isclose(low, 0.451, abs_tol=0.008) and math.isclose(high, 0.549, abs_tol=0.008)
    assert bootstrap_interval([0.0, 1.0] * 200) == [low, high], "the seed is fixed"
    assert bootstrap_interval([0.1] * 30) == pytest.approx([0.1, 0.1])
    assert bootstrap_interval([0.3]) is None and bootstrap_interval([]) is None
    # Below ten values Student's t: of 1, 2, 3 the standard error is 1 / sqrt(3), and t of two degrees of freedom is 4.30265.
    assert bootstrap_interval([1, 2, 3]) == pytest.approx([2 - 4.30265 / math.sqrt(3), 2 + 4.30265 / math.sqrt(3)], abs=1e-4)
    assert bootstrap_interval([1, 2, 3], within=(0, 4)) == [0, 4]
    assert summarise([{"rouge1": 1.0}, {"rouge1": 3.0}], within=(0, 10)) == {"rouge1": {"mean": 2.0, "ci95": [0, 10]}}


def test_an_interval_of_skewed_values_leans_the_way_they_do():
    low, high = bootstrap_interval([0.0] * 15 + [1.0, 1.0, 2.0, 3.0, 8.0])
    assert high - 0.75 > 1.5 * (0.75 - low) and low > -0.2


def test_values_of_one_cluster_count_once():
    values = [0.1, 0.9, 0.4, 0.2, 0.7, 0.3, 0.3, 0.8, 0.5, 0.6, 0.1]
    twice = bootstrap_interval(values * 2, clusters=list(range(11)) * 2)
    assert twice == pytest.approx(bootstrap_interval(values))
    plain = bootstrap_interval(values * 2)
    assert twice[1] - twice[0] > 1.3 * (plain[1] - plain[0])
    assert bootstrap_interval(values, clusters=["one"] * 11) is None


def test_paired_differences_by_hand():
    # Differences 5, 1, -1 sum to 5. Of the sign changes +5+1-1, +5-1+1 and +5+1+1 are as far from 0, +5-1-1 is not: 3 of 4.
    found = paired([5, 1, 0], [0, 0, 1])
    assert found["p"] == 0.75 and found["mean"] == pytest.approx(5 / 3) and (found["n"], found["clusters"]) == (3, 3)
    assert found["sd"] == pytest.approx(math.sqrt(28 / 3)) and found["verdict"] == "too few to tell"
    # Six that all point one way: 2 of the 64 sign changes.
    assert paired([1, 2, 3, 4, 5, 6], [0] * 6)["p"] == 2 / 64
    # Fisher works Darwin's pairs out to 1,726 of the 32,768 sign changes (ibid., section 21), which 9,999 drawn ones come near.
    assert paired(DARWIN, [0] * 15)["p"] == pytest.approx(1726 / 32768, abs=0.007)


def test_reviewers_of_one_encounter_are_one_unit():
    # Seven encounters read twice: 2 of 2**7 sign changes, not 2 of 2**14.
    found = paired([1, 2, 3, 4, 5, 6, 7] * 2, [0] * 14, clusters=list("abcdefg") * 2)
    assert (found["n"], found["clusters"], found["p"], found["verdict"]) == (14, 7, 2 / 128, "better")


def test_wilcoxon_by_hand_and_from_the_literature():
    # Ranks of the absolute values: -48 is the 10th and -67 the 14th, so 24 against 96; p is in the documentation of scipy's own.
    found = wilcoxon(DARWIN, [0] * 15)
    assert (found["w_minus"], found["w_plus"], found["p"]) == (24, 96, pytest.approx(0.041259765625))
    assert found["rank_biserial"] == pytest.approx(72 / 120)
    # Ratings: five differences of 1 share rank 3, one of 2 has rank 6. A sum of at most 3 has no sign (1 way) or one of the five:
    # 6 of 64, and both sides 12 of 64. The pair without a difference is left out and counted.
    found = wilcoxon([4, 4, 4, 4, 5, 3, 2], [3, 3, 3, 3, 3, 4, 2])
    assert (found["n"], found["n_nonzero"], found["w_minus"], found["p"]) == (7, 6, 3, pytest.approx(12 / 64))
    same = wilcoxon([3, 4], [3, 4])
    assert (same["p"], same["rank_biserial"], same["verdict"]) == (1.0, None, "too few to tell")


def test_mcnemar_by_hand():
    # 1 against 9 of the pairs that differ: 2 * (1 + 10) / 2**10.
    first = [True] * 5 + [True] + [False] * 9 + [False] * 15
    second = [True] * 5 + [False] + [True] * 9 + [False] * 15
    found = mcnemar(first, second, higher_is_better=False)
    assert [found[name] for name in ("n", "both", "first_only", "second_only", "neither")] == [30, 5, 1, 9, 15]
    assert found["p"] == pytest.approx(22 / 1024) and found["mean"] == pytest.approx(-8 / 30)
    # (1 - 9) / 32 = -0.25, give or take 1.96 * sqrt(10 + 1 - 64 / 32) / 32 = 0.18375.
    assert found["ci95"] == pytest.approx([-0.43375, -0.06625], abs=1e-4)
    assert (found["first"]["hits"], found["second"]["hits"], found["verdict"]) == (6, 14, "better")
    nothing = mcnemar([False] * 40, [False] * 40)
    assert (nothing["p"], nothing["verdict"]) == (1.0, "no difference shown") and nothing["ci95"][0] < 0 < nothing["ci95"][1]


def test_wins_losses_and_ties():
    # 12 of 16 or more: 1820 + 560 + 120 + 16 + 1 of 65,536, and as many on the other side.
    found = win_rate(12, 4, 3, neither=1)
    assert (found["n"], found["ties"], found["neither"], found["rate"]) == (20, 3, 1, 0.75)
    assert found["p"] == pytest.approx(2 * 2517 / 65536)
    # Wilson's: (0.75 + 1.9208 / 16 -+ 1.96 * sqrt(0.75 * 0.25 / 16 + 0.9604 / 256)) / (1 + 3.8416 / 16).
    assert found["ci95"] == pytest.approx([0.5050, 0.8982], abs=2e-4)
    undecided = win_rate(0, 0, 5)
    assert (undecided["n"], undecided["rate"], undecided["ci95"], undecided["p"]) == (5, None, None, None)


def test_holm_by_hand():
    # In order 0.005 * 4, 0.01 * 3, 0.03 * 2, 0.04 * 1; the last is held up by the one before it.
    found = holm({"a": 0.01, "b": 0.04, "missing": None, "c": 0.03, "d": 0.005})
    assert found == {"a": pytest.approx(0.03), "b": pytest.approx(0.06), "missing": None, "c": pytest.approx(0.06), "d": 0.02}
    assert list(found) == ["a", "b", "missing", "c", "d"] and holm({}) == {} and holm({"a": None}) == {"a": None}
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}


def test_holm_is_statsmodels_own():
    from statsmodels.stats.multitest import multipletests

    values = [0.3, 0.004, 0.2, 0.004, 0.011, 0.9, 0.05]
    assert list(holm(dict(enumerate(values))).values()) == pytest.approx(list(multipletests(values, method="holm")[1]))


def test_sizes_of_studies():
    # G*Power 3.1, difference between two dependent means, two-sided, alpha 0.05, power 0.8: 199, 34 and 15 pairs for Cohen's
    # small, medium and large effect.
    assert [needed_n(1, effect) for effect in (0.2, 0.5, 0.8)] == [199, 34, 15]
    assert needed_n(2.5, -1.25) == 34 and needed_n(0, 1) == 2
    for n in (2, 5, 20, 140, 5000):
        assert needed_n(3, 1.0001 * detectable_difference(3, n)) == n
    assert detectable_difference(0, 20) == 0 and detectable_difference(1, 1) is None
    with pytest.raises(ValueError, match="difference of 0"):
        needed_n(1, 0)


def test_the_detectable_difference_is_statsmodels_own():
    from statsmodels.stats.power import TTestPower

    for n in (5, 20, 140):
        expected = TTestPower().solve_power(nobs=n, alpha=0.05, power=0.9)
        assert detectable_difference(1, n, power=0.9) == pytest.approx(expected, abs=2e-4)


def test_errors_per_hundred_words():
    # 3 errors in 360 words. Off the ratio by 1/6, -5/12 and 1/4: sqrt(1.5 * 0.263889) / 3.6 = 0.174765, times t = 4.30265.
    found = per_hundred_words([1, 0, 2], [100, 50, 210])
    assert (found["n"], found["total"], found["words"], found["per_note"]) == (3, 3, 360, 1)
    assert found["per_hundred"] == pytest.approx(3 / 3.6) and found["words_per_note"] == 120
    assert found["ci95"] == pytest.approx([3 / 3.6 - 0.751952, 3 / 3.6 + 0.751952], abs=1e-4)
    assert found["per_note_ci95"][0] == 0
    # Half as long with half the errors is no safer.
    long, short = per_hundred_words([4, 2, 6], [400, 300, 500]), per_hundred_words([2, 1, 3], [200, 150, 250])
    assert long["per_hundred"] == short["per_hundred"] and long["per_note"] == 2 * short["per_note"]
    empty = per_hundred_words([0, 0], [0, 0])
    assert (empty["per_hundred"], empty["ci95"]) == (None, None)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        # All point one way, but five encounters can give 2 / 2**5 at best.
        ((5, 1.0, [0.5, 1.5], 0.01, 1.0), "too few to tell"),
        ((6, 1.0, [0.5, 1.5], 0.03, 1.0), "better"),
        ((6, 1.0, [0.5, 1.5], 0.03, 1.0, False), "worse"),
        ((6, -1.0, [-1.5, -0.5], 0.03, 1.0, False), "better"),
        ((6, 1.0, [0.5, 1.5], 0.03, 1.0, None), "different"),
        ((40, 0.2, [-0.1, 0.5], 0.04, 1.0), "no difference shown"),
        # Half a standard deviation takes 34 encounters.
        ((33, 0.2, [-0.2, 0.6], 0.4, 1.0), "too few to tell"),
        ((34, 0.2, [-0.2, 0.6], 0.4, 1.0), "no difference shown"),
        # A fifth of one takes 199.
        ((140, 0.02, [-0.2, 0.3], 0.4, 1.0, True, 0.2), "too few to tell"),
        ((199, 0.02, [-0.2, 0.3], 0.4, 1.0, True, 0.2), "no difference shown"),
        ((0, None, None, None, None), "too few to tell"),
    ],
)
def test_the_rules_of_the_verdict(given, says):
    assert verdict(*given) == says


def test_nothing_to_compare_is_a_result():
    for test in (paired, wilcoxon, mcnemar):
        found = test([], [])
        assert [found[name] for name in ("n", "mean", "ci95", "p", "verdict")] == [0, None, None, None, "too few to tell"]
        one = test([1], [0])
        assert (one["n"], one["ci95"], one["sd"], one["detectable"]) == (1, None, None, None)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: bootstrap_interval([0.1, float("nan")]), "A value at place 2 is nan; expected a finite number"),
        (lambda: paired([1, None], [1, 2]), "A first value at place 2 is None"),
        (lambda: wilcoxon([1, 2], [1, "x"]), "A second value at place 2 is 'x'"),
        (lambda: paired([1, 2], [1]), "2 first values and 1 second values"),
        (lambda: mcnemar([True], []), "1 first values and 0 second values"),
        (lambda: bootstrap_interval([1, 2], clusters=["a"]), "2 first values and 1 clusters"),
        (lambda: per_hundred_words([1], [-3]), "below 0"),
    ],
)
def test_bad_values_are_a_sentence(call, sentence):
    with pytest.raises(BadInput, match=sentence):
        call()


def test_the_interval_of_a_median_is_the_sign_tests():
    # Of 10 values the 2nd and the 9th (of 10 tosses, P(B <= 1) = 11/1024 = 0.011, P(B <= 2) = 56/1024 = 0.055); of 6 the
    # ends (1/64 = 0.016), of 5 none (1/32 = 0.031).
    assert median_interval([7, 1, 10, 3, 2, 9, 4, 8, 5, 6]) == [2, 9]
    assert median_interval(range(6)) == [0, 5]
    assert median_interval(range(5)) is None and median_interval([]) is None
