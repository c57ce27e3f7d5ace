"""What a model still knows besides notes: its loss on a few short texts of everyday kinds that ship with the project."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotations import Model

from .models import resolve_base
from .workspace import Workspace

Say = Callable[[str], None]
TEXTS = Path(__file__).with_name("general.txt")


def general_texts() -> list[str]:
    """The shipped texts, which were invented for this; a blank line parts them."""
    return [text.strip() for text in TEXTS.read_text(encoding="utf-8").split("\n\n") if text.strip()]


def general_losses(workspace: Workspace, candidate: Model, against: Model, say: Say) -> dict[str, float]:
    """``{"base", "against", "candidate", "texts"}``: mean loss in nats per token over all shipped texts."""
    base = resolve_base(workspace, candidate.base_id, say)
    say("Reading the general texts")
    losses = _losses(base, [model for model in (candidate, against) if model.kind == "adapter"])
    return {
        "base": losses[base.id], "against": losses.get(against.id, losses[base.id]), "candidate": losses[candidate.id],
        "texts": float(len(general_texts())),
    }  # fmt: skip


def _losses(base: Model, adapters: list[Model]) -> dict[str, float]:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from .quiet import quiet_transformers
    from .tokenizer import load_tokenizer

    tokenizer = load_tokenizer(base.path)
    with quiet_transformers():
        model = AutoModelForCausalLM.from_pretrained(base.path, dtype=torch.float32, local_files_only=True).eval()
    texts = [torch.tensor([tokenizer(text, add_special_tokens=False)["input_ids"]]) for text in general_texts()]
    found = {base.id: mean_loss(model, texts)}
    for adapter in adapters:
        tuned = PeftModel.from_pretrained(model, adapter.path).eval()
        found[adapter.id] = mean_loss(tuned, texts)
        model = tuned.unload()
    return found


def mean_loss(model: Any, texts: list[Any]) -> float:
    """Nats per token over all tokens but each text's first, which nothing predicts."""
    import torch

    total, count = 0.0, 0
    with torch.inference_mode():
        for ids in texts:
            log_p = model(ids).logits[0, :-1].float().log_softmax(-1)
            total -= float(log_p.gather(1, ids[0, 1:, None]).sum())
            count += ids.shape[1] - 1
    return total / count
