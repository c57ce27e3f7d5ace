"""Hints: what each rule finds, what it leaves alone, and that its spans are exact in any text."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotations import Encounter, Model, NotFound, Output
from pipeline.hints import KINDS, UNSUPPORTED, WIDE, Counted, count_hints, find_hints, hint_rates
from pipeline.hints.stored import hints_for_model
from pipeline.prompts import prompt_hash
from pipeline.synthesis.conditions import conditions
from pipeline.workspace import Workspace
from studio.cli import main
from tests.conftest import SHARED_DATA
from tests.hints_verdicts import figures, readers, verdicts
from tests.planted_hints import FOREIGN, measure, simulated


def kinds(transcript: str, note: str) -> list[str]:
    return [hint.kind for hint in find_hints(transcript, note)]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Blood pressure is one thirty-six over eighty-two.", "BP 136/82."),
        ("Your pressure was 136 over 82 today.", "Blood pressure: 136/82 mmHg."),
        ("The A1c came back at seven point two.", "HbA1c 7.2%."),
        ("your a1c was seven . two last time", "Hemoglobin A1c 7.2."),
        ("Temperature ninety-eight point six.", "Temperature 98.6 F."),
        ("Pulse one-oh-four and regular.", "Pulse 104 regular."),
        ("Take levothyroxine, twenty-five micrograms.", "Levothyroxine 25 mcg daily."),
        ("We will go up to metformin five hundred, two a day.", "Metformin 500 mg twice daily."),
        ("One gram of metformin at night.", "Metformin 1000 mg at night."),
        ("Take half a tablet of warfarin.", "Warfarin 0.5 tablet."),
        ("Lisinopril, um, forty, uh, milligrams.", "Lisinopril 40 mg."),
        ("It weighs a hundred and ten kilos.", "Weight 110 kg."),
        ("It started two to three weeks ago.", "Onset 2-3 weeks ago."),
        ("For about a fortnight.", "For 2 weeks."),
        ("It lasts a quarter of an hour.", "Lasts 15 minutes."),
        ("I've had it for two years.", "For 24 months."),
        ("You heard a three out of six murmur.", "3/6 systolic murmur."),
        ("The sugars are in the three to four hundreds.", "Sugars 300 to 400."),
        ("I was born in sixty-eight.", "53-year-old woman."),
        ("No numbers here.", "1. Rest.\n2. Follow up on 03/04/2021 at 9:30.\nType 2 diabetes. Alert and oriented x 3."),
    ],
)
def test_a_number_that_was_said_in_another_form_gets_no_hint(said, written):
    assert [hint for hint in find_hints(f"Doctor: {said}", written) if hint.where == "note"] == []


@pytest.mark.parametrize(
    ("said", "written", "kind", "quote"),
    [
        ("Blood pressure is one thirty-six over eighty-two.", "BP 146/82.", "number", "146/82"),
        ("The A1c was seven point two, the LDL 82.", "A1c 8.2.", "number", "8.2"),
        # 20 was said, but of another medicine.
        ("Lisinopril forty milligrams and atorvastatin twenty milligrams.", "Lisinopril 20 mg.", "dose", "20 mg"),
        ("It began three days ago. I have five children.", "Began 5 days ago.", "number", "5"),
        ("Take lisinopril.", "Takes losartan.", "drug", "losartan"),
        ("My right knee hurts.", "Left knee pain.", "laterality", "Left knee"),
        ("The knee hurts.", "Pain of the left knee.", "laterality", "left knee"),
        ("It hurts on the right, in the shoulder.", "Left shoulder pain.", "laterality", "Left shoulder"),
        ("I have had chest pain since Monday.", "Denies chest pain.", "negation", "Denies chest pain"),
        ("No fever, no chills.", "Reports fever and fatigue.", "negation", "Reports fever"),
        ("Your thyroid test is normal.", "Thyroid test abnormal.", "negation", "abnormal"),
        # The same things in other words.
        ("The back of the eyes looks fine.", "Fundi abnormal.", "negation", "abnormal"),
        ("Chest is clear.", "Lungs not clear.", "negation", "not clear"),
        ("The skin isn't broken.", "Skin not intact.", "negation", "not intact"),
        ("The lymph nodes look ordinary.", "OBJECTIVE\nEnlarged lymph nodes present.", "negation", "Enlarged lymph nodes"),
        ("You stood up without using your arms.", "Rises from a chair with using the arms.", "negation", "with using the arms"),
        ("No brain scan is needed.", "PLAN\n1. Brain imaging needed.", "negation", "Brain imaging needed"),
    ],
)
def test_what_the_transcript_does_not_hold_gets_a_hint(said, written, kind, quote):
    found = [hint for hint in find_hints(f"Patient: {said}", written) if hint.where == "note"]
    assert [(hint.kind, hint.quote) for hint in found] == [(kind, quote)]
    assert found[0].message.endswith(".") and written[found[0].start : found[0].end] == quote


@pytest.mark.parametrize(
    ("asked", "answered", "written", "hints"),
    [
        ("Any chest pain?", "No.", "Reports chest pain.", 1),
        ("Any chest pain?", "No.", "Denies chest pain.", 0),
        ("any fever chills or cough", "no nothing like that", "Reports cough.", 1),
        ("I have to ask about fainting.", "Not at all.", "Reports syncope.", 1),
        ("Any chest pain?", "Yes.", "Denies chest pain.", 1),
        # Partly yes: no hint either way.
        ("Any vomiting, constipation or weight loss?", "No vomiting, but constipation.", "Reports weight loss.", 0),
        ("Do you have headaches?", "Well, my mother does.", "Denies headache.", 0),
        ("If you get chest pain, call us.", "Okay.", "Denies chest pain.", 0),
        ("Any radiotherapy to the neck?", "No, never.", "Reports previous neck irradiation.", 1),
        # What was answered outweighs the advice that follows.
        ("Any fever?", "No.\nDoctor: With a fever, double the tablets.", "SUBJECTIVE\nReports fever.", 1),
        # Not heard: no answer yet.
        ("I have to ask about fever.", "Sorry, could you say that again?", "Reports fever.", 0),
        ("Are you short of breath?", "No, I'm fine.", "Denies dyspnea, orthopnea or fever.", 0),
    ],
)
def test_questions_are_read_with_their_answers(asked, answered, written, hints):
    found = find_hints(f"Doctor: {asked}\nPatient: {answered}", written)
    assert len([hint for hint in found if hint.kind == "negation"]) == hints


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("You take the Glucophage.", "Metformin."),
        ("You're on lysinopril and met forman.", "Lisinopril, metformin."),
        ("I take Lantus at night.", "Insulin at night."),
        ("That's all right, I left the house right away. One of them, the other day.", "No new complaints."),
    ],
)
def test_brands_slips_of_the_recogniser_and_idioms_are_understood(said, written):
    assert find_hints(f"Patient: {said}", written) == []


@pytest.mark.parametrize(
    ("transcript", "written", "hints"),
    [
        ("Doctor: Any trouble with the metformin?\nPatient: It's fine, no trouble.", "Metformin not tolerated.", 1),
        ("Doctor: Any trouble with the metformin?\nPatient: It's fine, no trouble.", "Metformin well tolerated.", 0),
        ("Doctor: How do you get on with the metformin?\nPatient: It upsets my stomach.", "Metformin well tolerated.", 1),
        ("Doctor: How do you get on with the metformin?\nPatient: I can't say.", "Metformin not tolerated.", 0),
        ("Doctor: What about headaches?\nPatient: A headache in the morning.", "Denies headaches.", 1),
        # The past, the topic, the other side, two places of the body: none of these is turned over.
        ("Patient: I have a kidney stone again.", "Denies any personal history of kidney stones.", 0),
        ("Patient: No headaches since.", "SUBJECTIVE\nRegarding his migraines, he takes sumatriptan.", 0),
        ("Patient: My left hand hurts, it is a bad pain in the hand.", "Denies right hand pain.", 0),
        ("Doctor: No tenderness there.", "OBJECTIVE\nNo tenderness of the calf. Tenderness in the back.", 0),
    ],
)
def test_negations_are_read_with_what_they_are_about(transcript, written, hints):
    assert len([hint for hint in find_hints(transcript, written) if hint.kind == "negation"]) == hints


@pytest.mark.parametrize(
    ("transcript", "written", "quotes"),
    [
        # In the words of speech, near each other in any order; and by the parts of a medical word.
        ("Doctor: Does it burn when you pass water?\nPatient: No.", "SUBJECTIVE\nReports dysuria.", ["Reports dysuria"]),
        ("Doctor: Any weakness down one side?\nPatient: No.", "SUBJECTIVE\nReports hemiparesis.", ["Reports hemiparesis"]),
        ("Doctor: Have the joints been sore?\nPatient: Never.", "SUBJECTIVE\nReports arthralgia.", ["Reports arthralgia"]),
        ("Patient: I can't smell a thing.", "SUBJECTIVE\nReports hyposmia.", []),
        # Kept away from, unchanged, not minded.
        ("Doctor: Have you kept off ibuprofen?\nPatient: I haven't touched it.",
         "SUBJECTIVE\nReports ibuprofen.", ["Reports ibuprofen"]),
        ("Doctor: Has your sight changed?\nPatient: It's the same.",
         "SUBJECTIVE\nReports change in vision.", ["Reports change in vision"]),
        ("Doctor: Do the patches irritate your skin?\nPatient: My skin doesn't mind.", "SUBJECTIVE\nReports skin irritation.",
         ["Reports skin irritation"]),
        ("Doctor: Any trouble concentrating?\nPatient: I can't concentrate.", "SUBJECTIVE\nReports poor concentration.", []),
        # What a value is called, right behind it and not behind its neighbour.
        ("Doctor: Phosphate 1.61, a bit high, magnesium 0.84, normal.",
         "Phosphate 1.61 (raised), magnesium 0.84 (abnormal).", ["abnormal"]),
        ("Doctor: Phosphate 1.61, a bit high, magnesium 0.84, normal.",
         "Phosphate 1.61 (abnormal), magnesium 0.84 (normal).", []),
        ("Doctor: The antibodies are positive: 65 and 203.",
         "Rheumatoid factor 65, anti-CCP 203 (both negative).", ["negative"]),
        # Found on examination or not, whatever was said elsewhere.
        ("Patient: Penicillin makes my face swell.\nDoctor: Pulse 76. No swelling round the eyes.",
         "OBJECTIVE\nPeriorbital swelling present.",
         ["swelling"]),
        ("Doctor: Pulse 70. Your calves aren't tender.", "OBJECTIVE\nCalves tender.", ["tender"]),
        ("Doctor: Pulse 70. Soft, no guarding, tender on the right.", "OBJECTIVE\nTender on the right, no guarding.", []),
        ("Doctor: When I tap the cheek, the mouth twitches.", "OBJECTIVE\nChvostek's sign negative.", ["negative"]),
        # A list that is denied at once; lists that share one word.
        ("Patient: My feet are dry, and cold. I get pins and needles in them.",
         "SUBJECTIVE\nDenies xerosis of the feet, paraesthesiae and cold feet.",
         ["Denies xerosis of the feet"]),
        ("Doctor: Hepatitis B, hepatitis C and HIV are negative.", "Hepatitis B, hepatitis C and HIV negative.", []),
        # What is only told for the case that it comes, what was an allergy, and a test's name.
        ("Doctor: A breast lump is a matter for the same day.", "No breast lump.", []),
        ("Doctor: Any allergies?\nPatient: Codeine. I vomit.\nDoctor: Any vomiting?\nPatient: No.",
         "SUBJECTIVE\nReports vomiting.",
         ["Reports vomiting"]),
        ("Doctor: Could you be pregnant?\nPatient: No.", "Pregnancy test negative.", []),
        ("Doctor: Has anyone in the family had glaucoma?\nPatient: No, nobody.",
         "Family history: Has family history of glaucoma.",
         ["Has family history of glaucoma"]),
        ("Patient: The spray was no use.", "SUBJECTIVE\nSpray with benefit.", ["with benefit"]),
        ("Patient: The spray helped.", "SUBJECTIVE\nSpray with benefit.", []),
    ],
)  # fmt: skip
def test_what_is_denied_is_found_in_words_that_no_list_joins(transcript, written, quotes):
    assert [hint.quote for hint in find_hints(transcript, written) if hint.kind == "negation"] == quotes


@pytest.mark.parametrize(
    ("said", "written", "found"),
    [
        ("Power and reflexes are normal, left and right.", "Power and reflexes normal on the left.", "speaks of both sides."),
        ("The pressure index is 0.65 on the right.", "Pressure index 0.65 on the left.", "speaks of the “right”."),
        ("The knee hurts.", "Left knee pain.", "does not say which side; the note says Left knee."),
        ("Cupping 0.7 on the right, 0.4 on the left.", "Cup-to-disc ratio 0.7 right, 0.4 left.", None),
    ],
)
def test_sides_without_a_part_are_read_by_the_words_and_numbers_around(said, written, found):
    hints = [hint for hint in find_hints(f"Doctor: {said}", f"OBJECTIVE\n{written}") if hint.kind == "laterality"]
    assert len(hints) == (found is not None) and all(hint.message.endswith(found) for hint in hints)


def test_a_side_that_the_note_leaves_out_is_said_so():
    found = find_hints("Patient: My left knee. It's the left knee.", "Knee pain.")
    assert [hint.message for hint in found] == ["The transcript says left knee; the note names no side."]


def test_another_medicine_that_sounds_alike_is_no_slip():
    assert kinds("Doctor: Take hydroxyzine.", "Takes hydralazine.") == ["drug", "missing_drug"]


def test_what_the_note_leaves_out_is_found_in_the_transcript():
    transcript = (
        "Doctor: Blood pressure is 150 over 90. Your A1c is 8.1.\nPatient: I take metformin, and aspirin.\n"
        "Doctor: We start lisinopril, ten milligrams. Any chest pain?\nPatient: No."
    )
    found = find_hints(transcript, "Hypertension. Takes metformin. Start lisinopril.")
    assert [(hint.kind, hint.quote) for hint in found] == [
        ("missing_number", "150 over 90"), ("missing_number", "A1c is 8.1"), ("missing_drug", "aspirin"),
        ("missing_dose", "lisinopril, ten"), ("missing_negative", "chest pain"),
    ]  # fmt: skip
    assert all(transcript[hint.start : hint.end] == hint.quote and hint.section is None for hint in found)
    assert find_hints(transcript, "BP 150/90, A1c 8.1. Metformin, aspirin, lisinopril 10 mg. Denies chest pain.") == []


WORDS = st.sampled_from(
    [
        "[doctor]", "Doctor:", "Patient:", "no", "yes", "denies", "reports", "left", "right", "knee", "136", "over", "82", "/",
        "7.2", "seven", "point", "two", "mg", "lisinopril", "metformin", "any", "?", ".", ",", ":", "\n", "\r\n", "\t", "😀",
        "é", "İ", "½", "µg", "שלום", "chest", "pain",
        "fever", "A1c", "one", "hundred", "and", "normal", "abnormal", "not", "half", "a",
        "week", "10", "-", "(", "1.", "ﬀ",
    ]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=80)


@settings(max_examples=150, deadline=None)
@given(transcript=TEXTS, note=TEXTS)
@example("", "")
@example("\r\nDoctor: İİ right knee\r\n", "😀 Left knee\r\n7 mg of lisinopril 😀")
def test_every_span_is_exact_in_any_text(transcript, note):
    for hint in find_hints(transcript, note, wide=True):
        assert {"note": note, "transcript": transcript}[hint.where][hint.start : hint.end] == hint.quote != ""
        assert hint.kind in KINDS + WIDE and (hint.where == "note") == (hint.kind in UNSUPPORTED)


def test_a_note_of_50_000_characters_is_read_whole():
    note = "Lisinopril 40 mg. BP 136/82. No fever. Left knee pain. " * 900 + "Takes losartan."
    assert len(note) > 49_000
    found = find_hints("Doctor: Lisinopril forty milligrams, 136 over 82, no fever, left knee.", note)
    assert [(hint.kind, hint.quote) for hint in found] == [("drug", "losartan")]


def test_wide_hints_come_only_when_asked_for():
    transcript = (
        "Doctor: How long?\nPatient: For six or seven weeks, in my left wrist, with numbness.\n"
        "Doctor: I hear no murmur. Come back in two weeks, on 3/4/2021.\nPatient: Two weeks. I take it at 8 in the morning."
    )
    note = "Wrist pain for seven weeks."
    assert not {hint.kind for hint in find_hints(transcript, note)} & set(WIDE)
    found = [(hint.kind, hint.quote) for hint in find_hints(transcript, note, wide=True) if hint.kind in WIDE]
    # Of "six or seven" one is in the note; the date and the time of the day are no amounts; two weeks are told once.
    assert sorted(found) == [
        ("missing_amount", "two"), ("missing_denial", "murmur"), ("missing_finding", "numbness"), ("missing_side", "left wrist"),
    ]  # fmt: skip
    whole = f"{note} On the left, with numbness, no murmur. Return in 2 weeks."
    assert not [hint for hint in find_hints(transcript, whole, wide=True) if hint.kind in WIDE]


_RATES = ((3, 2, 1.5), (1, 1, 0.5))


def test_rates_stand_beside_the_length():
    # 3 and 1 hints on notes of 50 and 150 words: 2 per note, 4 per 200 words are 2 per 100.
    rates = hint_rates([Counted("a", 50, {"number": 2, "missing_drug": 1}), Counted("b", 150, {"number": 1})])
    assert (rates["n"], rates["words_per_note"]) == (2, 100)
    # Student's t of 50 and 150 words: 100 -/+ 12.7062 * 50. Two hints and one: 1.5 -/+ 12.7062 * 0.5, and never below 0.
    assert rates["words_per_note_ci95"] == pytest.approx([0, 735.31], abs=0.01)
    assert rates["kinds"]["number"]["per_note_ci95"] == pytest.approx([0, 7.8531], abs=1e-3)
    number, missing = ({"hints": n, "notes": notes, "per_note": rate, "per_100_words": rate} for n, notes, rate in _RATES)
    assert number.items() <= rates["kinds"]["number"].items() and missing.items() <= rates["kinds"]["missing"].items()
    assert hint_rates([])["kinds"]["dose"] == {
        "hints": 0, "notes": 0, "per_note": None, "per_note_ci95": None, "per_100_words": None, "per_100_words_ci95": None,
    }  # fmt: skip
    assert count_hints([("x", "Doctor: Hello.", "Takes losartan 50 mg.")]) == [Counted("x", 4, {"drug": 1, "dose": 1})]


def test_hints_on_stored_notes_count_the_latest_of_each_encounter(tmp_path):
    workspace = Workspace(tmp_path)
    encounter = Encounter("s", "1", "Doctor: Take lisinopril, ten milligrams.", "train")
    output = Output(encounter.id, "m", "Takes losartan.", "torch", prompt_hash(), {}, 1.0, 1, 1, "stop")
    with workspace.store() as store:
        store.ensure_model(Model("m", "M", "base", "nowhere", "0" * 64))
        store.add_encounters([encounter])
        store.add_output(output)
        store.add_output(replace(output, id="later", text="Takes lisinopril 10 mg."))
    found = hints_for_model(workspace, "m", "train")
    assert (found["n"], found["kinds"]["unsupported"]["hints"]) == (1, 0)
    assert found["cases"] == [{"output": "later", "id": encounter.id, "words": 4, "counts": {}}]
    with pytest.raises(NotFound, match="no note by m for an encounter of dev-a; write some with scribeloop notes generate"):
        hints_for_model(workspace, "m")


def test_the_command_shows_hints_on_files(tmp_path):
    note, transcript = tmp_path / "note.txt", tmp_path / "transcript.txt"
    note.write_text("Plan\nTakes losartan.", encoding="utf-8")
    transcript.write_text("Doctor: Hello.", encoding="utf-8")
    words = ["hints", str(note), str(transcript), "--home", str(tmp_path / "home")]
    answer = json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)
    assert answer["counts"] == {"drug": 1}
    assert answer["hints"][0] == {
        "kind": "drug", "where": "note", "start": 11, "end": 19, "quote": "losartan", "section": "assessment_and_plan",
        "message": "The transcript does not name losartan, by this or another name.",
    }  # fmt: skip
    assert "losartan" in CliRunner().invoke(main, words).stdout
    assert CliRunner().invoke(main, words[:2]).exit_code == 2


def test_planted_errors_are_found_and_faithful_notes_left_alone():
    # A seed that was never looked at while the rules were written; docs/log.md has the larger measurement.
    familiar = [one.slug for one in conditions() if one.slug not in FOREIGN]
    found = measure(simulated(9500, 90, familiar), 9507)
    for kind in ("number", "dose", "laterality"):
        assert found[kind]["planted"] >= 20, (kind, found[kind])
        assert found[kind]["recall"] >= 0.9 and found[kind]["precision"] >= 0.9, (kind, found[kind])
    # 0.946 of 240 on fresh seeds (docs/log.md); of 90 notes it may be a few less.
    assert found["negation"]["recall"] >= 0.87 and found["negation"]["precision"] >= 0.9, found["negation"]


def test_of_visits_in_words_that_the_rules_were_not_made_for_less_is_found():
    found = measure(simulated(9501, 60, FOREIGN), 9508)
    # On first sight the sets had 0.65 to 0.90 of negations, after mending 0.85 to 0.93 (docs/log.md).
    assert found["negation"]["recall"] >= 0.75 and found["negation"]["precision"] >= 0.85, found["negation"]
    for kind in ("number", "dose"):
        assert found[kind]["recall"] >= 0.75 and found[kind]["precision"] >= 0.9, (kind, found[kind])


def test_the_false_alarms_on_aci_bench_are_those_that_were_judged():
    folder = SHARED_DATA / "aci-bench"
    if not folder.exists():
        pytest.skip("the public data is not beside this checkout")
    valid, train, wide = figures(folder, "valid"), figures(folder, "train"), figures(folder, "valid", wide=True)
    assert valid["unjudged"] == train["unjudged"] == [] and valid["hints"] + train["hints"] >= 50
    # 4 of 15 hints on 20 notes: 3 on what the note says, 1 on what it leaves out.
    assert (valid["notes"], valid["right"], valid["false_alarms_per_note"]) == (20, 11, 0.2)
    of = valid["by_kind"]
    assert (of["unsupported"]["false_alarms_per_note"], of["missing"]["false_alarms_per_note"]) == (0.15, 0.05)
    # Judged on valid were 51, of which the rules as they are now still say 48; the 33 wide ones by one reader: 14 are right.
    assert wide["unjudged"] == [] and wide["hints"] == 48 and len(verdicts("valid")) == 51
    assert (wide["by_kind"]["wide"]["hints"], wide["by_kind"]["wide"]["right"]) == (33, 14)
    assert readers("valid") == {"twice": 14, "agree": 14}
