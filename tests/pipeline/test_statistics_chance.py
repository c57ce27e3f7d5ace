"""Small versions of the long trials in tests/soak: intervals hold the truth, A against A is not found different."""

import pytest

from tests.soak import error_of
from tests.soak.alarms import TESTS, false_alarms, family_alarms, found_at_detectable
from tests.soak.intervals import NS, SOURCES, clustered_coverage, coverage, percentile, within


@pytest.mark.parametrize(
    ("name", "n", "studies"),
    [
        ("normal", 20, 1000),
        ("exponential", 20, 1000),
        ("beta(1.2, 8)", 20, 1000),
        ("ratings, most of them 5", 20, 1000),
        ("exponential", 140, 200),
    ],
)
def test_intervals_hold_the_truth(name, n, studies):
    assert within(coverage(SOURCES[name], n, studies), studies)


def test_the_interval_that_was_replaced_did_not():
    assert not within(coverage(SOURCES["ratings, most of them 5"], 20, 1000, percentile), 1000)


def test_clustered_intervals_hold_it_too_and_those_that_ignore_clusters_do_not():
    found = clustered_coverage(20, 200)
    assert within(found["clustered mean"], 200) and within(found["errors per 100 words"], 200)
    assert found["clusters ignored"] < 88


@pytest.mark.parametrize("n", NS)
@pytest.mark.parametrize("name", TESTS)
def test_a_against_a_is_seldom_found_different(name, n):
    studies = 300 if n == 20 else 60
    assert false_alarms(name, n, studies) <= 5 + error_of(5, studies)


def test_a_family_of_tests_cries_wolf_no_more_often_than_one():
    assert family_alarms(20, 60) <= 5 + error_of(5, 60)


def test_the_detectable_difference_is_found_four_times_in_five():
    assert abs(found_at_detectable(20, 200) - 80) <= 1 + error_of(80, 200)
