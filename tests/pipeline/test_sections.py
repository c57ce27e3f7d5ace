"""The section splitter on invented notes of several styles and on real ones, and scores by section and group."""

import pytest

from pipeline.demo import demo_encounters
from pipeline.metrics import SECTIONS, Rouge, by_group, by_section, section_at, section_scores, section_texts, split_sections
from pipeline.tables import csv_rows
from tests.conftest import SHARED_DATA

S, E, R, A = SECTIONS
CAPITALS = """CHIEF COMPLAINT

Cough.

PHYSICAL EXAM

Lungs clear.

RESULTS

Chest film: normal.
Impression: no pneumonia.

ASSESSMENT AND PLAN

Bronchitis.
• Medical Reasoning: mild.
MEDICATIONS: none needed.

INSTRUCTIONS

Come back if worse."""
LETTERS = "S: Cough for a week.\nO: Lungs clear.\nLabs: CRP 4.\nA: Bronchitis.\nP: Fluids."
MARKDOWN = "## Subjective\nCough.\n**Vitals:** 120/80\n**Physical exam**\nClear.\n### 3. Assessment & Plan\nRest.\n- Labs: CRP"
BARE = "Cough for a week, no fever. Lungs clear. Rest and fluids."
HISTORY_LATE = "PLAN\n1. Rest.\nHISTORY OF PRESENT ILLNESS\nCough.\n"
# Words of prose that begin a line as a heading would are none: no colon, or a longer name.
PROSE = "Assessment of the cough was done last week.\nPlan B is surgery.\nPain Assessment: 4 of 10.\na: small letter.\n"


@pytest.mark.parametrize(
    "note, names",
    [
        (CAPITALS, [S, E, R, A]),
        (LETTERS, [S, E, R, A]),
        (MARKDOWN, [S, E, A]),
        (BARE, [S]),
        (HISTORY_LATE, [A, S]),
        (PROSE, [S]),
        ("Cough.\nPLAN\nRest.", [S, A]),
        ("PLAN:\u2028Rest.", [A]),
        ("ASSESSMENT\r\n1. Cough.\r\nPLAN\r\n1. Rest.\r\n", [A]),
        ("", []),
        (" \n", []),
    ],
)
def test_notes_of_several_styles(note, names):
    found = split_sections(note)
    assert [section.name for section in found] == names
    if found:
        assert "".join(note[section.start : section.end] for section in found) == note


def test_what_stands_where():
    assert section_texts(CAPITALS)[R].endswith("Impression: no pneumonia."), "a radiologist's impression is a result"
    assert section_at(CAPITALS, CAPITALS.index("none needed")) == A, "a name of another section inside a plan stays in the plan"
    assert section_texts(LETTERS) == {
        S: "S: Cough for a week.",
        E: "O: Lungs clear.",
        R: "Labs: CRP 4.",
        A: "A: Bronchitis.\nP: Fluids.",
    }
    assert section_texts(HISTORY_LATE + "PLAN\n2. Fluids.")[A] == "PLAN\n1. Rest.\nPLAN\n2. Fluids.", "parts are put together"
    assert section_at(BARE, 0) == S and section_at("", 0) == S


def test_the_invented_encounters_have_the_sections_that_their_headings_say():
    for encounter in demo_encounters():
        texts = section_texts(encounter.reference)
        assert texts.keys() == {S, E, A} | ({R} if "\nResults:" in encounter.reference else set()), encounter.external_id
        assert texts[S].startswith("SUBJECTIVE") and texts[A].startswith("ASSESSMENT") and "\nPLAN\n" in texts[A]


# Which sections each of the 20 real notes has, read from the notes by hand.
WITHOUT_RESULTS = {"D2N073", "D2N076"}
HEADINGS = {
    S: "CHIEF COMPLAINT|CC:|HPI:|HISTORY OF PRESENT ILLNESS|REVIEW OF SYSTEMS|MEDICAL HISTORY|SOCIAL HISTORY|FAMILY HISTORY"
    "|MEDICATIONS|PAST HISTORY|CURRENT MEDICATIONS|PAST MEDICAL HISTORY:|PAST SURGICAL HISTORY:|BIRTH HISTORY",
    E: "PHYSICAL EXAMINATION|PHYSICAL EXAM|EXAM|VITALS|VITALS REVIEWED",
    R: "RESULTS",
    A: "ASSESSMENT AND PLAN|ASSESSMENT|PLAN|IMPRESSION|INSTRUCTIONS",
}


def test_the_real_notes_of_aci_bench():
    path = SHARED_DATA / "aci-bench" / "valid.csv"
    if not path.exists():
        pytest.skip("the public data is not beside this checkout")
    rows, headings = csv_rows(path), 0
    assert len(rows) == 20
    for row in rows:
        found, note = split_sections(row["note"]), row["note"]
        expected = [S, E, A] if row["encounter_id"] in WITHOUT_RESULTS else [S, E, R, A]
        assert [section.name for section in found] == expected, row["encounter_id"]
        place = 0
        for line in note.splitlines(keepends=True):
            for name, headings_of in HEADINGS.items():
                if line.strip() in headings_of.split("|"):
                    assert section_at(note, place) == name, (row["encounter_id"], line)
                    headings += 1
            place += len(line)
    assert headings > 120


def test_scores_by_section():
    # Subjective: 2 of 3 words shared each way (s, cough): F1 2/3. The reference alone has results, the prediction alone an
    # examination: 0 each. Assessment and plan are the same: 1.
    reference = "S: cough today\nResults: CRP\nPLAN\nrest"
    prediction = "S: cough yesterday\nO: clear\nPLAN\nrest"
    (case,) = section_scores([Rouge()], [reference], [prediction])
    assert {name: values["rouge1"] for name, values in case.items()} == pytest.approx({S: 2 / 3, E: 0, R: 0, A: 1})
    means = by_section([case, {A: case[R]}])
    assert {name: (part["n"], part["metrics"]["rouge1"]["mean"]) for name, part in means.items()} == {
        S: (1, pytest.approx(2 / 3)), E: (1, 0), R: (1, 0), A: (2, 0.5),
    }  # fmt: skip
    assert section_scores([Rouge()], ["PLAN\nrest"], [""]) == [{A: dict.fromkeys(Rouge.columns, 0.0)}]


def test_scores_by_group():
    found = by_group([{"x": 1.0}, {"x": 0.0}, {"x": 0.5}], ["lung", None, "lung"])
    assert list(found) == ["lung", "not said"]
    assert (found["lung"]["n"], found["lung"]["metrics"]["x"]["mean"], found["not said"]["metrics"]["x"]["mean"]) == (2, 0.75, 0)
