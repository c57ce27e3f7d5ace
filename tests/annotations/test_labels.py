import shutil

import pytest

from annotations import BadInput, LabelSets, Omission, Reviews, Span, load_labels, study_guideline, study_labels
from annotations.labels import DEFAULT
from tests.invented import NOTE, two_notes


def test_the_default_set_is_whole():
    labels = load_labels()
    assert labels.errors[:5] == ("fabrication", "negation", "causality", "contextual", "certainty")
    assert len(labels.dimensions) == 8
    assert labels.group("fabrication") == "hallucination"
    assert not labels.needs_severity("inference")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "not readable TOML"),
        ("name = 'x'", "lacks version, severity, error"),
        (b"\xff\xfe", "not readable TOML"),
    ],
)
def test_a_broken_label_file_says_what_is_missing(tmp_path, text, said):
    path = tmp_path / "labels.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput, match=said):
        load_labels(path)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('version = "1"', "version = 2026-11-24", r"The version in labels.toml is datetime.date"),
        ('version = "1"', 'version = " "', "The version in labels.toml is ' '; expected text"),
        ('id = "negation"', 'id = "fabrication"', r"Two \[\[error\]\] in labels.toml have the id 'fabrication'"),
        ('key = "2"', 'key = "1"', r"Two \[\[error\]\] in labels.toml have the key '1'"),
        ('key = "2"', 'key = "x"', r"A \[\[error\]\] in labels.toml has the key 'x'; expected a digit"),
        ('title = "Negation"\n', "", r"The title of \[\[error\]\] number 2 in labels.toml is missing"),
        ('minor = "Anything else."', "", "The severity minor in labels.toml is missing"),
        ('  "Nothing is invented.",\n', "", "Dimension 'no_hallucination' in labels.toml needs five anchors"),
    ],
)
def test_a_mistake_in_a_study_s_own_labels_is_one_sentence(tmp_path, was, becomes, said):
    text = DEFAULT.read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "labels.toml").write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        study_labels(tmp_path)


def test_a_label_file_that_is_a_folder_is_one_sentence(tmp_path):
    (tmp_path / "labels.toml").mkdir()
    with pytest.raises(BadInput, match="cannot be read"):
        study_labels(tmp_path)


def own_labels(folder, **changes):
    """A study's own set in ``folder``: the shipped one with its name and one label changed."""
    text = DEFAULT.read_text(encoding="utf-8").replace('name = "scribeloop-default"', 'name = "our-study"')
    for was, becomes in changes.items():
        assert f'id = "{was}"' in text
        text = text.replace(f'id = "{was}"', f'id = "{becomes}"', 1)
    (folder / "labels.toml").write_text(text, encoding="utf-8")


def test_a_study_s_own_files_replace_the_shipped_ones_and_a_change_is_seen(tmp_path):
    assert study_labels(tmp_path) == load_labels() and "OMISSIONS" in study_guideline(tmp_path)
    own_labels(tmp_path, fabrication="invention")
    (tmp_path / "guideline.md").write_text("Mark what is wrong.\n", encoding="utf-8")
    own = study_labels(tmp_path)
    assert own.version.startswith("our-study/1/") and own.errors[0] == "invention"
    assert study_guideline(tmp_path) == "Mark what is wrong."
    own_labels(tmp_path, fabrication="made_up")
    assert study_labels(tmp_path).errors[0] == "made_up"
    (tmp_path / "guideline.md").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="UTF-8"):
        study_guideline(tmp_path)


def test_every_set_that_a_mark_names_is_kept(workspace, tmp_path):
    with workspace.store() as store:
        visit, base, tuned = two_notes(store)
        shipped = Reviews(store)
        review = shipped.open(visit.id, "local", [base.id, tuned.id])
        mark = Span(base.id, 0, 10, NOTE[:10], "fabrication", "major")
        shipped.put_span(review.id, mark)
        own_labels(tmp_path, fabrication="invention", history="past")
        own = Reviews(store, study_labels(tmp_path))
        # An old mark may be changed under its old label, and stays under its old set; a new one may not have it.
        again = Span(base.id, 0, 7, NOTE[:7], "fabrication", "minor", label_set=shipped.labels.version, id=mark.id)
        own.put_span(review.id, again)
        with pytest.raises(BadInput, match="expected one of invention"):
            own.put_span(review.id, Span(base.id, 0, 7, NOTE[:7], "fabrication", "minor"))
        own.put_span(review.id, Span(base.id, 0, 7, NOTE[:7], "invention", "minor"))
        with pytest.raises(BadInput, match="expected one of current_issues, past"):
            own.put_omission(review.id, Omission(base.id, 0, 7, visit.transcript[:7], "history", "minor"))
        found = [(span.label, span.severity, span.label_set.split("/")[0]) for span in own.state(review.id).spans]
        assert found == [("fabrication", "minor", "scribeloop-default"), ("invention", "minor", "our-study")]
        shutil.rmtree(tmp_path)
        # Long after, with the study's file gone, its words are still known.
        kept = LabelSets(store, load_labels()).find(own.labels.version)
        assert kept == own.labels and kept.find("error", "invention")["title"] == "Fabrication"
        assert LabelSets(store, load_labels()).find("nobody/1/00000000") is None
