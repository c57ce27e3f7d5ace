"""Which notes of a model count in an evaluation, and writing those that are missing."""

from collections.abc import Sequence

from annotations import Encounter, Output, Store

from .notes import MAX_NEW_TOKENS, Generated, Say, generate
from .prompts import prompt_hash
from .splits import covered
from .workspace import Workspace


def latest_notes(store: Store, model_id: str, encounters: Sequence[Encounter]) -> dict[str, Output]:
    """The latest output per encounter that was made with the present prompt and not cancelled."""
    wanted, prompt = {encounter.id for encounter in encounters}, prompt_hash()
    outputs = store.list_outputs(model_id=model_id)
    return {
        output.encounter_id: output
        for output in outputs
        if output.encounter_id in wanted and output.prompt_hash == prompt and output.finish_reason != "cancelled"
    }


def write_missing(
    workspace: Workspace,
    models: Sequence[str],
    say: Say,
    split: str,
    final: bool = False,
    limit: int | None = None,
    source: str | None = None,
    max_new_tokens: int | None = None,
    long: str = "refuse",
    engine: str = "transformers",
    batch: int | None = None,
) -> list[Generated]:
    """Write each model's missing notes for the encounters of ``split`` that have a reference; what is stored stays, so a run that
    was stopped goes on where it was.

    Without ``max_new_tokens`` a model goes on as it wrote its latest note there, so that its notes can be compared.
    """
    with workspace.store() as store:
        encounters = [each for each in covered(store.list_encounters(source=source), split) if each.reference][:limit]
        work: dict[tuple, list[str]] = {}
        for model in models:
            notes = latest_notes(store, model, encounters)
            missing = tuple(encounter.id for encounter in encounters if encounter.id not in notes)
            if missing:
                work.setdefault((missing, max_new_tokens or _limit(list(notes.values()))), []).append(model)
    return [
        generate(
            workspace, together, say, split, ids, max_new_tokens=most, long=long, final=final, engine=engine, batch=batch
        )
        for (ids, most), together in work.items()
    ]


def _limit(notes: list[Output]) -> int:
    return notes[-1].parameters.get("max_new_tokens", MAX_NEW_TOKENS) if notes else MAX_NEW_TOKENS
