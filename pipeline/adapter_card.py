"""The card of an adapter, made from its run's record."""

from .front_matter import front_matter
from .run_files import Run


def card(run: Run, sha256: str) -> str:
    """The adapter's card, made from ``run.json`` and never typed."""
    loss = "not measured" if run.loss is None else f"{run.loss:.4f}"
    head = front_matter({"base_model": run.base["id"], "library_name": "peft", "pipeline_tag": "text-generation"})
    return f"""{head}
# {run.name}

A LoRA adapter of `{run.base["id"]}` that writes a SOAP note from the transcript of a visit. Trained with Scribeloop.

Not a medical device; for invented or de-identified text. A clinician must read every note before it is used.

| fact | value |
|---|---|
| run | {run.id}, started {run.created} |
| command | `{run.command}` |
| dataset | {run.dataset["name"]}, {run.dataset["rows"]} rows, `{run.dataset["sha256"]}` |
| base weights | `{run.base["sha256"]}` |
| adapter weights | `{sha256}` |
| prompt | `{run.prompt_hash}` |
| steps, tokens, last loss | {run.step}, {run.tokens_seen}, {loss} |
| settings | {", ".join(f"{name} {value}" for name, value in run.config.items())} |
| versions | {", ".join(f"{name} {number}" for name, number in run.versions.items())} |
"""
