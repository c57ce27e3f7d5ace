"""TextGrid pairs: both syntaxes, every encoding, merged by time, and what is wrong with one named."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations import BadInput
from pipeline.transcripts import read_encounters
from pipeline.transcripts.textgrid import Interval, parse
from tests.pipeline.files import texts, write

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 12.5
tiers? <exists>
size = 1
item []:
    item [1]:
        class = "IntervalTier"
        name = "{name}"
        xmin = 0
        xmax = 12.5
        intervals: size = {count}
{intervals}"""


def long_grid(name, intervals):
    body = "".join(
        f'        intervals [{n}]:\n            xmin = {start}\n            xmax = {end}\n            text = "{doubled(text)}"\n'
        for n, (start, end, text) in enumerate(intervals, 1)
    )
    return LONG.format(name=name, count=len(intervals), intervals=body)


def short_grid(name, intervals):
    body = "".join(f'{start}\n{end}\n"{doubled(text)}"\n' for start, end, text in intervals)
    return (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n12.5\n<exists>\n1\n'
        f'"IntervalTier"\n"{name}"\n0\n12.5\n{len(intervals)}\n{body}'
    )


def doubled(text):
    return text.replace('"', '""')


DOCTOR = [(0, 1.5, "Hello, I'm 25 ! minutes late."), (1.5, 4, ""), (4, 5, 'You said "dizzy"?'), (9, 10, "<UNIN/>")]
PATIENT = [(1.6, 3, "That's <UNSURE>fine</UNSURE>."), (4.0, 4.5, "Um,\nxmin = 3"), (5.5, 9, "Yes. <UNIN/> 3 days \U0001f642")]
MERGED = """Doctor: Hello, I'm 25 ! minutes late.
Patient: That's fine.
Doctor: You said "dizzy"?
Patient: Um, xmin = 3
Patient: Yes. 3 days \U0001f642"""


@pytest.mark.parametrize("form", [long_grid, short_grid])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("folder, notes", [("transcripts", "notes"), ("pairs", "pairs"), ("pairs", "pairs/notes")])
def test_textgrid_pairs_are_merged_by_time(tmp_path, form, encoding, folder, notes):
    write(tmp_path, f"{folder}/day1_consultation01_doctor.TextGrid", form("Doctor", DOCTOR).encode(encoding))
    write(tmp_path, f"{folder}/day1_consultation01_patient.TextGrid", form("Patient", PATIENT).encode(encoding))
    note = {"day": 1, "presenting_complaint": "Dizzy", "note": "3/7 dizzy.\r\nPlan: rest", "highlights": ["3/7"]}
    write(tmp_path, f"{notes}/day1_consultation01.json", json.dumps(note))
    (found,) = read_encounters(tmp_path if folder == "transcripts" else tmp_path / folder, split="test")
    assert found.transcript == MERGED
    assert (found.source, found.external_id, found.split) == ("textgrid", "day1_consultation01", "test")
    assert (found.reference, found.title) == ("3/7 dizzy.\nPlan: rest", "Dizzy")
    assert found.meta == {"day": 1, "highlights": ["3/7"], "unsure": 1, "unintelligible": 2}
    one_half = tmp_path / folder / "day1_consultation01_patient.TextGrid"
    assert read_encounters(one_half, split="test", source="textgrid") == [found]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e5, allow_nan=False), texts), max_size=8), st.booleans())
def test_any_text_comes_back_from_a_textgrid(said, long):
    intervals = [(start, start + 1, text) for start, text in said]
    grid = (long_grid if long else short_grid)("Doctor", intervals)
    assert parse(grid) == [Interval(start, end, text) for start, end, text in intervals if text.strip()]


def test_textgrid_comments_and_point_tiers_are_passed_over():
    grid = (
        '"ooTextFile short"\n"TextGrid"\n! made by hand "with 3 quotes\n0\n9\n<exists>\n2\n'
        '"TextTier" "bells" 0 9 1\n2.5 "ding"\n"IntervalTier" "Doctor" 0 9 1\n1 2 "Hi."'
    )
    assert parse(grid) == [Interval(1.0, 2.0, "Hi.")]


@pytest.mark.parametrize(
    "files, message",
    [
        ({"a_doctor.TextGrid": short_grid("D", DOCTOR)}, "a_doctor.TextGrid has no file of the patient beside it"),
        ({"a.TextGrid": short_grid("D", DOCTOR)}, "a.TextGrid does not say who speaks"),
        (
            {"a_doctor.TextGrid": short_grid("D", DOCTOR)[:-8], "a_patient.TextGrid": short_grid("P", PATIENT)},
            "a_doctor.TextGrid is not a TextGrid that can be read: it ends too early",
        ),
        (
            {"a_doctor.TextGrid": short_grid("D", [(0, 1, "")]), "a_patient.TextGrid": short_grid("P", [(0, 1, "<UNIN/>")])},
            "The pair a_doctor.TextGrid and a_patient.TextGrid (id a) has an empty transcript",
        ),
        (
            {
                "a_doctor.TextGrid": short_grid("D", DOCTOR), "a_patient.TextGrid": short_grid("P", PATIENT),
                "a.json": '{"day": 1}',
            },
            'a.json has no text under "note"; found day',
        ),
    ],
)  # fmt: skip
def test_bad_textgrids_are_named(tmp_path, files, message):
    for name, content in files.items():
        write(tmp_path, f"pairs/{name}", content)
    with pytest.raises(BadInput) as caught:
        read_encounters(tmp_path / "pairs", split="dev")
    assert message in str(caught.value)
