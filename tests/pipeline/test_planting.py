"""Planted errors: what is planted is where it says, nothing else changes, and none of it is true by accident."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations import SEVERITIES, BadInput, load_labels
from pipeline.demo import demo_encounters
from pipeline.synthesis.author import write_encounter
from pipeline.synthesis.planting import KINDS, LABELS, plant
from pipeline.synthesis.scenarios import plan_scenarios
from pipeline.synthesis.spoken import mentions, say, say_pair, words

TRANSCRIPT = """Doctor: How is the left knee, on the forty milligrams?
Patient: Better. No swelling, no fever. My mother had gout too.
Doctor: Blood pressure is one thirty-two over eighty. So this is probably osteoarthritis. See me in six weeks."""
NOTE = """SUBJECTIVE
History of present illness: Left knee better on naproxen 40 mg daily. No swelling or fever.
Family history: Mother has gout.

OBJECTIVE
Examination: BP 132/80. Gait normal.

ASSESSMENT
1. Probable osteoarthritis.

PLAN
1. Continue naproxen.
2. Rest.
3. Review in 6 weeks.
"""


def planted(kind: str, seed: int = 0, note: str = NOTE, transcript: str = TRANSCRIPT):
    return plant(transcript, note, seed, [kind], 1).errors[0]


def exact(note: str, planted) -> None:
    """Every span is exact in the new note, every original in the faithful one."""
    for error in planted.errors:
        assert note[error.original_start : error.original_start + len(error.original)] == error.original
        assert error.omission == (error.kind == "omission")
        if not error.omission:
            assert planted.note[error.start : error.end] == error.quote != ""


def everything(count: int, seeds: int):
    for encounter in demo_encounters():
        for seed in range(seeds):
            yield encounter, plant(encounter.transcript, encounter.reference, seed, count=count)


def test_every_kind_and_severity_occurs_with_labels_of_the_desk():
    labels = load_labels()
    errors = [error for _, found in everything(6, 3) for error in found.errors]
    seen = Counter((error.kind, error.severity) for error in errors)
    assert {kind for kind, _ in seen} == set(KINDS)
    both = ("number", "negation", "context", "certainty", "finding", "cause", "omission")
    assert {(kind, severity) for kind in both for severity in SEVERITIES} <= set(seen)
    for error in errors:
        assert error.label in (labels.omissions if error.omission else labels.errors)
        assert error.section in labels.sections
    assert {label for label in LABELS.values() if label} <= set(labels.errors)


def test_every_type_occurs_in_both_severities_with_exact_places():
    """Hallucinations in the notes that ship; omissions in the offline author's, where links say where each fact was said."""
    seen = set()
    for encounter, found in everything(6, 3):
        exact(encounter.reference, found)
        seen |= {(error.label, error.severity) for error in found.errors}
    for scenario in plan_scenarios(48, 5):
        one = write_encounter(scenario)
        found = plant(one.transcript, one.note, 5, ["omission"], 4, one.links)
        exact(one.note, found)
        for error in found.errors:
            said = one.transcript[error.transcript_start : error.transcript_end]
            assert said == error.transcript_quote != "" and error.original not in found.note
            seen.add((error.label, error.severity))
    labels = load_labels().data
    hallucinations = [label["id"] for label in labels["error"] if label["group"] == "hallucination"]
    wanted = [*hallucinations, *(label["id"] for label in labels["omission"])]
    assert len(wanted) == 5 + 3 and {(label, severity) for label in wanted for severity in SEVERITIES} <= seen


def undone(found) -> str:
    """The new note with each error's quote replaced by what the faithful note says, from the last to the first."""
    note = found.note
    for error in sorted(found.errors, key=lambda error: error.start, reverse=True):
        note = note[: error.start] + error.original + note[error.end :]
    return note


def bare(text: str) -> str:
    return re.sub(r"[\s.,\d]", "", text)


def test_what_was_not_planted_is_unchanged():
    for encounter in demo_encounters():
        note = encounter.reference
        swaps = plant(encounter.transcript, note, 1, ["number", "dose", "drug", "laterality", "context", "unclear"], 6)
        exact(note, swaps)
        assert undone(swaps) == note
        # What was inserted brought a blank and perhaps a comma or full stop of its own.
        added = plant(encounter.transcript, note, 1, ["finding", "cause", "repetition"], 4)
        exact(note, added)
        assert len(added.errors) == 4 and bare(undone(added)) == bare(note)
        without = plant(encounter.transcript, note, 1, ["omission"], 1)
        exact(note, without)
        gone = without.errors[0]
        assert bare(note[: gone.original_start] + note[gone.original_start + len(gone.original) :]) == bare(without.note)


def test_as_many_errors_as_were_asked_for_in_notes_of_full_length():
    for encounter, found in everything(4, 1):
        exact(encounter.reference, found)
        assert len(found.errors) == 4 and found.missing == ()


def test_the_same_arguments_give_the_same_note_and_another_seed_another():
    assert plant(TRANSCRIPT, NOTE, 3) == plant(TRANSCRIPT, NOTE, 3)
    assert len({plant(TRANSCRIPT, NOTE, seed).note for seed in range(10)}) > 5


def test_a_planted_number_is_mentioned_nowhere_in_digits_or_words():
    for encounter in demo_encounters():
        for seed in range(2):
            for error in plant(encounter.transcript, encounter.reference, seed, ["number", "dose"], 4).errors:
                for value in re.findall(r"\d+(?:\.\d+)?", error.quote):
                    assert not mentions(encounter.transcript, value), (error, encounter.external_id)
                assert error.quote.lower() not in encounter.reference.lower().split()


def test_each_kind_does_what_its_name_says():
    assert planted("laterality").quote == "Right"
    assert planted("drug").original == "naproxen" and planted("drug").severity == "major"
    assert planted("certainty", note=NOTE.replace("Mother has gout.", "None.")).quote in ("Confirmed", "Possible")
    assert {planted("negation", seed).quote for seed in range(9)} >= {"Reports swelling", "abnormal"}
    assert {planted("context", seed).label for seed in range(9)} == {"contextual"}
    assert "due to" in planted("cause").quote and planted("cause").label == "causality"
    assert planted("dose").original in ("40",)
    broken = planted("unclear")
    assert broken.original.startswith(broken.quote) and len(broken.quote) < len(broken.original)


def test_an_omitted_item_leaves_no_gap_in_the_numbers_and_names_its_place_in_the_transcript():
    notes = {error.original: found for seed in range(40) for found in [plant(TRANSCRIPT, NOTE, seed, ["omission"], 1)]
             for error in found.errors}  # fmt: skip
    rest = next(found for original, found in notes.items() if "Rest" in original)
    assert "1. Continue naproxen.\n2. Review in 6 weeks.\n" in rest.note
    family = next(found for original, found in notes.items() if "gout" in original).errors[0]
    assert family.label == "history" and family.transcript_quote.endswith("My mother had gout too.")
    assert TRANSCRIPT[family.transcript_start : family.transcript_end] == family.transcript_quote
    negative = next(found for original, found in notes.items() if "swelling" in original).errors[0]
    assert negative.important_negative and negative.start is None and negative.quote is None


def test_no_more_errors_than_asked_for_and_a_note_without_room_says_so():
    assert plant(TRANSCRIPT, NOTE, 0, count=0) == plant(TRANSCRIPT, NOTE, 1, count=0)
    assert plant(TRANSCRIPT, NOTE, 0, count=0).note == NOTE
    found = plant("Doctor: Hello.", "Well.", 0, ["drug", "laterality"], 3)
    assert (found.note, found.errors, len(found.missing), set(found.missing)) == ("Well.", (), 3, {"drug", "laterality"})
    with pytest.raises(BadInput, match="kind spelling"):
        plant(TRANSCRIPT, NOTE, 0, ["spelling"])
    with pytest.raises(BadInput, match="-1"):
        plant(TRANSCRIPT, NOTE, 0, count=-1)


_PIECES = st.sampled_from(
    ["No cough or fever.", "SUBJECTIVE", "PLAN", "1. ", "2. Start ramipril 5 mg.", "\n", " ", "left hand", "BP 120/80", "🙂",
     "\u2028", "denies", "Mother has asthma.", "possible", "3.5", "normal", ":", "Results: ", "\r\n", "12,000", "0", "½", "-"]
)  # fmt: skip


_NOTES = st.lists(_PIECES | st.text(max_size=12), max_size=25).map("".join)


@given(_NOTES, st.text(max_size=60), st.integers(0, 99), st.integers(0, 8))
@settings(max_examples=120, deadline=None)
def test_any_text_can_be_planted(note, transcript, seed, count):
    found = plant(transcript, note, seed, count=count)
    exact(note, found)
    assert len(found.errors) + len(found.missing) == count
    if not found.errors:
        assert found.note == note


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("15", "no, fifteen, one five", True),
        ("15", "the one-five tablets", True),
        ("50", "fifteen milligrams", False),
        ("132", "one thirty-two over eighty", True),
        ("104", "a pulse of one-oh-four", True),
        ("2.5", "two and a half tablets", True),
        ("2.5", "take 2.50 of it", True),
        ("25", "take 2.5 of it", False),
        ("1000", "1,000 units", True),
        ("1200", "twelve hundred", True),
        ("14", "a fortnight", False),
        ("2", "twice a day", True),
        ("7", "seventy", False),
    ],
)
def test_a_number_is_heard_however_it_is_said(value, text, expected):
    assert mentions(text, value) is expected


def test_numbers_in_words():
    assert words(0) == "zero" and words(45) == "forty-five" and words(342) == "three hundred and forty-two"
    assert words(12_005) == "twelve thousand and five" and words(4120) == "four thousand one hundred and twenty"
    assert say("14.6") == "fourteen point six" and say("0.05") == "zero point zero five"
    assert (say_pair(132), say_pair(104), say_pair(80)) == ("one thirty-two", "one-oh-four", "eighty")


def test_what_only_looks_like_a_side_a_negation_or_a_complaint_is_left_alone():
    told = "SUBJECTIVE\nHistory of present illness: Left out the tablets. Has two children."
    note = f"{told}\n\nOBJECTIVE\nResults: Potassium 5.2 (high normal)."
    for kind in ("laterality", "negation", "cause"):
        assert plant("Doctor: Hello.", note, 1, [kind], 1).missing == (kind,)
