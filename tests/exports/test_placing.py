"""Corrections of the browser page, taken in: which split a new encounter gets."""

import pytest

from annotations import BadInput, Encounter, Refused
from exports.reviews import FORMAT, import_reviews
from tests.exports.review_files import written

LONG = " ".join(f"Doctor: question {n}? Patient: answer {n} about my thyroid." for n in range(20))


@pytest.mark.parametrize(
    ("transcript", "stored", "asked", "split"),
    [
        (LONG, None, "train", "train"),
        (LONG, "train", None, "train"),
        (LONG, "test", "test", "test"),
        (LONG.upper().replace("?", " ?"), "test", "train", "that of enc-.* in the test split"),
        (LONG.replace("answer 7", "reply 7"), "dev", "train", "that of enc-.* in the dev split"),
        ("Doctor: Hello.", "test", "train", "train"),
        (LONG, None, None, "says no split; add --split train"),
    ],
)
def test_an_encounter_without_a_split_gets_one_apart_from_what_is_measured(workspace, tmp_path, transcript, stored, asked, split):
    line = {"source": "browser", "external_id": "text-1", "transcript": transcript}
    written(tmp_path / "page.jsonl", [{"format": FORMAT, "record": "encounter", **line}])
    with workspace.store() as store:
        if stored:
            # The same visit under its own id where nothing is asked, else under another one.
            store.add_encounters([Encounter("browser", "text-1" if asked is None else "other", LONG, stored)])
    if " " in split:
        with pytest.raises((BadInput, Refused), match=rf"^Line 1: .*{split}.* Nothing was imported\.$"):
            import_reviews(workspace, tmp_path / "page.jsonl", split=asked)
        return
    import_reviews(workspace, tmp_path / "page.jsonl", split=asked)
    with workspace.store() as store:
        [found] = [one for one in store.list_encounters() if one.external_id == "text-1"]
    assert found.split == split and found.real
