"""BERTScore against bert-score itself on tiny real encoders, what it does at its limits, and scores that are remembered."""

import json
import sys

import pytest

from annotations import BadInput, Unavailable
from pipeline.metrics import BERTSCORE, ROUGE, BertScore, Bleurt, Rouge, bert_model, bertscore, rouge, score_notes
from pipeline.metrics.bert_model import LAYERS
from tests.tiny_bert import make_tiny_bert

REFERENCES = ["The patient has been tired since May.", "PLAN\n1. Repeat TSH.", "Blood pressure 120/80.", "Tired. " * 50]
PREDICTIONS = ["Patient is tired, since May.", "1. Hypothyroidism.\n2. Tablets.", "Blood pressure 120/80.", "Good morning. " * 60]


def silent(text):
    pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_tiny_bert(tmp_path_factory.mktemp("encoders") / "tiny-bert")


@pytest.mark.parametrize("numbers", [2**21, 1])
def test_the_values_are_bert_scores_own(workspace, folder, monkeypatch, numbers):
    """In one batch, and in batches of one text on a thread each."""
    import torch
    from bert_score import BERTScorer

    monkeypatch.setitem(bertscore._NUMBERS, "cpu", numbers)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)

    model = bert_model(workspace, str(folder), silent)
    library = BERTScorer(model_type=str(folder), num_layers=2, device="cpu")
    expected = [values.tolist() for values in library.score(PREDICTIONS, REFERENCES)]
    rows = score_notes([BertScore(model)], REFERENCES, PREDICTIONS)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)
    for name, values in zip(BERTSCORE, expected, strict=True):
        assert [row[name] for row in rows] == pytest.approx(values, abs=1e-5)
    assert rows[2]["bertscore_f1"] == pytest.approx(1, abs=1e-5), "a text is like itself"
    assert min(row["bertscore_f1"] for row in rows) < 0.95, "and the others are not"
    # 64 tokens are read; the last two texts have 50 and 60 times at least two.
    assert [row["bertscore_cut"] for row in rows] == [0, 0, 0, 1]
    assert model.hash == library.hash.replace(str(folder), "tiny-bert")
    assert model.details()["max_tokens"] == 64 and len(model.weights_sha256) == 64


@pytest.mark.parametrize("kind, positions", [("roberta", 66), ("deberta", 64)])
def test_the_encoders_that_reports_use_have_the_librarys_values_too(workspace, tmp_path, kind, positions):
    from bert_score import BERTScorer

    folder = make_tiny_bert(tmp_path / kind, kind, positions)
    library = BERTScorer(model_type=str(folder), num_layers=2, device="cpu")
    expected = [values.tolist() for values in library.score(PREDICTIONS, REFERENCES)]
    rows = score_notes([BertScore(bert_model(workspace, str(folder), silent))], REFERENCES, PREDICTIONS)
    for name, values in zip(BERTSCORE, expected, strict=True):
        assert [row[name] for row in rows] == pytest.approx(values, abs=1e-5)
    # RoBERTa's <s> has the id 0: it frames a text as [CLS] does, and is no word of it.
    assert library._tokenizer.cls_token_id == (0 if kind == "roberta" else 2)


@pytest.mark.parametrize("layer", [1, 2])
def test_a_layer_below_the_last_is_the_librarys_too(workspace, folder, layer):
    from bert_score import BERTScorer

    (row,) = score_notes([BertScore(bert_model(workspace, str(folder), silent, layer=layer))], REFERENCES[:1], PREDICTIONS[:1])
    library = BERTScorer(model_type=str(folder), num_layers=layer, device="cpu")
    expected = [value.item() for value in library.score(PREDICTIONS[:1], REFERENCES[:1])]
    assert [row[name] for name in BERTSCORE] == pytest.approx(expected, abs=1e-5)


# (kind, positions of the model, limit that its tokenizer states, what is read). RoBERTa never uses two of its positions; a
# DeBERTa with relative positions has no limit of its own, so 512 is set where the tokenizer states none.
@pytest.mark.parametrize(
    "kind, positions, stated, read",
    [("bert", 64, None, 64), ("bert", 64, 32, 32), ("roberta", 66, None, 64), ("deberta", 64, None, 512), ("deberta", 64, 9, 9)],
)
def test_a_tokenizer_without_a_limit_of_its_own_does_not_overflow(workspace, tmp_path, kind, positions, stated, read):
    folder = make_tiny_bert(tmp_path / kind, kind, positions, stated)
    model = bert_model(workspace, str(folder), silent)
    assert model.max_tokens == read
    (row,) = score_notes([BertScore(model)], ["tired today. " * 4000], ["tired and good. " * 3200])
    assert 0 < row["bertscore_f1"] <= 1 + 1e-6 and row["bertscore_cut"] == 1
    assert bert_model(workspace, str(folder), silent, max_tokens=16).max_tokens == 16


def test_an_empty_note_scores_zero(workspace, folder):
    rows = score_notes([Rouge(), BertScore(bert_model(workspace, str(folder), silent))], ["Tired.", "Tired."], ["", " \n"])
    assert all(set(row.values()) == {0.0} for row in rows)
    with pytest.raises(BadInput, match="Reference case-7 is empty"):
        score_notes([Rouge()], [" "], ["Tired."], names=["case-7"])
    with pytest.raises(BadInput, match="1 references and 2 predictions"):
        score_notes([Rouge()], ["a"], ["a", "b"])


def test_the_second_run_loads_nothing_and_a_change_of_any_setting_counts(workspace, folder, tmp_path):
    model = bert_model(workspace, str(folder), silent)
    first = BertScore(model)
    rows = score_notes([first], REFERENCES, PREDICTIONS, cache=tmp_path)
    assert first._encoder is not None
    again = BertScore(bert_model(workspace, str(folder), silent))
    assert score_notes([again], REFERENCES, PREDICTIONS, cache=tmp_path) == rows
    assert again._encoder is None, "every score was known, so no model was loaded"
    # One new pair: only it is worked out, and the old ones stay.
    more = score_notes([again], [*REFERENCES, "Tablets."], [*PREDICTIONS, "Tablets ran out."], cache=tmp_path)
    assert more[:4] == rows and again._known.keys() == {"Tablets."}
    other = BertScore(bert_model(workspace, str(folder), silent, layer=1))
    assert score_notes([other], REFERENCES, PREDICTIONS, cache=tmp_path) != rows
    assert len(list(tmp_path.glob("bertscore-*.jsonl"))) == 2


def test_a_half_written_line_of_the_memory_is_worked_out_again(tmp_path):
    rows = score_notes([Rouge()], ["a b", "c d"], ["a", "d c"], cache=tmp_path)
    (path,) = tmp_path.glob("rouge-*.jsonl")
    whole = path.read_text()
    path.write_text(whole[:-20])
    assert score_notes([Rouge()], ["a b", "c d"], ["a", "d c"], cache=tmp_path) == rows
    lines = [line for line in path.read_text().splitlines() if line]
    assert len(lines) == 3 and json.loads(lines[0]) == json.loads(whole.splitlines()[0]) and lines[2] == whole.splitlines()[1]


def test_the_encoder_is_named_or_refused_in_a_sentence(workspace, folder, tmp_path):
    with pytest.raises(BadInput, match="2 layers, so layer 3 is not one"):
        bert_model(workspace, str(folder), silent, layer=3)
    with pytest.raises(BadInput, match="no baseline for tiny-bert"):
        bert_model(workspace, str(folder), silent, rescale=True)
    with pytest.raises(BadInput, match="There is no model folder 'nowhere'"):
        bert_model(workspace, "nowhere", silent)
    with pytest.raises(BadInput, match="no model.safetensors"):
        bert_model(workspace, str(tmp_path), silent)
    with pytest.raises(Unavailable, match="could not be fetched"):
        bert_model(workspace, None, silent)


def test_rescaling_is_the_librarys(workspace, tmp_path):
    # A folder that carries the name of a published model takes that name's baseline and layer.
    folder = make_tiny_bert(tmp_path / "roberta-base", "roberta", 66)
    model = bert_model(workspace, str(folder), silent, rescale=True, layer=1)
    raw = bert_model(workspace, str(folder), silent, layer=1)
    (scaled,), (plain,) = (score_notes([BertScore(each)], REFERENCES[:1], PREDICTIONS[:1]) for each in (model, raw))
    # bert_score/rescale_baseline/en/roberta-base.tsv, row of layer 1, column F.
    zero = model.baseline[2]
    assert 0 < zero < 1 and scaled["bertscore_f1"] == pytest.approx((plain["bertscore_f1"] - zero) / (1 - zero))
    assert model.hash.endswith("-rescaled") and not raw.hash.endswith("-rescaled")


def test_the_layers_are_bert_scores_choice():
    from bert_score.utils import model2layers

    assert {name: model2layers[name] for name in LAYERS} == LAYERS


def test_deberta_is_known_by_its_short_name(workspace, monkeypatch, tmp_path):
    make_tiny_bert(tmp_path / "microsoft--deberta-xlarge-mnli", "deberta")
    monkeypatch.setenv("SCRIBELOOP_MODEL_DIR", str(tmp_path))
    short, full = (bert_model(workspace, f"{owner}deberta-xlarge-mnli", silent) for owner in ("", "microsoft/"))
    assert short.name == full.name == "microsoft/deberta-xlarge-mnli" and short.weights_sha256 == full.weights_sha256


_FAKE = """
import json, os
class BleurtScorer:
    def __init__(self, checkpoint):
        self.name = json.load(open(os.path.join(checkpoint, "bleurt_config.json")))["name"]
    def score(self, *, references, candidates, batch_size):
        print("INFO:tensorflow:Restoring", self.name)
        pairs = zip(references, candidates, strict=True)
        return [len(set(ours.split()) & set(theirs.split())) / len(ours.split()) for theirs, ours in pairs]
"""


def test_bleurt_is_run_in_a_python_of_its_own(monkeypatch, tmp_path):
    # In the place of Google's package one with its interface, whose score is the share of a note's words that the reference has.
    (tmp_path / "bleurt").mkdir()
    (tmp_path / "bleurt/__init__.py").write_text("")
    (tmp_path / "bleurt/score.py").write_text(_FAKE)
    for name, version in (("bleurt", "0.0.2"), ("tensorflow", "2.18.1")):
        told = tmp_path / f"{name}-{version}.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/bleurt_config.json").write_text('{"name": "tiny"}')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SCRIBELOOP_BLEURT_PYTHON", sys.executable)
    monkeypatch.setenv("SCRIBELOOP_BLEURT_CHECKPOINT", str(tmp_path / "tiny"))
    metric = Bleurt()
    assert metric.details() == {"checkpoint": "tiny", "bleurt": "0.0.2", "tensorflow": "2.18.1"}
    # Of four words three, of two none, and all of what stands in the reference, marks and line breaks included.
    pairs = ["Tired since \"May\".\nRest.", "Rest.", "Müde."], ["Tired since June. Rest.", "No fever.", "Müde."]
    rows = score_notes([metric], *pairs, cache=tmp_path / "scores")
    assert [row["bleurt"] for row in rows] == [0.75, 0, 1] and "bleurt" not in sys.modules
    (tmp_path / "tiny/bleurt_config.json").write_text("{}")
    with pytest.raises(Unavailable, match="KeyError: 'name'"):
        score_notes([metric], ["a"], ["b"])
    assert score_notes([metric], *pairs, cache=tmp_path / "scores") == rows, "known scores need no BLEURT"


def test_rouge_beside_another_metric_has_the_same_values_whatever_happens_to_its_process(workspace, folder, monkeypatch):
    references = [f"{text} Visit {number}." for number in range(10) for text in REFERENCES[:3] + ["Tired since May."]]
    predictions = [f"{text} Visit {number}.\nSeen." for number in range(10) for text in PREDICTIONS[:3] + ["Tired."]]
    alone = score_notes([Rouge()], references, predictions)
    metric = BertScore(bert_model(workspace, str(folder), silent))
    asked = []
    run = rouge.subprocess.run
    monkeypatch.setattr(rouge.subprocess, "run", lambda *words, **more: asked.append(1) or run(*words, **more))
    both = score_notes([Rouge(), metric], references, predictions)
    assert asked and [list(row) for row in both] == [[*ROUGE, *BERTSCORE, "bertscore_cut"]] * 40
    assert [{name: row[name] for name in ROUGE} for row in both] == alone
    monkeypatch.setattr(rouge.sys, "executable", "/bin/false")
    again = score_notes([Rouge(), metric], references, predictions)
    assert again == both


def test_long_scoring_says_how_far_it_is(monkeypatch):
    # As if every score took longer than the time between two words of progress; the last one needs none.
    monkeypatch.setattr("pipeline.metrics.scoring._EVERY", -1)
    said = []
    score_notes([Rouge()], ["a b", "c d", "e f"], ["a", "c", "e"], say=said.append)
    assert said == ["  rouge: 1 of 3 notes scored", "  rouge: 2 of 3 notes scored"]


def test_bleurt_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.delenv("SCRIBELOOP_BLEURT_PYTHON", raising=False)
    with pytest.raises(Unavailable, match="BLEURT is not installed here"):
        Bleurt()
    monkeypatch.setenv("SCRIBELOOP_BLEURT_PYTHON", "python3")
    with pytest.raises(Unavailable, match="BLEURT has no checkpoint"):
        Bleurt()
    (tmp_path / "bleurt_config.json").write_text("{}")
    monkeypatch.setenv("SCRIBELOOP_BLEURT_CHECKPOINT", str(tmp_path))
    with pytest.raises(Unavailable, match="No module named 'bleurt'"):
        Bleurt()
    monkeypatch.setenv("SCRIBELOOP_BLEURT_PYTHON", str(tmp_path / "no-python"))
    with pytest.raises(Unavailable, match="does not run"):
        Bleurt()
