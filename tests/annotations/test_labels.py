import pytest

from annotations import BadInput, load_labels


def test_the_default_set_is_whole():
    labels = load_labels()
    assert labels.errors[:5] == ("fabrication", "negation", "causality", "contextual", "certainty")
    assert len(labels.dimensions) == 8
    assert labels.group("fabrication") == "hallucination"
    assert not labels.needs_severity("inference")


@pytest.mark.parametrize(
    ("text", "said"),
    [("name = ", "not readable TOML"), ("name = 'x'", "lacks version, severity, error"), (b"\xff\xfe", "not readable TOML")],
)
def test_a_broken_label_file_says_what_is_missing(tmp_path, text, said):
    path = tmp_path / "labels.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput, match=said):
        load_labels(path)
