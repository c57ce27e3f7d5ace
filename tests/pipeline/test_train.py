"""What training reads, refuses and learns, without starting a process."""

import dataclasses
import errno
import io
import json

import pytest

from annotations import BadInput, Encounter, Model, Refused, now
from exports.datasets import build_dataset
from pipeline.dataset_files import Row
from pipeline.prompts import prompt_hash
from pipeline.run_files import Run
from pipeline.train import checked_inputs, explain, row_limit
from pipeline.train_config import TrainConfig
from pipeline.train_rows import check_splits, describe, tokenize
from pipeline.weights import weights_sha256
from tests.invented import encounter


@pytest.fixture(scope="module")
def tokenizer(tiny_llama):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_llama)


def ready(workspace, tiny_llama, visits) -> Run:
    """A workspace with a dataset of ``visits`` and the tiny base, and a run as it is before its process starts."""
    with workspace.store() as store:
        store.add_encounters(visits)
        base = store.ensure_model(Model("tiny", "Tiny", "base", str(tiny_llama), weights_sha256(tiny_llama)))
    facts = build_dataset(workspace, "refs", "references")["files"]["train.jsonl"]
    return Run(
        id="run-1", name="tuned", dataset={"name": "refs", "sha256": facts["sha256"], "rows": facts["rows"]},
        base={"id": "tiny", "path": base.path, "sha256": base.weights_sha256}, config=dataclasses.asdict(TrainConfig()),
        command="scribeloop model train refs", created=now(), prompt_hash=prompt_hash(),
    )  # fmt: skip


def row_of(visit: Encounter) -> Row:
    return Row(visit.id, visit.transcript, visit.reference)


# Guards


def test_rows_that_are_not_known_to_be_train_are_refused(workspace):
    train, dev, test = encounter(1), encounter(2, "dev"), encounter(3, "test")
    with workspace.store() as store:
        store.add_encounters([train, dev, test])
        check_splits(store, (row_of(train),))
        for visit in (dev, test):
            with pytest.raises(Refused, match=f"{visit.id} is in the {visit.split} split"):
                check_splits(store, (row_of(train), row_of(visit)))
        # Many of them are counted, a few named, and what to do is said.
        many = tuple(map(row_of, (train, *map(encounter, range(4, 13)))))
        with pytest.raises(Refused, match=r"9 of its 10 encounters .* and 6 more\)\. Bring them in with .* FILE") as refused:
            check_splits(store, many)
        assert len(str(refused.value)) < 400
        # The words of a test encounter under a train encounter's id, in other case and punctuation.
        disguised = Row(train.id, test.transcript.upper().replace(",", " ;"), "note")
        with pytest.raises(Refused, match=f"transcript of {train.id} is also in the test split"):
            check_splits(store, (disguised,))


def test_a_row_that_does_not_fit_is_refused_by_name_and_none_is_cut(tokenizer):
    short, long = row_of(encounter(1)), row_of(encounter(2, reference="Fatigue. " * 400))
    with pytest.raises(BadInput, match=rf"1 of 2 rows.*{long.encounter_id} \(\d+ tokens\)"):
        tokenize(tokenizer, (short, long), 1000)
    rows = tokenize(tokenizer, (short, long), 100_000)
    assert tokenizer.decode(rows[1].note) == long.note.strip() + "<|im_end|>"
    # Exactly as long as allowed is allowed.
    assert tokenize(tokenizer, (short,), len(rows[0])) == rows[:1]


def test_the_limit_is_the_models_context_or_less(tiny_llama):
    base = Model("tiny", "Tiny", "base", str(tiny_llama), "0" * 64)
    assert row_limit(base, TrainConfig()) == 4096
    assert row_limit(base, TrainConfig(max_tokens=512)) == 512
    assert row_limit(base, TrainConfig(max_tokens=9999)) == 4096


def test_inputs_that_changed_since_the_start_are_refused(workspace, tiny_llama):
    run = ready(workspace, tiny_llama, [encounter(1), encounter(2)])
    data, base = checked_inputs(workspace, run)
    assert (len(data.rows), base.id) == (2, "tiny")
    for part, message in (("dataset", "is not the one that run"), ("base", "are not those that run")):
        changed = dataclasses.replace(run, **{part: getattr(run, part) | {"sha256": "0" * 64}})
        with pytest.raises(Refused, match=message):
            checked_inputs(workspace, changed)
    with pytest.raises(Refused, match="The prompt changed"):
        checked_inputs(workspace, dataclasses.replace(run, prompt_hash="0" * 64))
    path = workspace.datasets / "refs" / "train.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(Refused, match="changed after it was built"):
        checked_inputs(workspace, run)


def test_a_dataset_whose_encounter_became_a_test_transcript_is_refused(workspace, tiny_llama):
    visit = encounter(1)
    run = ready(workspace, tiny_llama, [visit, encounter(2)])
    # The same words are imported as a test encounter after the dataset was built.
    with workspace.store() as store:
        store.add_encounters([Encounter("elsewhere", "t-1", visit.transcript, "test")])
    with pytest.raises(Refused, match=f"{visit.id} is also in the test split"):
        checked_inputs(workspace, run)


# What is learnt


@pytest.fixture
def trainer(workspace, tiny_llama, tokenizer):
    from pipeline.trainer import Reporter, make_trainer

    rows = tokenize(tokenizer, (row_of(encounter(1)), row_of(encounter(2, reference="PLAN\n1. Rest."))), 4096)
    folder = workspace.runs / "run-1"
    folder.mkdir()
    reporter = Reporter(folder, lambda: False, lambda **changes: None, 100, 0)
    return make_trainer(TrainConfig(threads=1, dtype="float32"), folder / "checkpoints", tiny_llama, tokenizer, rows, reporter)


def batch(trainer, index: int) -> dict:
    return trainer.data_collator([trainer.train_dataset[index]])


@pytest.mark.parametrize("index", [0, 1])
def test_the_loss_is_the_notes_alone_and_the_prompts_logits_are_never_made(trainer, index):
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Widest(TorchDispatchMode):
        """The most rows that any tensor as wide as the vocabulary had, the embedding table apart."""

        rows = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            made = function(*args, **(kwargs or {}))
            for tensor in made if isinstance(made, tuple) else (made,):
                wide = isinstance(tensor, torch.Tensor) and tensor.shape[-1:] == (512,)
                if wide and tensor.untyped_storage().data_ptr() != table:
                    Widest.rows = max(Widest.rows, tensor.numel() // 512)
            return made

    model, inputs = trainer.model, batch(trainer, index)
    table = model.get_input_embeddings().weight.untyped_storage().data_ptr()
    labels = inputs["labels"][0]
    learnt = int((labels != -100).sum())
    with Widest():
        loss = trainer.compute_loss(model, inputs)
        loss.backward()
    assert Widest.rows == learnt + 1 < len(labels)
    # By hand, from the whole row's logits: the mean over the note of -log p(token | all before it).
    with torch.no_grad():
        log_p = model(input_ids=inputs["input_ids"]).logits[0].log_softmax(-1)
    note = range(len(labels) - learnt, len(labels))
    expected = -sum(float(log_p[place - 1, inputs["input_ids"][0, place]]) for place in note) / learnt
    assert float(loss.detach()) == pytest.approx(expected, rel=1e-5)


def test_a_checkpoint_of_several_processes_can_be_read_again(trainer):
    import torch

    kept = io.BytesIO()
    torch.save({"exp_avg": torch.arange(3.0)}, kept)
    kept.seek(0)
    # The device's name in a process that accelerate numbers.
    assert torch.load(kept, map_location=torch.device("cpu:0"))["exp_avg"].tolist() == [0.0, 1.0, 2.0]


def test_only_lora_matrices_are_trained(trainer):
    trained = [name for name, parameter in trainer.model.named_parameters() if parameter.requires_grad]
    # Two matrices for each of seven linear layers in two blocks; no embedding, no head.
    assert len(trained) == 2 * 7 * 2
    assert all(".lora_A." in name or ".lora_B." in name for name in trained)
    assert not any("embed" in name or "lm_head" in name for name in trained)


def test_gradients_are_the_same_with_gradient_checkpointing(workspace, tiny_llama, tokenizer, trainer):
    from pipeline.trainer import Reporter, make_trainer

    rows = tokenize(tokenizer, (row_of(encounter(1)),), 4096)
    reporter = Reporter(workspace.runs, lambda: False, lambda **changes: None, 100, 0)
    config = TrainConfig(threads=1, gradient_checkpointing=True, dtype="float32")
    other = make_trainer(config, workspace.runs / "checkpoints", tiny_llama, tokenizer, rows, reporter)
    other.model.gradient_checkpointing_enable()
    for each in (trainer, other):
        each.model.train()
        each.compute_loss(each.model, batch(each, 0)).backward()
    for (name, a), (_, b) in zip(trainer.model.named_parameters(), other.model.named_parameters(), strict=True):
        if a.requires_grad:
            assert (a.grad - b.grad).abs().max() < 1e-6, name


def test_a_loss_that_is_no_number_stops_training_with_advice(trainer):
    from pipeline.trainer import Diverged

    next(p for p in trainer.model.parameters() if p.requires_grad).data.fill_(float("nan"))
    with pytest.raises(Diverged, match="smaller --lr"):
        trainer.compute_loss(trainer.model, batch(trainer, 0))


def test_the_log_shows_what_is_learnt(tokenizer):
    rows = tokenize(tokenizer, (row_of(encounter(1)), row_of(encounter(2, reference="PLAN\n1. Rest."))), 4096)
    text = describe(tokenizer, rows)
    assert text.startswith(f"2 rows, {sum(len(row.prompt) for row in rows)} prompt tokens")
    assert "'PLAN\\n1. Rest.<|im_end|>'" in text
    assert "assistant\\n'" in text


# Settings and sentences


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (RuntimeError("[enforce fail at inline_container.cc] PytorchStreamWriter failed writing"), "The disk is full"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"), "Memory ran out"),
        (MemoryError(), "Memory ran out"),
        (Refused("The prompt changed."), "The prompt changed."),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
    ],
)
def test_what_ended_a_run_is_said_in_a_sentence(error, says):
    run = Run("run-1", "m", {}, {}, {}, "", now(), step=3, steps=9)
    assert says in explain(error, run)


def test_a_full_gpu_is_told_to_take_fewer_rows_together():
    error = RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    command = "scribeloop model train refs --base tiny"
    # Eight rows where the settings name none, but never more than a step has; half of that, and at least one.
    for config, fewer in (({"batch": 16}, 4), ({"batch": 4}, 2), ({"batch": 8, "rows_at_once": 2}, 1), ({"batch": 1}, 1)):
        said = explain(error, Run("run-1", "m", {}, {}, config, command, now(), step=3, steps=9))
        assert "GPU's memory ran out at step 3 of 9" in said and said.endswith(f"{command} --set rows_at_once={fewer}")


def test_a_safetensors_write_on_a_full_disk_is_known_for_what_it_is(tmp_path):
    resource = pytest.importorskip("resource")
    import torch
    from safetensors.torch import save_file

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        for write in (save_file, torch.save):
            with pytest.raises(Exception) as caught:
                write({"a": torch.zeros(10_000)}, tmp_path / "weights")
            assert "The disk is full" in explain(caught.value, Run("run-1", "m", {}, {}, {}, "", now()))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_the_tokens_of_a_row_are_the_prompt_then_the_note(tokenizer):
    (row,) = tokenize(tokenizer, (row_of(encounter(1)),), 4096)
    whole = tokenizer.decode([*row.prompt, *row.note])
    assert json.dumps(whole).count("<|im_start|>assistant\\nSUBJECTIVE") == 1
    assert whole.endswith("Repeat TSH.<|im_end|>")


def test_what_is_nearly_a_test_transcript_is_refused_too(workspace):
    words = [f"word{n}" for n in range(100)]
    test = Encounter("invented", "held-out", "Doctor: " + " ".join(words), "test")
    # Every 25th word changed: of the 93 runs of 8 words about a quarter is lost.
    changed = ["other" if n % 25 == 0 else word for n, word in enumerate(words)]
    near = Encounter("invented", "case-1", " ".join(changed), "train", "note")
    far = Encounter("invented", "case-2", " ".join(reversed(words)), "train", "note")
    with workspace.store() as store:
        store.add_encounters([test, near, far])
        check_splits(store, (row_of(far),))
        with pytest.raises(Refused, match=f"{near.id} is nearly the test encounter {test.id}"):
            check_splits(store, (row_of(far), row_of(near)))


def test_original_data_is_replayed_by_its_share_and_gives_way_to_corrections():
    from pipeline.dataset_files import DatasetFiles
    from pipeline.replay import drawn

    corrected = tuple(Row(f"e{n}", "t", "corrected") for n in range(6))
    old = DatasetFiles("old", None, {}, "0", tuple(Row(f"e{n}", "t", "old") for n in range(40)))
    config = TrainConfig(replay="old", replay_share=0.25)
    found = drawn(old, corrected, config)
    # 2 of 8 rows are a quarter; none is of an encounter that was corrected, and the seed decides which.
    assert len(found) == 2 and not {row.encounter_id for row in found} & {row.encounter_id for row in corrected}
    assert found == drawn(old, corrected, config) != drawn(old, corrected, dataclasses.replace(config, seed=1, replay_share=0.5))
    assert len(drawn(old, corrected, dataclasses.replace(config, replay_share=0.99))) == 34
    with pytest.raises(BadInput, match="Replay needs both"):
        TrainConfig(replay="old")


def test_rows_read_together_are_of_like_length_and_the_order_is_the_same_again():
    from pipeline.train_order import LengthOrder

    lengths = [(37 * n) % 500 for n in range(101)]
    order = LengthOrder(lengths, 4, seed=3)
    first = list(order)
    assert sorted(first) == list(range(101)) and first == list(order)
    spread = [max(lengths[i] for i in first[k : k + 4]) - min(lengths[i] for i in first[k : k + 4]) for k in range(0, 100, 4)]
    # Of 64 sorted lengths out of 500, four neighbours are about 500 * 3 / 64 = 23 apart; four drawn ones about 300.
    assert sum(spread) / len(spread) < 60
    order.set_epoch(1)
    assert list(order) != first


def test_preferring_corrections_moves_the_margin_of_pairs_that_were_not_learnt(workspace, tiny_llama, tokenizer):
    """The corrected notes say "since May" where the model's own say "for years"; so do the two pairs that are held out."""
    import torch

    from pipeline.trainer import Reporter, make_trainer

    def pair(n: int) -> Row:
        ends = ("1. Repeat TSH.", "1. Rest.")[n % 2]
        notes = (f"SUBJECTIVE\nFatigue {n} {when}.\nPLAN\n{ends}" for when in ("since May", "for years"))
        return Row(f"e{n}", encounter(n).transcript, *notes)

    rows = tokenize(tokenizer, tuple(pair(n) for n in range(8)), 4096, prefer=True)
    # One row has nothing to reject: it is learnt as before.
    alone = tokenize(tokenizer, (Row("e9", "t", "SUBJECTIVE\nFatigue since May."),), 4096, prefer=True)
    assert alone[0].rejected == ()
    config = TrainConfig(threads=1, objective="dpo", max_steps=20, lr=2e-3, warmup=0, dtype="float32")
    reporter = Reporter(workspace.runs, lambda: False, lambda **changes: None, 100, 0)
    trainer = make_trainer(config, workspace.runs / "checkpoints", tiny_llama, tokenizer, rows[:6] + alone, reporter)

    def margins() -> list[float]:
        trainer.model.eval()
        batches = [trainer.data_collator([_row(one)]) for one in rows[6:]]
        with torch.no_grad():
            return [float(trainer.margin(trainer.model, batch, batch["rejected"])) for batch in batches]

    assert margins() == [0.0, 0.0]
    trainer.train()
    assert min(margins()) > 1.0
    assert "margin" in json.loads((workspace.runs / "metrics.jsonl").read_text(encoding="utf-8").splitlines()[0])


def _row(row) -> dict:
    from pipeline.trainer import _dataset

    return _dataset([row])[0]


def test_each_epoch_tells_the_loss_on_visits_that_are_not_learnt(workspace, tiny_llama, tokenizer):
    from pipeline.trainer import Reporter, make_trainer

    rows = tokenize(tokenizer, tuple(row_of(encounter(n)) for n in range(4)), 4096)
    reporter = Reporter(workspace.runs, lambda: False, lambda **changes: None, 100, 0)
    config = TrainConfig(threads=1, epochs=2, lr=3e-3, sample_tokens=8, dtype="float32")
    trainer = make_trainer(config, workspace.runs / "checkpoints", tiny_llama, tokenizer, rows[:3], reporter, measured=rows[3:])
    trainer.train()
    told = [json.loads(line) for line in (workspace.runs / "eval.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in told] == [2, 4] and all(isinstance(line["sample"], str) for line in told)
    # What was measured last is the loss of the trained model on that row, by itself.
    trainer.model.eval()
    import torch

    with torch.no_grad():
        alone = float(trainer.compute_loss(trainer.model, trainer.data_collator([_row(rows[3])])))
    assert told[-1]["eval_loss"] == pytest.approx(alone, rel=1e-4) and told[1]["eval_loss"] < told[0]["eval_loss"]
    # Tokens that were only measured are not counted as learnt from.
    lines = [json.loads(line) for line in (workspace.runs / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines[-1]["tokens_seen"] == 2 * sum(len(row) for row in rows[:3])
