"""Small versions of the long trials in tests/soak: intervals hold the truth, A against A is not found different."""

import pytest

from tests.soak.__main__ import trials
from tests.soak.alarms import TESTS, false_alarms, family_alarms, found_at_detectable
from tests.soak.intervals import NS, SOURCES, coverage, error_of, percentile, trial_clustered_coverage, within


@pytest.mark.parametrize("n", NS)
@pytest.mark.parametrize("name", ["normal", "exponential", "beta(1.2, 8)", "ratings, most of them 5"])
def test_intervals_hold_the_truth(name, n):
    studies = 1000 if n == 20 else 300
    assert within(coverage(SOURCES[name], n, studies), studies)


def test_the_interval_that_was_replaced_did_not():
    assert not within(coverage(SOURCES["ratings, most of them 5"], 20, 1000, percentile), 1000)


def test_clustered_intervals_hold_it_too_and_those_that_ignore_clusters_do_not():
    found = trial_clustered_coverage("small")
    assert found.held and all(row["clusters ignored"] < 88 for row in found.rows)


@pytest.mark.parametrize("n", NS)
@pytest.mark.parametrize("name", TESTS)
def test_a_against_a_is_seldom_found_different(name, n):
    studies = 400 if n == 20 else 150
    assert false_alarms(name, n, studies) <= 5 + error_of(5, studies)


def test_a_family_of_tests_cries_wolf_no_more_often_than_one():
    assert family_alarms(20, 60) <= 5 + error_of(5, 60)


def test_the_detectable_difference_is_found_four_times_in_five():
    assert abs(found_at_detectable(20, 300) - 80) <= 1 + error_of(80, 300)


def test_the_long_trials_are_found():
    assert {"bootstrap_coverage", "false_alarms", "power"} <= set(trials())
