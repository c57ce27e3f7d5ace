"""Files of reviews that cannot be taken in: one sentence that names the line, and the database stays as it was."""

import pytest

from annotations import BadInput, Conflict, NotFound
from exports.reviews import FORMAT, export_reviews, import_reviews
from pipeline.workspace import Workspace
from tests.exports.review_files import changed, lines, rows, written
from tests.reviewed import few_reviews


@pytest.fixture
def empty(tmp_path):
    return Workspace(tmp_path / "empty")


@pytest.fixture
def file(tmp_path):
    """A small export: users, label set, models, three encounters, six notes, five reviews, their events."""
    workspace = Workspace(tmp_path / "small")
    with workspace.store() as store:
        few_reviews(store)
    export_reviews(workspace, tmp_path / "small.jsonl")
    return tmp_path / "small.jsonl"


def line_of(values: list[dict], kind: str) -> int:
    return next(number for number, value in enumerate(values) if value["record"] == kind)


def spoilt(values: list[dict], how: str) -> tuple[int, str]:
    """Spoil one line; its number as a reader counts, and what the sentence must say."""
    review, output, user = (line_of(values, kind) for kind in ("review", "output", "user"))
    given = values[review]
    span, omission = given["spans"][0], given["omissions"][0]
    spoils = {
        "a wrong quote": (review, span, {"quote": "april"}, f"{span['id']}: The mark .* quotes 'april' where the text has"),
        "a mark beyond its text": (review, span, {"end": 9999}, "lies outside its text"),
        "a wrong omission": (review, omission, {"start": 0}, f"{omission['id']}: The omission"),
        "half of an evidence": (review, span, {"evidence_start": 1}, "evidence of the mark is not whole"),
        "an unknown label": (review, span, {"label": "lie"}, "label of the mark is 'lie'; expected one of fabrication"),
        "an unknown severity": (review, span, {"severity": "huge"}, "severity is 'huge'; expected one of major, minor"),
        "no severity": (review, span, {"severity": None}, "severity of the mark is None"),
        "a mark on another note": (review, span, {"output_id": "out-elsewhere"}, "speaks of the note 'out-elsewhere'"),
        "an unknown note": (review, given, {"left": "out-elsewhere"}, "note 'out-elsewhere' is neither stored nor above"),
        "an unknown encounter": (review, given, {"encounter_id": "enc-x"}, "encounter 'enc-x' is neither stored nor above"),
        "an unknown reviewer": (review, given, {"reviewer_id": "eve"}, "reviewer 'eve' is neither stored nor above"),
        "submitted at no time": (review, given, {"submitted": None}, "has a time in `submitted`"),
        "a rating of six": (review, given["ratings"][0], {"value": 6}, "value is 6; expected one of 1, 2, 3, 4, 5"),
        "a rating of true": (review, given["ratings"][0], {"value": True}, "value is True; expected a whole number"),
        "an unknown dimension": (review, given["ratings"][0], {"dimension": "taste"}, "dimension is 'taste'"),
        "a correction out of turn": (review, given["corrections"][0], {"version": 7}, "out of turn; expected version 1"),
        "a field too many": (review, span, {"colour": "red"}, "no field 'colour' in spans"),
        "text as a number": (user, values[user], {"name": 5}, "name is 5; expected any text"),
        "half a character": (user, values[user], {"name": "\ud800"}, "name is .*; expected any text"),
        "no time": (user, values[user], {"created": "yesterday"}, "created is 'yesterday'; expected UTC"),
        "a note of nowhere": (output, values[output], {"model_id": "gpt"}, "'gpt' is neither stored in models nor above"),
        "a foreign format": (user, values[user], {"format": "other/1"}, f'does not say "format": "{FORMAT}"'),
        "an unknown kind": (user, values[user], {"record": "person"}, "record is 'person'; expected one of user"),
    }  # fmt: skip
    line, where, change, said = spoils[how]
    where.update(change)
    return line + 1, said


HOWS = (
    "a wrong quote", "a mark beyond its text", "a wrong omission", "half of an evidence", "an unknown label",
    "an unknown severity", "no severity", "a mark on another note", "an unknown note", "an unknown encounter",
    "an unknown reviewer", "submitted at no time", "a rating of six", "a rating of true", "an unknown dimension",
    "a correction out of turn", "a field too many", "text as a number", "half a character", "no time", "a note of nowhere",
    "a foreign format", "an unknown kind",
)  # fmt: skip


@pytest.mark.parametrize("how", HOWS)
def test_a_bad_line_is_one_sentence_that_names_it_and_nothing_is_imported(file, empty, how):
    before = rows(empty)
    values = lines(file)
    number, said = spoilt(values, how)
    written(file, values)
    with pytest.raises((BadInput, NotFound), match=rf"^Line {number}: .*{said}.* Nothing was imported\.$"):
        import_reviews(empty, file)
    assert rows(empty) == before


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (lambda text: text[:-30], "is not a whole JSON object; the file may have been cut off"),
        (lambda text: text + "\nnull", "It is None; expected a JSON object"),
        (lambda text: text + '\n{"a": NaN}', "does not say"),
        (lambda text: "", "holds nothing"),
        (lambda text: "[" * 100_000, "Line 1: It is not a whole JSON object"),
    ],
)
def test_a_file_that_is_no_export_is_a_sentence(file, empty, cut, said):
    before = rows(empty)
    file.write_text(cut(file.read_text().rstrip("\n")))
    with pytest.raises(BadInput, match=said):
        import_reviews(empty, file)
    assert rows(empty) == before


def test_bytes_that_are_no_text_are_a_sentence(file, empty):
    file.write_bytes(file.read_bytes().replace(b"Dr Ben", b"Dr \xff\xfe"))
    with pytest.raises(BadInput, match="is not UTF-8"):
        import_reviews(empty, file)


def test_a_missing_file_is_a_sentence(empty, tmp_path):
    with pytest.raises(BadInput, match="There is no"):
        import_reviews(empty, tmp_path / "nowhere.jsonl")


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("output", {"text": "Another note."}, "is stored in outputs with another text"),
        ("encounter", {"transcript": "Another visit."}, "is stored in encounters with another transcript"),
        ("model", {"weights_sha256": "0"}, "is stored in models with another weights_sha256"),
        ("review", {"preference": "neither"}, "is stored with other content"),
        ("review", {"id": "rev-other"}, r"has reviewed encounter 'enc-\w+' already .* import it with --as"),
    ],
)
def test_the_same_id_with_other_content_is_a_conflict(file, empty, kind, change, said):
    import_reviews(empty, file)
    before = rows(empty)
    values = lines(file)
    values[line_of(values, kind)].update(change)
    written(file, values)
    with pytest.raises(Conflict, match=rf"^Line {line_of(values, kind) + 1}: .*{said}"):
        import_reviews(empty, file)
    assert rows(empty) == before


def test_a_mark_id_of_another_review_is_a_conflict(file, empty):
    values = lines(file)
    first, second = [value for value in values if value["record"] == "review"][:2]
    second["spans"][0]["id"] = first["spans"][0]["id"]
    written(file, values)
    with pytest.raises(Conflict, match=rf"'{first['spans'][0]['id']}' is there twice in spans"):
        import_reviews(empty, file)


def without_column(name: str):
    return lambda table: [[cell for head, cell in zip(table[0], row, strict=True) if head != name] for row in table]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("spans", without_column("quote"), "spans.csv line 2: The field quote is missing in spans"),
        ("encounters", without_column("transcript"), "encounters.csv line 2: The field transcript is missing"),
        ("ratings", without_column("review_id"), "ratings.csv line 2: The field review_id is missing"),
        ("users", lambda table: [[*row, "x"] for row in table], "There is no field 'x' in users"),
        ("spans", lambda table: [*table[:2], table[2][:-1]], "spans.csv line 3: It has 14 cells under 15"),
        ("spans", lambda table: [*table, ["span-0", "rev-0", *table[1][2:]]], "spans.csv speaks of review 'rev-0', which"),
        ("models", lambda table: [[cell.replace("{}", "{") for cell in row] for row in table], "models.csv line 2: meta is '{'"),
        ("reviews", lambda table: [[cell.replace("240.0", "long") for cell in row] for row in table], "active_seconds is 'long'"),
    ],
)  # fmt: skip
def test_a_bad_table_is_one_sentence_and_nothing_is_imported(file, empty, tmp_path, name, change, said):
    import_reviews(empty, file)
    export_reviews(empty, tmp_path / "tables")
    fresh = Workspace(tmp_path / "fresh")
    before = rows(fresh)
    changed(tmp_path / "tables" / f"{name}.csv", change)
    with pytest.raises(BadInput, match=said):
        import_reviews(fresh, tmp_path / "tables")
    assert rows(fresh) == before


def test_a_table_cut_off_in_a_cell_or_missing_is_a_sentence(file, empty, tmp_path):
    import_reviews(empty, file)
    export_reviews(empty, tmp_path / "tables")
    path = tmp_path / "tables" / "outputs.csv"
    path.write_bytes(path.read_bytes()[:-120])
    fresh = Workspace(tmp_path / "fresh")
    with pytest.raises(BadInput, match=r"outputs.csv line \d+: It .* the file may have been cut off"):
        import_reviews(fresh, tmp_path / "tables")
    path.unlink()
    with pytest.raises(BadInput, match="There is no outputs.csv"):
        import_reviews(fresh, tmp_path / "tables")
