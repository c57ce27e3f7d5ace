"""Splits: from names, from rows, from the caller, and the two halves of dev."""

import json

import pytest

from annotations import BadInput, Refused
from pipeline.splits import covered, dev_half, named_split
from pipeline.transcripts import read_encounters
from tests.pipeline.files import ACI, TALK, write


@pytest.mark.parametrize(
    "name, split",
    [
        ("train", "train"), ("MTS-Dialog-TrainingSet", "train"), ("valid", "dev"), ("MTS-Dialog-ValidationSet", "dev"),
        ("dev", "dev"), ("val_2", "dev"), ("test1", "test"), ("clinicalnlp_taskB_test1", "test"), ("TestSet-2", "test"),
        ("latest", None), ("attestation", None), ("visits", None), ("train_and_test", None), ("device", None), ("trainee", None),
    ],
)  # fmt: skip
def test_the_split_in_a_name(name, split):
    assert named_split(name) == split


def test_a_file_without_a_split_asks_for_one(tmp_path):
    path = write(tmp_path, "visits.csv", ACI + f"a,D1,{TALK},Note.\n")
    with pytest.raises(BadInput, match=r"visits\.csv does not say which split it is; add --split"):
        read_encounters(path)
    assert read_encounters(path, split="dev")[0].split == "dev"


def test_a_split_that_contradicts_the_file_is_refused(tmp_path):
    path = write(tmp_path, "test1.csv", ACI + f"a,D1,{TALK},Note.\n")
    with pytest.raises(Refused, match="names the split 'test', not 'train'"):
        read_encounters(path, split="train")
    rows = write(tmp_path, "visits.jsonl", '{"transcript": "Doctor: Hi.", "split": "valid", "id": 7}')
    with pytest.raises(Refused, match=r"Line 1 of visits\.jsonl \(id 7\) is of the split 'dev', not 'train'"):
        read_encounters(rows, split="train")


def test_dev_has_two_halves_that_follow_from_the_id(tmp_path):
    lines = "".join(json.dumps({"transcript": f"Doctor: {n}.", "id": n}) + "\n" for n in range(200))
    dev = read_encounters(write(tmp_path, "visits.jsonl", lines), split="dev")
    a, b = covered(dev, "dev-a"), covered(dev, "dev-b")
    assert len(a) + len(b) == len(covered(dev, "dev")) == 200
    assert not {one.id for one in a} & {one.id for one in b}
    # 200 fair coins: 72 heads or fewer, or 128 or more, come up once in about 10,000 times; the hash is fixed, so never.
    assert 72 < len(a) < 128
    # sha256("enc-000000000000") begins with 7 (printf enc-000000000000 | sha256sum), which is odd.
    assert dev_half("enc-000000000000") == "dev-b"
    with pytest.raises(BadInput, match="no split 'dev-c'"):
        covered(dev, "dev-c")
