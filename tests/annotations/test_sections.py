import sqlite3

import pytest

from annotations import open_store, section_at
from annotations.migrations import FIRST
from tests.reviewed import BASE_NOTE

CASES = {
    "HISTORY OF PRESENT ILLNESS\nTired.": "subjective",
    "S: Tired.": "subjective",
    "**Subjective:**\nTired.": "subjective",
    "Past medical history\nTired.": "subjective",
    "OBJECTIVE\r\nTired.": "objective_exam",
    "## Physical Exam\nTired.": "objective_exam",
    "OBJECTIVE\nHeart regular.\nResults:\nTired.": "objective_results",
    "Imaging\nTired.": "objective_results",
    "Assessment & Plan\nTired.": "assessment_and_plan",
    "A/P: Tired.": "assessment_and_plan",
    "SUBJECTIVE\nNothing.\nPlan: Tired.": "assessment_and_plan",
    # A plan may speak of medications without ending; a heading of them ends it.
    "PLAN\nMedications: stop aspirin.\nTired.": "assessment_and_plan",
    "PLAN\nStop aspirin.\nMEDICATIONS: none\nTired.": "subjective",
    # No heading above, and words that only look like one.
    "Tired.": None,
    "Tired.\nPLAN\nRest.": None,
    "A long day.\nTired.": None,
    "P\nTired.": None,
    "The plan: she is\nTired.": None,
}


@pytest.mark.parametrize(("text", "section"), CASES.items())
def test_the_division_under_whose_heading_a_word_stands(text, section):
    assert section_at(text, text.index("Tired")) == section


def test_the_heading_itself_belongs_to_its_division_and_nothing_lies_beyond_the_end():
    assert section_at("PLAN\nRest.", 0) == "assessment_and_plan"
    assert section_at("PLAN\nRest.", 100) is None


def test_marks_made_before_there_were_sections_get_theirs(tmp_path):
    with sqlite3.connect(tmp_path / "old.db") as old:
        for statement in FIRST.split(";\n\n"):
            old.execute(statement)
        old.execute("CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)")
        old.execute("INSERT INTO _sqlite_migrations VALUES (1, 'scribeloop', 'm001_first_tables', '2026-11-23')")
        old.execute("INSERT INTO users VALUES ('local', 'Local', 0, '')")
        old.execute("INSERT INTO encounters VALUES ('e', 's', 'x', 'Hello.', 'k', NULL, 'dev', NULL, 1, NULL, '{}')")
        old.execute("INSERT INTO models VALUES ('m', 'M', 'base', '', '0', NULL, NULL, NULL, NULL, '{}', '')")
        old.execute("INSERT INTO outputs VALUES ('o', 'e', 'm', ?, 't', 'p', '{}', 1.0, 1, 1, 'stop', 0, '')", [BASE_NOTE])
        old.execute("""INSERT INTO reviews VALUES ('r', 'e', 'local', 'o', NULL, 1, 'draft', NULL, 0.0, 0, NULL, '')""")
        for quote in ("March", "aspirin"):
            at = BASE_NOTE.index(quote)
            row = [quote, "r", "o", at, at + len(quote), quote]
            old.execute("INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, 'negation', 'major', '', NULL, NULL, NULL, 'l', '')", row)
    store = open_store(tmp_path / "old.db")
    assert [row["section"] for row in store.db["spans"].rows_where(order_by="start")] == ["subjective", "assessment_and_plan"]
    assert store.verify() == []
    store.close()
