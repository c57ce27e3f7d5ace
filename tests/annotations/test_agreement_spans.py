"""Agreement on spans: exact, partial, and the severity of what both marked."""

import pytest

from annotations import BadInput, Marked, agreement_of_pairs, check_marked, match_partly, span_agreement


def spans(*places: tuple) -> list[Marked]:
    return [Marked(*place) for place in places]


GOLD = spans(("a", 0, 5, "x", "major"), ("a", 10, 15, "y", "minor"), ("b", 0, 3, "x", "major"))


def test_exact_and_partial_by_hand():
    # The first is the same in both, the second overlaps by one under another label, and each side has one that the other has not.
    other = spans(("a", 0, 5, "x", "minor"), ("a", 14, 20, "x", "minor"), ("c", 1, 2, "z"), ("c", 5, 9, "z"))
    found = span_agreement(GOLD, other)
    assert (found["n_gold"], found["n_other"], found["n_docs"]) == (3, 4, 3)
    assert [found["exact"][name] for name in ("precision", "recall", "f1")] == [1 / 4, 1 / 3, 2 / 7]
    assert [found["partial"][name] for name in ("precision", "recall", "f1")] == [2 / 4, 2 / 3, 4 / 7]
    # Of the two matched spans one has the same severity; b's major span was not matched and says nothing.
    assert (found["severity"]["n"], found["severity"]["agreed"], found["severity"]["share"]) == (2, 1, 0.5)


def test_the_end_is_exclusive_and_neighbours_do_not_overlap():
    found = span_agreement(spans(("a", 0, 5, "x")), spans(("a", 5, 9, "x")))
    assert found["partial"]["f1"] == 0
    assert span_agreement(spans(("a", 0, 5, "x")), spans(("a", 4, 9, "x")))["partial"]["f1"] == 1


def test_the_same_place_in_another_document_or_under_another_label_is_not_exact():
    one = spans(("a", 0, 5, "x"))
    assert span_agreement(one, spans(("a", 0, 5, "y")))["exact"]["f1"] == 0
    assert span_agreement(one, spans(("b", 0, 5, "x")))["partial"]["f1"] == 0


def test_partial_matches_are_one_to_one_in_order_of_start():
    long, first, second = spans(("a", 0, 30, "x"), ("a", 2, 4, "y"), ("a", 20, 25, "z"))
    # The long span takes the first that it overlaps; the second stays alone.
    assert match_partly([long], [second, first]) == [(long, first)]
    assert span_agreement([long], [second, first])["partial"]["precision"] == 0.5
    # In order of start, not of the file: 0 to 30 comes before 2 to 4 and takes 2 to 4's own place.
    inner = Marked("a", 2, 4, "x")
    assert match_partly([inner, long], [first]) == [(long, first)]


def test_marks_that_stand_twice_count_twice():
    twice = spans(("a", 0, 5, "x"), ("a", 0, 5, "x"))
    assert span_agreement(twice, twice)["exact"]["f1"] == 1
    assert span_agreement(twice, twice[:1])["exact"]["recall"] == 0.5


def test_one_sided_and_empty():
    one = span_agreement(GOLD, [])
    assert (one["exact"]["precision"], one["exact"]["recall"], one["exact"]["f1"]) == (None, 0, 0)
    assert "no precision" in one["exact"]["reason"] and one["severity"]["share"] is None
    # Two documents without a match: Wilson's interval of 0 of 2, 3.8416 / (2 + 3.8416).
    assert one["partial"]["ci95"] == pytest.approx([0, 0.6576], abs=1e-4)
    other = span_agreement([], GOLD)
    assert (other["exact"]["precision"], other["exact"]["recall"], other["exact"]["f1"]) == (0, None, 0)
    none = span_agreement([], [])
    assert (none["exact"]["f1"], none["partial"]["f1"], none["n_docs"]) == (None, None, 0)
    assert none["exact"]["reason"] == "Neither side marked anything, so there is nothing to agree on."


def test_pairs_of_readers_are_pooled():
    # Each pair has documents of its own: what one pair marked in "a" is never matched with another pair's.
    shared = spans(("a", 0, 5, "x"))
    found = agreement_of_pairs([(shared, shared), (shared, []), ([], [])])
    assert (found["n_gold"], found["n_other"], found["exact"]["f1"], found["n_docs"]) == (2, 1, 2 / 3, 1)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (5, 3), (-1, 3), (1.5, 3), (None, 3), (True, 3), ("0", 3)])
def test_offsets_that_are_none(start, end):
    with pytest.raises(BadInput, match="The span goes from"):
        check_marked(Marked("a", start, end, "x"), "The span")
