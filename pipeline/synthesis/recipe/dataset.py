"""What a run of the recipe says of itself in its dataset: who wrote it, how, and what it cost."""

import json
from typing import Any

from pipeline.endpoints import Spent, dollars
from pipeline.workspace import Workspace

from ..folder import Invented, Origin, write_set
from .run import Made, Run


def write_dataset(
    workspace: Workspace, name: str, run: Run, made: list[Made], spent: Spent, remarks: list[str], command: str
) -> dict[str, Any]:
    """Write ``datasets/<name>/`` (see ``write_set``) and return its manifest."""
    cost = {
        "answers": spent.answered, "prompt_tokens": spent.prompt_tokens, "tokens": spent.tokens, "usd": round(spent.usd, 6),
    }  # fmt: skip
    about = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    facts = {"run": about, "replaced": remarks, "spent": cost}
    origin = Origin(f"synth-{run.folder.name}", _story(run, spent, remarks), command, facts)
    return write_set(workspace, name, [_invented(run, one) for one in made], origin, run.settings.count)


def _invented(run: Run, one: Made) -> Invented:
    scores = {"transcript": one.written.transcript_scores, "note": one.written.note_scores}
    meta = {"scores": scores, "written_by": run.endpoint.model}
    return Invented(one.case, one.scenario, one.written.transcript, one.written.note, meta)


def _story(run: Run, spent: Spent, remarks: list[str]) -> str:
    settings = run.settings
    return (
        f"They were written by the model `{run.endpoint.model}` at {run.endpoint.host}; what its licence asks of texts that it "
        f"wrote applies. Each was planned, written, criticised and revised (at most {settings.rounds} rounds, passing score "
        f"{settings.pass_score} of 5), and its note likewise against the transcript. Replaced on the way: {len(remarks)}. Cost: "
        f"{spent.answered:,} answers, {spent.prompt_tokens:,} tokens read and {spent.tokens:,} written, "
        f"{dollars(spent.usd)}."
    )
