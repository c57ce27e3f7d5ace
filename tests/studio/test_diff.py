"""The difference of two texts in words: exact in every case, and short where the change is."""

import random

from tests.invented import NOTE, OTHER
from tests.studio.pure_script import call

SIGNS = ["a", "b", "Fatigue", "no", "x,", " ", "\n", "\r\n", "  ", "🙂", "👩🏽‍⚕️", "e\u0301", "שלום", "<b>", "${7*7}", "1.5"]


def invented(dice):
    return "".join(dice.choice(SIGNS) + dice.choice(["", " "]) for _ in range(dice.randrange(30)))


def diff(*pairs):
    return call("diff", "wordDiff", *pairs)


def test_a_change_is_shown_as_gone_and_new():
    [pieces] = diff(["Fatigue since May. No chest pain.", "Fatigue since March. Denies chest pain."])
    assert [(piece["kind"], piece["text"]) for piece in pieces] == [
        ("same", "Fatigue since"), ("gone", " May. No"), ("new", " March. Denies"), ("same", " chest pain."),
    ]  # fmt: skip
    assert diff(["", ""], ["", "a b"], ["a b", ""], ["a b", "a b"]) == [
        [], [{"kind": "new", "text": "a b"}], [{"kind": "gone", "text": "a b"}], [{"kind": "same", "text": "a b"}],
    ]  # fmt: skip


def test_the_pieces_together_are_both_texts_exactly():
    dice = random.Random(3)
    texts = [[invented(dice), invented(dice)] for _ in range(300)]
    # Five thousand words that share nothing: beyond the limit of edits, so one exchange.
    texts += [[NOTE, OTHER], [" ".join(f"a{n}" for n in range(5000)), " ".join(f"b{n}" for n in range(5000))]]
    for (before, after), pieces in zip(texts, diff(*texts), strict=True):
        kinds = [piece["kind"] for piece in pieces]
        assert "".join(piece["text"] for piece in pieces if piece["kind"] != "new") == before
        assert "".join(piece["text"] for piece in pieces if piece["kind"] != "gone") == after
        neighbours = set(zip(kinds, kinds[1:], strict=False))
        assert neighbours <= {("same", "gone"), ("same", "new"), ("gone", "new"), ("gone", "same"), ("new", "same")}
