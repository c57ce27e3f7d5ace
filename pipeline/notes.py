"""Writing notes and storing them: one encounter at a time as the studio does, or a split's worth as the command does."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from annotations import BadInput, Encounter, Model, NotFound, Output, Refused

from . import decoding
from .engines import Draft, Engine, Piece, Request, open_engine
from .models import resolve_model
from .prompts import prompt_hash
from .splits import covered
from .workspace import Workspace

Say = Callable[[str], None]
OnPiece = Callable[[Model, Piece], None]
Plan = list[tuple[Encounter, list[Model]]]
MAX_NEW_TOKENS = 512
# Seconds between two lines of progress within one encounter.
EVERY = 5.0


@dataclass
class Generated:
    """What ``generate`` did: the new outputs, how many notes were there already, and why an encounter got none."""

    outputs: list[Output] = field(default_factory=list)
    skipped: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def write_notes(
    workspace: Workspace,
    encounter: Encounter,
    models: list[Model],
    engine: Engine,
    max_new_tokens: int = MAX_NEW_TOKENS,
    long: str = "refuse",
    on_piece: OnPiece | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Output]:
    """One note per model, side by side, each stored as soon as it is finished; returns them in the order of ``models``.

    After ``cancelled`` answers True, what had been written is stored with the finish reason ``cancelled``; a note without a
    word is not stored.
    """
    stored: list[Output] = []
    for found in stream_notes(workspace, encounter, models, engine, max_new_tokens, long, cancelled):
        if isinstance(found, Output):
            stored.append(found)
        elif on_piece:
            on_piece(models[found.index], found)
    order = [model.id for model in models]
    return sorted(stored, key=lambda output: order.index(output.model_id))


def stream_notes(
    workspace: Workspace,
    encounter: Encounter,
    models: list[Model],
    engine: Engine,
    max_new_tokens: int = MAX_NEW_TOKENS,
    long: str = "refuse",
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Piece | Output]:
    """The same as a stream: pieces as they are written (``piece.index`` counts in ``models``), and each stored note at its end.

    Closing it stops the writing; unfinished notes are then not stored.
    """
    requests = [Request(model, encounter.transcript, max_new_tokens, long) for model in models]
    with closing(engine.stream(requests, cancelled)) as stream:
        for found in stream:
            if isinstance(found, Piece):
                yield found
            elif found.finish_reason != "cancelled" or found.token_ids:
                with workspace.store() as store:
                    output = store.add_output(_output(encounter, models[found.index], engine, found))
                yield output


def generate(
    workspace: Workspace,
    model_ids: Iterable[str],
    say: Say,
    split: str = "dev",
    encounter_ids: Iterable[str] = (),
    limit: int | None = None,
    max_new_tokens: int = MAX_NEW_TOKENS,
    long: str = "refuse",
    rerun: bool = False,
    final: bool = False,
) -> Generated:
    """Notes by every model for every encounter of ``split`` (or for those named), skipping the ones that are there already.

    A note is there when model, prompt, ``max_new_tokens`` and ``long`` are the same and it was not cancelled; so a run that was
    killed goes on where it was. An encounter that does not fit costs the others nothing: it is named in ``refused``, with why.
    """
    encounters = _chosen(workspace, split, list(encounter_ids), limit, final)
    resolved = [resolve_model(workspace, wanted, say) for wanted in dict.fromkeys(model_ids)]
    bases = {base.id: base for _, base in resolved}
    wanted = {**decoding.parameters(), "max_new_tokens": max_new_tokens, "long": long}
    work = {
        id: _missing(workspace, encounters, [model for model, base in resolved if base.id == id], {} if rerun else wanted)
        for id in bases
    }
    total = sum(len(models) for plan in work.values() for _, models in plan)
    result = Generated(skipped=len(encounters) * len(resolved) - total)
    progress = _Progress(say, total)
    for id, plan in work.items():
        if plan:
            _write_all(workspace, bases[id], plan, (max_new_tokens, long), progress, result)
    return result


def _write_all(
    workspace: Workspace, base: Model, plan: Plan, settings: tuple[int, str], progress: "_Progress", result: Generated
) -> None:
    progress.say(f"Loading {base.name}")
    engine = open_engine(base)
    try:
        for encounter, models in plan:
            progress.begin(encounter, models)
            try:
                new = write_notes(workspace, encounter, models, engine, *settings, on_piece=progress.piece)
            except BadInput as error:
                result.refused[encounter.id] = str(error)
                progress.say(f"{encounter.id} got no note: {error}")
            else:
                result.outputs += new
            progress.end(models)
    finally:
        engine.close()


def _chosen(workspace: Workspace, split: str, ids: list[str], limit: int | None, final: bool) -> list[Encounter]:
    with workspace.store() as store:
        found = [store.get_encounter(id) for id in ids] if ids else covered(store.list_encounters(), split)
    if any(encounter.split == "test" for encounter in found) and not final:
        raise Refused("The test split is held out for the finished system; to write notes for it all the same, add --final.")
    if not found:
        raise NotFound(f"There is no encounter in {split}; bring some in with: scribeloop transcripts import PATH")
    return found[:limit]


def _missing(workspace: Workspace, encounters: list[Encounter], models: list[Model], wanted: dict[str, Any]) -> Plan:
    """For each encounter the models that have not written its note with these parameters; all when ``wanted`` is empty."""
    with workspace.store() as store:
        outputs = [output for model in models for output in store.list_outputs(model_id=model.id)] if wanted else []
    there = {(output.encounter_id, output.model_id) for output in outputs if _same_way(output, wanted)}
    plan = [(encounter, [model for model in models if (encounter.id, model.id) not in there]) for encounter in encounters]
    return [(encounter, missing) for encounter, missing in plan if missing]


def _same_way(output: Output, wanted: dict[str, Any]) -> bool:
    same = all(output.parameters.get(key) == value for key, value in wanted.items())
    return same and output.prompt_hash == prompt_hash() and output.finish_reason != "cancelled"


def _output(encounter: Encounter, model: Model, engine: Engine, draft: Draft) -> Output:
    return Output(
        encounter_id=encounter.id, model_id=model.id, text=draft.text, engine=engine.name, prompt_hash=prompt_hash(),
        parameters=draft.parameters, seconds=draft.seconds, prompt_tokens=draft.prompt_tokens, tokens=len(draft.token_ids),
        finish_reason=draft.finish_reason, shortened_words=draft.shortened_words,
    )  # fmt: skip


class _Progress:
    """Says which encounter is being written, every few seconds how far each note is, and how long the rest will take."""

    def __init__(self, say: Say, total: int) -> None:
        self.say, self.total, self.finished = say, total, 0
        self.started = self.last = time.monotonic()
        self.tokens: dict[str, int] = {}

    def begin(self, encounter: Encounter, models: list[Model]) -> None:
        left = ""
        if self.finished:
            seconds = (time.monotonic() - self.started) / self.finished * (self.total - self.finished)
            left = f", {seconds:.0f} s left" if seconds < 120 else f", {seconds / 60:.0f} min left"
        self.tokens = {model.id: 0 for model in models}
        notes = f"note {self.finished + 1}" if len(models) == 1 else f"notes {self.finished + 1} to {self.finished + len(models)}"
        self.say(f"{encounter.title or encounter.external_id}: {notes} of {self.total}{left}")

    def piece(self, model: Model, piece: Piece) -> None:
        self.tokens[model.id] = piece.tokens
        if time.monotonic() - self.last >= EVERY:
            self.last = time.monotonic()
            self.say("  " + ", ".join(f"{name}: {count} tokens" for name, count in self.tokens.items()))

    def end(self, models: list[Model]) -> None:
        self.finished += len(models)
