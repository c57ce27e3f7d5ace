"""Parity: how close an ONNX build stays to the model that it was made from. No build is shipped unmeasured.

The model writes a note greedily for a few invented transcripts; each build then reads the same tokens one by one, with its KV
cache, as it will when it writes, and the next-token distributions are compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import Refused

from .decoding import choose
from .onnx import Variant, stop_ids
from .prompts import prompt_hash, prompt_ids

TOKENS = 32
# A build is refused beyond these.
# MAX_KL: mean Kullback-Leibler divergence in nats. MIN_AGREEMENT: the share of equal first choices, counted where the model's
# first choice leads its second by at least LEAD in probability; elsewhere rounding decides and a flip says nothing.
# Two builds of SmolLM2-135M, measured in November 2026: the mixed k_quant has 0.143 nats and agrees on 94%, plain rounding
# to nearest, which babbles, has 0.667 nats and 74%.
MAX_KL = 0.25
MIN_AGREEMENT = 0.85
LEAD = 0.1
# Held out: in no shipped encounter and in no training set.
TRANSCRIPTS = (
    "Doctor: Good morning, Mrs Adeyemi. How have the headaches been? Patient: Better. Two this week, not four. No vomiting. "
    "Doctor: Still on the propranolol? Patient: Forty milligrams, twice a day. Doctor: Pressure is 122 over 78. Let us stay.",
    "Doctor: You are here about the rash. Patient: Yes, um, on both elbows, since the summer. It itches. Doctor: Anyone in the "
    "family with psoriasis? Patient: My mother. Doctor: I see plaques with a silvery scale. We will start a steroid cream.",
    "Doctor: How is the sugar? Patient: One-ninety in the morning. I stopped the metformin, it hurt my stomach. Doctor: Any "
    "tingling in the feet? Patient: No. Doctor: Your A1c is 8.1. We try the slow-release form, five hundred with supper.",
)


def measure_parity(
    model_dir: Path, onnx_dir: Path, variants: Sequence[Variant], transcripts: Sequence[str] = TRANSCRIPTS
) -> dict[str, Any]:
    """One record per variant under ``variants``, with the limits and the model's own greedy ids.

    A variant that cannot run on this machine's CPU (a missing float16 kernel, say) gets the reason under ``unmeasured``.
    """
    reference = _Reference(model_dir)
    cases = [reference.case(transcript) for transcript in transcripts]
    return settings(transcripts) | {
        "reference_ids": [case.ids for case in cases],
        "variants": {variant.name: _measure(onnx_dir / variant.path, cases) for variant in variants},
    }


def settings(transcripts: Sequence[str] = TRANSCRIPTS) -> dict[str, Any]:
    """What a measurement depends on besides model and builds."""
    limits = {"max_kl": MAX_KL, "min_agreement": MIN_AGREEMENT, "lead": LEAD}
    return {"limits": limits, "tokens": TOKENS, "transcripts": list(transcripts), "prompt_hash": prompt_hash()}


def refuse_unfit(parity: dict) -> None:
    """Raise Refused, with the numbers, when a variant was not measured or lies beyond a limit."""
    reasons = [f"{name} {why}" for name, why in unfit(parity).items()]
    if reasons:
        raise Refused(
            f"The build does not match the model closely enough: {'; '.join(reasons)}. Leave the variant out with --variant, "
            "or accept it with --force."
        )


def unfit(parity: dict) -> dict[str, str]:
    """What keeps each variant that is not close enough from being shipped; empty when all are."""
    return {name: why for name, found in parity["variants"].items() if (why := _unfit(found))}


def _unfit(found: dict[str, Any]) -> str | None:
    if "unmeasured" in found:
        return f"could not be measured ({found['unmeasured']})"
    # Written so that a NaN is refused too.
    if not found["mean_kl"] <= MAX_KL:
        return f"has a mean divergence of {found['mean_kl']:.3f} nats (at most {MAX_KL})"
    if found["agreement"] is not None and not found["agreement"] >= MIN_AGREEMENT:
        return f"agrees on {found['agreement']:.0%} of the decided tokens (at least {MIN_AGREEMENT:.0%})"
    return None


@dataclass(frozen=True)
class _Case:
    """A prompt, what the model wrote greedily after it, and its logits at each of those steps."""

    prompt: list[int]
    ids: list[int]
    logits: Any


class _Reference:
    def __init__(self, model_dir: Path) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(model_dir, local_files_only=True)
        self.model = AutoModelForCausalLM.from_pretrained(model_dir, dtype=torch.float32, local_files_only=True).eval()
        self.stop = stop_ids(model_dir, self.tokenizer)

    def case(self, transcript: str) -> _Case:
        prompt = prompt_ids(self.tokenizer, transcript)
        ids, logits = greedy(self._steps(prompt), TOKENS, self.stop)
        return _Case(prompt, ids, logits)

    def _steps(self, prompt: list[int]) -> Iterator:
        import torch

        past, new = None, prompt
        while True:
            with torch.inference_mode():
                out = self.model(torch.tensor([new]), past_key_values=past, use_cache=True, logits_to_keep=1)
            past = out.past_key_values
            new = [(yield out.logits[0, -1].float().numpy())]


def greedy_reference(model_dir: Path, transcript: str, tokens: int = TOKENS) -> tuple[list[int], list[int]]:
    """Prompt ids and greedy ids of the model in ``model_dir``, in float32 on the CPU."""
    reference = _Reference(model_dir)
    prompt = prompt_ids(reference.tokenizer, transcript)
    return prompt, greedy(reference._steps(prompt), tokens, reference.stop)[0]


def greedy_onnx(graph: Path, prompt: list[int], stop: list[int], tokens: int = TOKENS) -> list[int]:
    """Greedy ids of one ONNX build on the CPU."""
    return greedy(onnx_steps(onnx_session(graph), prompt), tokens, stop)[0]


def greedy(steps: Iterator, tokens: int, stop: Sequence[int]) -> tuple[list[int], Any]:
    """Up to ``tokens`` choices by the decoding rule, a stop token included as the last, and the logits behind each."""
    import numpy as np

    ids, seen = [], [next(steps)]
    while True:
        ids.append(choose(seen[-1], ids))
        if len(ids) == tokens or ids[-1] in stop:
            return ids, np.stack(seen)
        seen.append(steps.send(ids[-1]))


def onnx_steps(session: Any, prompt: list[int]) -> Iterator:
    """A generator of last-token logits (float32): first for the prompt, then for each token id sent to it."""
    import numpy as np

    kinds = {"tensor(float16)": np.float16, "tensor(float)": np.float32}
    names = [output.name for output in session.get_outputs()]
    # batch, heads, past, head size: the repaired graph carries the two that are fixed.
    past = {
        entry.name: np.zeros((1, entry.shape[1], 0, entry.shape[3]), kinds[entry.type])
        for entry in session.get_inputs()
        if entry.name.startswith("past_key_values.")
    }
    new, length = prompt, 0
    while True:
        length += len(new)
        feed = {"input_ids": np.array([new], np.int64), "attention_mask": np.ones((1, length), np.int64)}
        out = dict(zip(names, session.run(None, feed | past), strict=True))
        past = {name.replace("present", "past_key_values"): value for name, value in out.items() if name != "logits"}
        new = [(yield out["logits"][0, -1].astype(np.float32))]


def onnx_session(graph: Path) -> Any:
    """One ONNX build, open on the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _measure(graph: Path, cases: Sequence[_Case]) -> dict[str, Any]:
    import numpy as np
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    try:
        session = onnx_session(graph)
        found = [_compare(session, case) for case in cases]
    except (failures.NotImplemented, failures.Fail, failures.InvalidGraph) as error:
        return {"unmeasured": f"onnxruntime on this CPU: {str(error).splitlines()[0][:200]}"}
    kl = np.concatenate([one["kl"] for one in found])
    same = np.concatenate([one["same"] for one in found])
    decided = np.concatenate([one["decided"] for one in found])
    return {
        "provider": "CPUExecutionProvider",
        "positions": int(kl.size),
        "mean_kl": float(kl.mean()),
        "max_kl": float(kl.max()),
        "top1_agreement": float(same.mean()),
        "decided_positions": int(decided.sum()),
        "agreement": float(same[decided].mean()) if decided.any() else None,
        # Per transcript: where the build, writing by itself, first leaves the model's note; None when it writes the same.
        "parts_at": [None if one["same"].all() else int(one["same"].argmin()) for one in found],
    }


def _compare(session: Any, case: _Case) -> dict[str, Any]:
    import numpy as np

    steps = onnx_steps(session, case.prompt)
    logits = np.stack([next(steps), *(steps.send(token) for token in case.ids[:-1])])
    expected, found = _log_softmax(case.logits), _log_softmax(logits)
    top = np.sort(np.exp(expected), axis=-1)
    return {
        "kl": (np.exp(expected) * (expected - found)).sum(-1),
        "same": expected.argmax(-1) == found.argmax(-1),
        "decided": top[:, -1] - top[:, -2] >= LEAD,
    }


def _log_softmax(logits: Any) -> Any:
    import numpy as np

    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
