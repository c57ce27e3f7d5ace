"""Merging: an adapter's weights folded into its base, checked against base plus adapter, saved as a model of its own.

The merged model is what leaves the house: the ONNX builds, the browser site and the engines that know no LoRA are made from
``models/<id>/``, a plain ``save_pretrained`` folder with ``model.json`` (recorded facts) and ``README.md`` (the card, from it).
"""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotations import BadInput, Model, Refused, Unavailable, now

from .front_matter import front_matter
from .models import resolve_model, weights_sha256
from .prompts import prompt_hash, prompt_ids
from .versions import versions
from .workspace import Workspace

Say = Callable[[str], None]

# Merging reorders float32 additions and changes nothing else: differences stay near 1e-5 of the logits' size. A wrong scale, a
# forgotten matrix or a lost tied weight moves logits by tenths, so 0.01 tells the two apart.
MAX_LOGIT_DIFFERENCE = 0.01
CHECK_TRANSCRIPTS = (
    "Doctor: What brings you in? Patient: I have been tired since March, and my levothyroxine ran out two weeks ago.",
    "Doctor: Any chest pain? Patient: No, none. My father had a heart attack at fifty. Doctor: Pressure is 138 over 84 today.",
    "Patient: The knee is, um, the left one, it swells after stairs. Doctor: Let us stop ibuprofen and start paracetamol 1 g.",
)


def merge_adapter(workspace: Workspace, model: Model, say: Say) -> Model:
    """The merged model of an adapter, made once: the same base and adapter give back the stored one.

    Raises Refused when the base is not the one that the adapter was trained on, or when the saved model's logits differ from
    those of base plus adapter; Damaged when weights on disk are not what was registered.
    """
    if model.kind != "adapter":
        raise BadInput(
            f"Model {model.id!r} is a {model.kind} model; expected an adapter: only an adapter has something to merge."
        )
    adapter, base = resolve_model(workspace, model.id, say)
    inputs = {
        "base": {"id": base.id, "sha256": base.weights_sha256},
        "adapter": {"id": adapter.id, "sha256": adapter.weights_sha256},
    }
    folder = workspace.models / f"{adapter.id}-merged"
    facts = _facts(folder)
    if facts and facts["inputs"] == inputs and weights_sha256(folder) == facts["weights_sha256"]:
        say(f"{folder.name} is there already, made from the same weights; reused.")
    else:
        facts = _make(folder, base, adapter, inputs, say)
    merged = Model(
        id=folder.name, name=f"{adapter.name}, merged", kind="merged", path=str(folder), weights_sha256=facts["weights_sha256"],
        base_id=base.id, base_sha256=base.weights_sha256, run_id=adapter.run_id, licence=adapter.licence or base.licence,
        meta={"adapter_id": adapter.id, "adapter_sha256": adapter.weights_sha256, "check": facts["check"]},
    )  # fmt: skip
    with workspace.store() as store:
        return store.ensure_model(merged)


def _facts(folder: Path) -> dict[str, Any] | None:
    path = folder / "model.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _make(folder: Path, base: Model, adapter: Model, inputs: dict[str, Any], say: Say) -> dict[str, Any]:
    """Merge beside the final place and move the folder there when the check has passed."""
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    building.chmod(0o755)
    try:
        say(f"Merging {adapter.id} into {base.id}")
        check = _merge_into(building, Path(base.path), Path(adapter.path))
        facts = {
            "id": folder.name, "kind": "merged", "made": now(), "status": "done", "inputs": inputs,
            "weights_sha256": weights_sha256(building), "dtype": "float32", "check": check, "prompt_hash": prompt_hash(),
            "licence": adapter.licence or base.licence, "base_name": base.name, "adapter_name": adapter.name,
            "run_id": adapter.run_id, "versions": versions("torch", "transformers", "peft"),
        }  # fmt: skip
        refuse_lossy(folder.name, check)
        (building / "model.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        (building / "README.md").write_text(card(facts), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(building, folder)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        raise Unavailable(f"Writing the merged model failed ({error.strerror}); free some space at {folder.parent}.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    say(f"Merged logits differ by at most {check['max_abs_difference']:.1e} from base plus adapter")
    return facts


def _merge_into(folder: Path, base: Path, adapter: Path) -> dict[str, Any]:
    """Write the merged model and tokenizer to ``folder``; the check compares what was saved, loaded again."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, local_files_only=True)
    model = PeftModel.from_pretrained(model, adapter).eval()
    prompts = [prompt_ids(tokenizer, transcript) for transcript in CHECK_TRANSCRIPTS]
    expected = [_logits(model, prompt) for prompt in prompts]
    with model.disable_adapter():
        untuned = [_logits(model, prompt) for prompt in prompts]
    try:
        model.merge_and_unload(safe_merge=True).save_pretrained(folder)
    except ValueError as error:
        # What safe_merge raises when a merged matrix is not finite.
        raise Refused(f"The adapter in {adapter} cannot be merged: {error} Train it again, perhaps slower.") from error
    # The template inside tokenizer_config.json, where transformers.js looks for it, and not in a file of its own.
    tokenizer.save_pretrained(folder, save_jinja_files=False)
    del model
    saved = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()
    return compare_logits(expected, [_logits(saved, prompt) for prompt in prompts], untuned)


def _logits(model: Any, ids: list[int]) -> Any:
    import torch

    with torch.inference_mode():
        return model(torch.tensor([ids], device=model.device)).logits[0].float()


def compare_logits(expected: list, found: list, untuned: list) -> dict[str, Any]:
    """How far ``found`` is from ``expected``, over every position of every prompt; ``adapter_moves`` is how far the adapter
    itself moved the base's logits, so that a check which compares a model with itself is seen for what it is."""
    largest = max(float((a - b).abs().max()) for a, b in zip(expected, found, strict=True))
    moved = max(float((a - b).abs().max()) for a, b in zip(expected, untuned, strict=True))
    agree = sum(int((a.argmax(-1) == b.argmax(-1)).sum()) for a, b in zip(expected, found, strict=True))
    positions = sum(len(a) for a in expected)
    return {
        "prompts": len(expected), "positions": positions, "max_abs_difference": largest, "limit": MAX_LOGIT_DIFFERENCE,
        "top1_agreement": agree / positions, "adapter_moves": moved,
    }  # fmt: skip


def refuse_lossy(id: str, check: dict[str, Any]) -> None:
    """Raise Refused, with the number, when a merge changed the logits by more than rounding does."""
    # Written so that a NaN is refused too.
    if not check["max_abs_difference"] <= MAX_LOGIT_DIFFERENCE:
        raise Refused(
            f"The merged model {id!r} differs from base plus adapter by {check['max_abs_difference']:.3g} in a logit "
            f"(at most {MAX_LOGIT_DIFFERENCE} is allowed); it was not kept. Does the adapter train embeddings or the head?"
        )


def card(facts: dict[str, Any]) -> str:
    """The model card, made from ``model.json`` and never typed."""
    check, inputs = facts["check"], facts["inputs"]
    built_with = "\nBuilt with Llama.\n" if (facts["licence"] or "").lower().startswith("llama") else ""
    head = front_matter({
        "license": "apache-2.0" if facts["licence"] == "Apache-2.0" else "other", "base_model": inputs["base"]["id"],
        "library_name": "transformers", "pipeline_tag": "text-generation",
    })  # fmt: skip
    return f"""{head}
# {facts["id"]}

Writes a SOAP note from the transcript of a visit. Made by merging the LoRA adapter `{inputs["adapter"]["id"]}`
into `{inputs["base"]["id"]}` ({facts["base_name"]}) with Scribeloop on {facts["made"]}.
{built_with}
Not a medical device; for invented or de-identified text. A clinician must read every note before it is used.

| fact | value |
|---|---|
| base weights | `{inputs["base"]["sha256"]}` |
| adapter weights | `{inputs["adapter"]["sha256"]}` |
| merged weights | `{facts["weights_sha256"]}` ({facts["dtype"]}) |
| licence | {facts["licence"] or "not recorded"} |
| training run | {facts["run_id"] or "not recorded"} |
| prompt | `{facts["prompt_hash"]}` |
| largest logit difference from base plus adapter | {check["max_abs_difference"]:.2e} over {check["positions"]} positions |
| same first choice | {check["top1_agreement"]:.2%} |
| how far the adapter moved the base's logits | {check["adapter_moves"]:.3g} |
| versions | {", ".join(f"{name} {number}" for name, number in facts["versions"].items())} |
"""
