"""A tiny base that has learnt two notes, and an adapter that makes it recite a third: peaky, so that int4 changes no choice."""

from pathlib import Path

from annotations import Model
from tests.tiny import make_tiny_llama

TRANSCRIPT = "Doctor: Good morning. Patient: My thyroid tablets ran out."
OTHER = "Doctor: what brings you in today? Patient: I have been tired."
CORRECTED = (
    "SUBJECTIVE\nChief complaint: thyroid tablets ran out.\nOBJECTIVE\nPressure 130/70.\nASSESSMENT\n1. Hypothyroidism.\n"
    "PLAN\n1. Write the note."
)
# Together they hold every token of the correction: an adapter on this small frozen head cannot teach it a new one.
KNOWN = {
    TRANSCRIPT: "SUBJECTIVE\nChief complaint: fatigue.\nOBJECTIVE\nPressure 120/80.\nPLAN\n1. Write the note.",
    OTHER: CORRECTED.removesuffix(" Write the note."),
}


def make_tuned(workspace, folder: Path) -> Model:
    """Register the base and return its adapter, which writes CORRECTED for TRANSCRIPT."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from pipeline.models import register_adapter, resolve_base

    base_dir = make_tiny_llama(folder / "tiny-base")
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(base_dir)
    model = AutoModelForCausalLM.from_pretrained(base_dir, dtype=torch.float32)
    _teach(model, tokenizer, KNOWN)
    model.save_pretrained(base_dir)
    base = resolve_base(workspace, str(base_dir), print)
    lora = LoraConfig(r=16, lora_alpha=16, use_rslora=True, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(model, lora)
    _teach(model, tokenizer, {TRANSCRIPT: CORRECTED})
    model.save_pretrained(folder / "adapter")
    return register_adapter(workspace, folder / "adapter", base, "tuned")


def _teach(model, tokenizer, notes: dict[str, str]) -> None:
    import torch

    from pipeline.prompts import note_ids, prompt_ids

    optimizer = torch.optim.AdamW([weight for weight in model.parameters() if weight.requires_grad], lr=0.004)
    for _ in range(300):
        worst = 0.0
        for transcript, note in notes.items():
            prompt, answer = prompt_ids(tokenizer, transcript), note_ids(tokenizer, note)
            labels = [-100] * len(prompt) + answer
            loss = model(torch.tensor([prompt + answer]), labels=torch.tensor([labels])).loss
            loss.backward()
            worst = max(worst, loss.item())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if worst < 0.05:
            return
    raise AssertionError(f"the tiny model did not learn its notes (loss {worst:.2f})")
