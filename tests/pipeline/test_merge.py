"""Merging: what is saved equals base plus adapter, and a wrong base, changed weights or a lossy merge is refused."""

import json
from pathlib import Path

import pytest

from annotations import BadInput, Damaged, Model, Refused
from pipeline.merge import compare_logits, merge_adapter, refuse_lossy
from pipeline.models import register_adapter, resolve_base


def make_adapter(base_dir, folder):
    """A LoRA adapter with random weights, which moves every logit."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_pretrained(base_dir, dtype=torch.float32)
    lora = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    model = get_peft_model(model, lora)
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def base(workspace, tmp_path):
    from tests.tiny import make_tiny_llama

    return resolve_base(workspace, str(make_tiny_llama(tmp_path / "base")), print)


@pytest.fixture
def adapter(workspace, base, tmp_path):
    return register_adapter(workspace, make_adapter(base.path, tmp_path / "adapter"), base, "round1")


def test_merged_model_equals_base_plus_adapter_and_says_what_it_was_made_from(workspace, base, adapter):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    merged = merge_adapter(workspace, adapter, print)
    assert (merged.id, merged.kind) == ("round1-merged", "merged")
    assert (merged.base_id, merged.base_sha256) == (base.id, base.weights_sha256)
    with workspace.store() as store:
        assert store.get_model("round1-merged") == merged

    ids = torch.arange(3, 40)[None]
    with torch.inference_mode():
        tuned = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base.path, dtype=torch.float32), adapter.path)
        expected = tuned(ids).logits
        found = AutoModelForCausalLM.from_pretrained(merged.path, dtype=torch.float32)(ids).logits
        untouched = AutoModelForCausalLM.from_pretrained(base.path, dtype=torch.float32)(ids).logits
    assert torch.allclose(found, expected, atol=1e-4)
    assert (untouched - expected).abs().max() > 0.1

    facts = json.loads((Path(merged.path) / "model.json").read_text())
    assert facts["inputs"]["adapter"] == {"id": "round1", "sha256": adapter.weights_sha256}
    assert facts["check"]["max_abs_difference"] < 1e-4 < 0.1 < facts["check"]["adapter_moves"]
    assert facts["check"]["top1_agreement"] == 1.0
    card = (Path(merged.path) / "README.md").read_text()
    assert adapter.weights_sha256 in card and merged.weights_sha256 in card and "Not a medical device" in card
    # transformers.js looks for the template here and nowhere else.
    settings = json.loads((Path(merged.path) / "tokenizer_config.json").read_text())
    assert "<|im_start|>" in settings["chat_template"] and not (Path(merged.path) / "chat_template.jinja").exists()


def test_merging_again_keeps_what_is_there_and_rebuilds_what_was_damaged(workspace, adapter):
    merged = merge_adapter(workspace, adapter, print)
    weights = Path(merged.path) / "model.safetensors"
    first = weights.stat().st_mtime_ns
    said = []
    assert merge_adapter(workspace, adapter, said.append) == merged
    assert weights.stat().st_mtime_ns == first and "reused" in said[0]

    damaged = bytearray(weights.read_bytes())
    damaged[-1] ^= 0xFF
    weights.write_bytes(damaged)
    assert merge_adapter(workspace, adapter, print) == merged
    assert weights.read_bytes() != damaged


def test_an_adapter_of_another_base_is_refused(workspace, base, adapter, tmp_path):
    stranger = Model(
        "stranger", "stranger", "adapter", adapter.path, adapter.weights_sha256, base_id=base.id, base_sha256="0" * 64
    )
    with workspace.store() as store:
        store.ensure_model(stranger)
    with pytest.raises(Refused, match=r"trained on a base.*000000000000"):
        merge_adapter(workspace, stranger, print)
    assert list(workspace.models.iterdir()) == []


def test_weights_that_changed_since_they_were_registered_are_refused(workspace, adapter):
    weights = Path(adapter.path) / "adapter_model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 0xFF
    weights.write_bytes(changed)
    with pytest.raises(Damaged, match="round1"):
        merge_adapter(workspace, adapter, print)


def test_a_base_model_has_nothing_to_merge(workspace, base):
    with pytest.raises(BadInput, match="expected an adapter"):
        merge_adapter(workspace, base, print)


def test_an_adapter_with_broken_numbers_is_refused_and_leaves_nothing(workspace, base, tmp_path):
    import torch
    from safetensors.torch import load_file, save_file

    folder = make_adapter(base.path, tmp_path / "broken")
    tensors = load_file(folder / "adapter_model.safetensors")
    tensors[min(tensors)].fill_(float("nan"))
    save_file(tensors, folder / "adapter_model.safetensors", {"format": "pt"})
    assert torch.isnan(tensors[min(tensors)]).all()
    with pytest.raises(Refused, match="cannot be merged"):
        merge_adapter(workspace, register_adapter(workspace, folder, base, "broken"), print)
    assert list(workspace.models.iterdir()) == []


@pytest.mark.parametrize(("shift", "fits"), [(0.0, True), (0.005, True), (0.02, False), (float("nan"), False)])
def test_the_check_tells_rounding_from_loss(shift, fits):
    import torch

    logits = torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    check = compare_logits([logits], [logits + torch.tensor([0.0, shift, 0.0])], [logits * 2])
    assert check["adapter_moves"] == 3.0 and check["positions"] == 2
    if fits:
        # Sums near 2 carry a rounding of 2**-23 * 2.
        assert check["max_abs_difference"] == pytest.approx(shift, abs=1e-6)
        refuse_lossy("m", check)
    else:
        with pytest.raises(Refused, match="differs from base plus adapter"):
            refuse_lossy("m", check)
