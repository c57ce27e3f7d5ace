"""Hints on the notes that a model has stored."""

from dataclasses import asdict
from typing import Any

from annotations import NotFound, Output, one_of
from pipeline.prompts import prompt_hash
from pipeline.splits import covered
from pipeline.workspace import Workspace

from .rates import count_hints, hint_rates

# Not the test split: what is seen there would be tuned to.
SPLITS = ("train", "dev", "dev-a", "dev-b")


def hints_for_model(workspace: Workspace, model_id: str, split: str = "dev-a", source: str | None = None) -> dict[str, Any]:
    """The hints on the latest finished note of ``model_id`` for each encounter of ``split``, as ``hint_rates`` counts them, with
    ``cases``: id of encounter and output, words, and hints by kind."""
    one_of(split, SPLITS, "The split to give hints on")
    with workspace.store() as store:
        store.get_model(model_id)
        transcripts = {encounter.id: encounter.transcript for encounter in covered(store.list_encounters(source=source), split)}
        latest = _latest(store.list_outputs(model_id=model_id), set(transcripts))
    if not latest:
        raise NotFound(
            f"There is no note by {model_id} for an encounter of {split}; write some with scribeloop notes generate --model "
            f"{model_id} --split {'dev' if split.startswith('dev') else split}."
        )
    counted = count_hints((id, transcripts[id], output.text) for id, output in latest.items())
    cases = [{"output": latest[note.id].id, **asdict(note)} for note in counted]
    return {"model": model_id, "split": split, "source": source, **hint_rates(counted), "cases": cases}


def _latest(outputs: list[Output], wanted: set[str]) -> dict[str, Output]:
    prompt = prompt_hash()
    return {
        output.encounter_id: output
        for output in outputs
        if output.encounter_id in wanted and output.prompt_hash == prompt and output.finish_reason != "cancelled"
    }
