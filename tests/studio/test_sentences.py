"""Where the reading cursor steps: sentences, words, characters; never into an accent or an emoji, never past the text."""

import random

import pytest

from tests.invented import NOTE, TRANSCRIPT
from tests.studio.pure_script import call

SIGNS = [
    "a",
    "Dr.",
    "5 mg.",
    "No.",
    "J.",
    "Fever.",
    "1.5",
    "\n",
    "\r\n",
    " ",
    "  ",
    "🙂",
    "👩🏽‍⚕️",
    "e\u0301",
    "שלום.",
    "- ",
    "PLAN",
    "Dx: ",
    "?",
]


def quotes(text, spoken=False):
    [found] = call("sentences", "sentencesOf", [list(text), spoken])
    return [text[place["start"] : place["end"]] for place in found]


@pytest.mark.parametrize(
    "text, sentences",
    [
        ("No fever. Cough since May! Why? Unclear.", ["No fever.", "Cough since May!", "Why?", "Unclear."]),
        ("Seen by Dr. Okafor and Prof. J. Lind today.", ["Seen by Dr. Okafor and Prof. J. Lind today."]),
        (
            "Metformin 500 mg. PO twice. Weight 71.5 kg. Follow up.",
            ["Metformin 500 mg. PO twice.", "Weight 71.5 kg.", "Follow up."],
        ),
        ("Insulin b.i.d. at 7 a.m. and 9 p.m. daily. TSH 2.3.", ["Insulin b.i.d. at 7 a.m. and 9 p.m. daily.", "TSH 2.3."]),
        ("PLAN\n1. Repeat TSH. Then call.\n- Walk daily.\n\n", ["PLAN", "Repeat TSH.", "Then call.", "Walk daily."]),
        ("Chief complaint: Tired. Since May.\r\nAllergies: None.", ["Tired.", "Since May.", "None."]),
        ("Chief complaint:\nTired.", ["Chief complaint:", "Tired."]),
        ("He said “Stop.” She went. E\u0301te\u0301. Fin", ["He said “Stop.”", "She went.", "E\u0301te\u0301.", "Fin"]),
        ("", []),
        (" \n\r\n", []),
    ],
)
def test_sentences_of_a_note(text, sentences):
    assert quotes(text) == sentences


def test_a_turn_begins_after_its_speaker():
    assert quotes(TRANSCRIPT, spoken=True) == [
        "Good morning 🙂 how is the thyroid?", "Tired, since May.", "No chest pain.", "BP <120, ${7*7} and {{7*7}}.",
    ]  # fmt: skip


def test_words_are_whole_and_signs_are_among_them():
    text = "BP <120/80, 36.5 °C; a 31-year-old's 👩🏽‍⚕️🙂 e\u0301te\u0301 שלום ${7*7}!"
    [found] = call("sentences", "wordsOf", [list(text)])
    assert [text[word["start"] : word["end"]] for word in found] == [
        "BP", "<", "120/80", "36.5", "°", "C", "a", "31-year-old's",
        "👩🏽‍⚕️🙂", "e\u0301te\u0301", "שלום", "${", "7", "*", "7", "}",
    ]  # fmt: skip


def test_steps_of_any_text_lie_within_it_and_in_order():
    dice = random.Random(5)
    texts = [NOTE, *("".join(dice.choice(SIGNS) + dice.choice(["", " "]) for _ in range(dice.randrange(40))) for _ in range(200))]
    sentences = call("sentences", "sentencesOf", *[[list(text), False] for text in texts])
    words = call("sentences", "wordsOf", *[[list(text)] for text in texts])
    for text, *lists in zip(texts, sentences, words, strict=True):
        for found in lists:
            edges = [edge for place in found for edge in (place["start"], place["end"])]
            assert edges == sorted(edges) and all(0 <= edge <= len(text) for edge in edges)
            assert all(
                text[place["start"] : place["end"]].strip() == text[place["start"] : place["end"]] != "" for place in found
            )
        covered = {at for place in lists[1] for at in range(place["start"], place["end"])}
        assert all(not text[at].isalnum() or at in covered for at in range(len(text)))
