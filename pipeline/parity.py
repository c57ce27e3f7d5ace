"""Parity: how close an ONNX build stays to the model that it was made from. No build is shipped unmeasured.

The model writes a note greedily for a few held-out visits. Each build reads the same tokens one by one, with its KV cache, as it
will when it writes, and the next-token distributions are compared; then it writes by itself, and the notes are compared.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .decoding import choose
from .degenerate import degenerate
from .held_out import TRANSCRIPTS
from .onnx import stop_ids
from .parity_limits import LIMITS
from .prompts import prompt_hash, prompt_ids

# Of each note; about 45 words, enough to show a loop.
TOKENS = 64


@dataclass(frozen=True)
class Case:
    """A prompt, what the model wrote greedily after it, and its logits at each of those steps."""

    prompt: list[int]
    ids: list[int]
    logits: Any


class Reference:
    """The model in ``model_dir``, in float32 on the CPU, and its notes for ``transcripts``, written when first asked for."""

    def __init__(self, model_dir: Path, transcripts: Sequence[str] = TRANSCRIPTS) -> None:
        self.model_dir, self.transcripts = model_dir, tuple(transcripts)

    @cached_property
    def tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self.model_dir, local_files_only=True)

    @cached_property
    def stop(self) -> list[int]:
        return stop_ids(self.model_dir, self.tokenizer)

    @cached_property
    def cases(self) -> list[Case]:
        return [self.case(transcript) for transcript in self.transcripts]

    @cached_property
    def degenerate(self) -> float:
        """The share of the model's own notes that are."""
        return share(degenerate(self.text(case.ids)) for case in self.cases)

    @cached_property
    def others(self) -> float:
        """How like the model's notes of different visits are: mean ROUGE-1 over all pairs. 0 when there is one visit only."""
        texts = [self.text(case.ids) for case in self.cases]
        pairs = list(itertools.permutations(texts, 2))
        return _likeness(pairs)["rouge1"] if pairs else 0.0

    def settings(self) -> dict[str, Any]:
        """What a measurement depends on besides model, build and limits."""
        return {"tokens": TOKENS, "transcripts": self.transcripts, "prompt_hash": prompt_hash()}

    def case(self, transcript: str, tokens: int = TOKENS) -> Case:
        prompt = prompt_ids(self.tokenizer, transcript)
        ids, logits = greedy(self._steps(prompt), tokens, self.stop)
        return Case(prompt, ids, logits)

    def text(self, ids: Sequence[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    @cached_property
    def _model(self) -> Any:
        import torch
        from transformers import AutoModelForCausalLM

        return AutoModelForCausalLM.from_pretrained(self.model_dir, dtype=torch.float32, local_files_only=True).eval()

    def _steps(self, prompt: list[int]) -> Iterator:
        import torch

        past, new = None, prompt
        while True:
            with torch.inference_mode():
                out = self._model(torch.tensor([new]), past_key_values=past, use_cache=True, logits_to_keep=1)
            past = out.past_key_values
            new = [(yield out.logits[0, -1].float().numpy())]


def share(answers: Iterator[bool]) -> float:
    """Of the yes among the answers; there is at least one."""
    said = list(answers)
    return sum(said) / len(said)


def greedy_reference(model_dir: Path, transcript: str, tokens: int) -> tuple[list[int], list[int]]:
    """Prompt ids and greedy ids of the model in ``model_dir``, in float32 on the CPU."""
    case = Reference(model_dir).case(transcript, tokens)
    return case.prompt, case.ids


def greedy_onnx(graph: Path, prompt: list[int], stop: list[int], tokens: int) -> list[int]:
    """Greedy ids of one ONNX build on the CPU."""
    return greedy(onnx_steps(_session(graph), prompt), tokens, stop)[0]


def logits_of(graph: Path, read: list[int], then: Sequence[int]) -> Any:
    """The logits (step, vocabulary) of one ONNX build on the CPU before each token of ``then``, or None when this CPU cannot run
    the build."""
    import numpy as np

    try:
        steps = onnx_steps(_session(graph), read)
        return np.stack([next(steps), *(steps.send(token) for token in then[:-1])])
    except _failures():
        return None


def greedy(steps: Iterator, tokens: int, stop: Sequence[int], begun: Sequence[int] = ()) -> tuple[list[int], Any]:
    """Up to ``tokens`` choices by the decoding rule, a stop token included as the last, and the logits behind each.

    ``begun`` are the note's first tokens, which ``steps`` have read already; the logits are those of what follows.
    """
    import numpy as np

    ids, seen = list(begun), [next(steps)]
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


def _session(graph: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _failures() -> tuple[type[Exception], ...]:
    """What onnxruntime raises for a build that this machine's CPU cannot run."""
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    return failures.NotImplemented, failures.Fail, failures.InvalidGraph


def measure(graph: Path, reference: Reference) -> dict[str, Any]:
    """What there is to say of one build; ``{"unmeasured": reason}`` when this machine's CPU cannot run it (a missing float16
    kernel, say). Shares and ROUGE are 0 to 1, divergences in nats."""
    import numpy as np

    try:
        session = _session(graph)
        found = [_compare(session, case, reference.stop) for case in reference.cases]
    except _failures() as error:
        return {"unmeasured": f"onnxruntime on this CPU: {str(error).splitlines()[0][:200]}"}
    kl = np.concatenate([one["kl"] for one in found])
    same = np.concatenate([one["same"] for one in found])
    decided = np.concatenate([one["decided"] for one in found])
    texts = [(reference.text(case.ids), reference.text(one["ids"])) for case, one in zip(reference.cases, found, strict=True)]
    return {
        "provider": "CPUExecutionProvider",
        "positions": int(kl.size),
        "mean_kl": float(kl.mean()),
        "max_kl": float(kl.max()),
        "top1_agreement": float(same.mean()),
        "decided_positions": int(decided.sum()),
        "agreement": float(same[decided].mean()) if decided.any() else None,
        **_likeness(texts),
        "degenerate": share(degenerate(written) for _, written in texts),
        "model_degenerate": reference.degenerate,
        "others_rouge1": reference.others,
        # Per visit: where the build's note first leaves the model's; None when it is the same.
        "parts_at": [one["parts_at"] for one in found],
    }


def _compare(session: Any, case: Case, stop: Sequence[int]) -> dict[str, Any]:
    import numpy as np

    steps = onnx_steps(session, case.prompt)
    logits = np.stack([next(steps), *(steps.send(token) for token in case.ids[:-1])])
    expected, found = _log_softmax(case.logits), _log_softmax(logits)
    top = np.sort(np.exp(expected), axis=-1)
    choices = [choose(logits[at], case.ids[:at]) for at in range(len(case.ids))]
    parts_at = next((at for at, pair in enumerate(zip(choices, case.ids, strict=True)) if pair[0] != pair[1]), None)
    return {
        "kl": (np.exp(expected) * (expected - found)).sum(-1),
        "same": expected.argmax(-1) == found.argmax(-1),
        "decided": top[:, -1] - top[:, -2] >= LIMITS.lead,
        "parts_at": parts_at,
        "ids": case.ids if parts_at is None else _go_on(session, case, [*case.ids[:parts_at], choices[parts_at]], stop),
    }


def _go_on(session: Any, case: Case, begun: list[int], stop: Sequence[int]) -> list[int]:
    """The build's own note, which is ``begun`` and whatever it writes after that."""
    if len(begun) == TOKENS or begun[-1] in stop:
        return begun
    return greedy(onnx_steps(session, [*case.prompt, *begun]), TOKENS, stop, begun)[0]


def _likeness(texts: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Mean ROUGE-1 and ROUGE-L of the builds' notes against the model's. Of a model's note without a word, which ROUGE cannot
    score, the build's is like it when it is the same."""
    from .metrics import rouge_scores

    scores = [
        rouge_scores([wanted], [written])[0]
        if re.search(r"[a-z0-9]", wanted.lower())
        else dict.fromkeys(("rouge1", "rougeL"), float(wanted == written))
        for wanted, written in texts
    ]
    return {name: sum(one[name] for one in scores) / len(scores) for name in ("rouge1", "rougeL")}


def _log_softmax(logits: Any) -> Any:
    import numpy as np

    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
