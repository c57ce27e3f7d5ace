"""What ``make_lean`` changes is how a tiny Llama gets to its loss and gradients, not what they are."""

import copy

import pytest

from tests.tiny import make_tiny_llama


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A tiny Llama in bfloat16 with an adapter whose B is not zero, as in the middle of a training."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(5)
    base = AutoModelForCausalLM.from_pretrained(make_tiny_llama(tmp_path_factory.mktemp("lean") / "base"), dtype=torch.bfloat16)
    lora = LoraConfig(r=8, lora_alpha=16, use_rslora=True, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(base, lora)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    return model


def learnt(model, ids):
    """The loss, and the gradient of every part of the adapter."""
    import torch

    model.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        loss = model(input_ids=ids, labels=ids).loss
    loss.backward()
    return loss.item(), {name: one.grad.clone() for name, one in model.named_parameters() if one.requires_grad}


def test_loss_and_gradients_are_those_of_the_library(model):
    import torch

    from pipeline.lean_layers import Folded, make_lean

    lean = copy.deepcopy(model)
    make_lean(lean)
    changed = [module for module in lean.modules() if getattr(module, "lora_variant", None)]
    assert len(changed) == 14 and isinstance(changed[0].lora_variant["default"], Folded)
    assert sum(module.forward.__class__.__name__ == "partial" for module in lean.modules()) == 5, "two norms a layer and the last"
    ids = torch.randint(3, 200, (2, 40), generator=torch.Generator().manual_seed(1))
    (plain, wanted), (loss, found) = learnt(model, ids), learnt(lean, ids)
    assert abs(loss / plain - 1) < 1e-3
    assert len(found) == 28 and found.keys() == wanted.keys()
    for name, gradient in wanted.items():
        assert torch.nn.functional.cosine_similarity(found[name].flatten(), gradient.flatten(), dim=0) > 0.995, name
        assert abs(found[name].norm() / gradient.norm() - 1) < 0.02, name


def test_a_norm_is_the_librarys_in_float32():
    import torch
    from transformers.models.llama.modeling_llama import LlamaRMSNorm

    from pipeline.lean_layers import Norm

    torch.manual_seed(2)
    norm = LlamaRMSNorm(48, 1e-5)
    norm.weight = torch.nn.Parameter(torch.rand(48) + 0.5, requires_grad=False)
    x, gradient = (3 * torch.randn(2, 7, 48)).requires_grad_(), torch.randn(2, 7, 48)
    norm(x).backward(gradient)
    wanted, x.grad = x.grad.clone(), None
    made = Norm.apply(x, norm.weight, 1e-5)
    made.backward(gradient)
    assert torch.allclose(made, norm(x), atol=1e-6) and torch.allclose(x.grad, wanted, atol=1e-6)


def test_a_norm_that_learns_is_left_as_it_is(model):
    from pipeline.lean_layers import make_lean

    learning = copy.deepcopy(model)
    for name, parameter in learning.named_parameters():
        if "norm" in name:
            parameter.requires_grad = True
    make_lean(learning)
    assert not any(module.forward.__class__.__name__ == "partial" for module in learning.modules())
