"""Reviews out and in, a backup back in, a reviewer out: as commands."""

import json

from click.testing import CliRunner

from studio.cli import main
from tests.reviewed import few_reviews


def scribeloop(*words: str, home):
    return CliRunner().invoke(main, [*words, "--home", str(home)], catch_exceptions=False)


def test_reviews_go_out_and_come_in(workspace, tmp_path):
    with workspace.store() as store:
        few_reviews(store)
    file, other = tmp_path / "reviews.jsonl", tmp_path / "other"
    out = scribeloop("reviews", "export", str(file), "--json", home=workspace.home)
    assert json.loads(out.stdout)["counts"] | {"event": 0} == {
        "user": 3, "label_set": 1, "model": 2, "encounter": 3, "output": 6, "review": 6, "event": 0,
    }  # fmt: skip
    assert (tmp_path / "reviews.data_dictionary.md").exists()
    taken = scribeloop("reviews", "import", str(file), "--as", "rivera", "--json", home=other)
    assert json.loads(taken.stdout)["added"]["review"] == 6
    again = scribeloop("reviews", "import", str(file), "--as", "rivera", home=other)
    assert "nothing new" in again.stdout
    assert len(json.loads(scribeloop("reviews", "list", "--json", home=other).stdout)) == 6


def test_a_folder_of_csv_files_is_the_other_form(workspace, tmp_path):
    with workspace.store() as store:
        few_reviews(store)
    scribeloop("reviews", "export", str(tmp_path / "tables"), home=workspace.home)
    assert (tmp_path / "tables" / "spans.csv").exists() and (tmp_path / "tables" / "data_dictionary.md").exists()
    taken = scribeloop("reviews", "import", str(tmp_path / "tables"), home=tmp_path / "other")
    assert taken.exit_code == 0 and "6 reviews" in taken.stdout


def test_a_bad_file_is_one_sentence_and_status_1(workspace, tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"format": "scribeloop-reviews/1", "record": "user"}\n')
    found = scribeloop("reviews", "import", str(tmp_path / "bad.jsonl"), home=workspace.home)
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.startswith("Error: Line 1: The field id is missing in users")


def test_a_backup_is_restored_and_a_reviewer_disabled(workspace, tmp_path):
    with workspace.store() as store:
        few_reviews(store)
    home = workspace.home
    scribeloop("db", "backup", str(tmp_path / "copy.db"), home=home)
    disabled = json.loads(scribeloop("users", "disable", "ann", "--json", home=home).stdout)
    assert (disabled["id"], disabled["disabled"]) == ("ann", True)
    restored = json.loads(scribeloop("db", "restore", str(tmp_path / "copy.db"), "--json", home=home).stdout)
    assert restored["kept"]
    users = json.loads(scribeloop("users", "list", "--json", home=home).stdout)
    assert {user["id"]: user["disabled"] for user in users} == {"local": False, "ann": False, "ben": False}
    scribeloop("db", "restore", restored["kept"], home=home)
    assert json.loads(scribeloop("users", "list", "--json", home=home).stdout)[1]["disabled"] is True
    assert json.loads(scribeloop("users", "disable", "ann", "--undo", "--json", home=home).stdout)["disabled"] is False
