"""Writing notes and storing them: one encounter's side by side as the studio does, or a split's worth as the command does."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from annotations import BadInput, Encounter, Model, NotFound, Output, Refused

from .endpoints import check_real, find_endpoint
from .engines import ENGINES, Draft, Engine, Piece, Request, StreamingEngine, Unfit, check_engine, decodes, engine_for
from .models import named, resolve_model
from .prompts import prompt_hash
from .splits import covered
from .workspace import Workspace

Say = Callable[[str], None]
Plan = list[tuple[Encounter, list[Model]]]
MAX_NEW_TOKENS = 512
# Seconds between two lines of progress within one batch.
EVERY = 5.0


@dataclass
class Generated:
    """What ``generate`` did: the new outputs, how many notes were there already, and why an encounter got none."""

    outputs: list[Output] = field(default_factory=list)
    skipped: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def stream_notes(
    workspace: Workspace,
    encounter: Encounter,
    models: list[Model],
    engine: StreamingEngine,
    max_new_tokens: int = MAX_NEW_TOKENS,
    long: str = "refuse",
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Piece | Output]:
    """One note per model, side by side: pieces as they are written (``piece.index`` counts in ``models``), and each note, stored,
    at its end.

    After ``cancelled`` answers True, what had been written is stored with the finish reason ``cancelled``; a note without a
    word is not stored. Closing the stream stops the writing; unfinished notes are then not stored.
    """
    requests = [Request(model, encounter.transcript, max_new_tokens, long) for model in models]
    with closing(engine.stream(requests, cancelled)) as stream:
        for found in stream:
            if isinstance(found, Piece):
                yield found
            elif found.finish_reason != "cancelled" or found.token_ids:
                yield _stored(workspace, encounter, models[found.index], engine, found)


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
    engine: str = "transformers",
    batch: int | None = None,
) -> Generated:
    """Notes by every model for every encounter of ``split`` (or for those named), skipping the ones that are there already.

    A note is there when model, prompt, engine, ``max_new_tokens`` and ``long`` are the same and it was not cancelled. Each is
    stored as soon as it is done, so a run that was killed goes on where it was. An encounter that does not fit costs the others
    nothing: it is named in ``refused``, with why. ``engine`` is one of ENGINES or an endpoint of the workspace that serves the
    model; ``batch`` is how many notes of each model are written at once (None: as many as the engine likes).

    Refused for real transcripts and an endpoint that may not read them.
    """
    check_engine(workspace, engine)
    encounters = _chosen(workspace, split, list(encounter_ids), limit, final)
    resolved = _resolved(workspace, list(dict.fromkeys(model_ids)), engine, encounters, long, say)
    together: dict[str, list[tuple[Model, Model]]] = {}
    for model, base in resolved:
        together.setdefault(base.id if engine == "transformers" else model.id, []).append((model, base))
    wanted = {**decodes(engine), "max_new_tokens": max_new_tokens, "long": long}
    work = {
        id: _missing(workspace, encounters, [model for model, _ in some], {} if rerun else wanted, engine)
        for id, some in together.items()
    }
    total = sum(len(models) for plan in work.values() for _, models in plan)
    result = Generated(skipped=len(encounters) * len(resolved) - total)
    progress = _Progress(say, total)
    for id, plan in work.items():
        if plan:
            say(f"Loading {together[id][0][1].name}" if engine in ENGINES else f"Asking {engine}")
            with closing(engine_for(workspace, engine, *together[id][0])) as opened:
                _write_all(workspace, opened, plan, (max_new_tokens, long, batch), progress, result)
    return result


def _resolved(
    workspace: Workspace, wanted: list[str], engine: str, encounters: list[Encounter], long: str, say: Say
) -> list[tuple[Model, Model]]:
    """Each model and its base. A server holds the weights itself: there the model need only be known, and it is one."""
    if engine in ENGINES:
        return [resolve_model(workspace, one, say) for one in wanted]
    endpoint = find_endpoint(workspace.home, engine)
    check_real(encounters, endpoint)
    if len(wanted) > 1:
        raise BadInput(f"Endpoint {engine!r} serves one model, {endpoint.model}; name the one --model that its notes are by.")
    if long != "refuse":
        raise BadInput(f"Endpoint {engine!r} counts its own tokens, so no transcript can be made to fit; leave --long out.")
    with workspace.store() as store:
        return [(model, model) for model in (store.get_model(named(workspace, one)) for one in wanted)]


def _write_all(
    workspace: Workspace, engine: Engine, plan: Plan, settings: tuple[int, str, int | None], progress: "_Progress",
    result: Generated,
) -> None:  # fmt: skip
    """Notes of like length together, since a batch takes as long as its longest; all models of an encounter in one go."""
    max_new_tokens, long, batch = settings
    at_once = batch or engine.at_once
    plan = sorted(plan, key=lambda one: len(one[0].transcript))
    for some in (plan[start : start + at_once] for start in range(0, len(plan), at_once)):
        notes = [(encounter, model) for encounter, models in some for model in models]
        progress.begin([encounter for encounter, _ in some], len(notes))
        for found in engine.write([Request(model, encounter.transcript, max_new_tokens, long) for encounter, model in notes]):
            encounter, model = notes[found.index]
            if isinstance(found, Draft):
                made = replace(found, parameters=found.parameters | {"batch": at_once})
                result.outputs.append(_stored(workspace, encounter, model, engine, made))
                progress.finished += 1
            elif isinstance(found, Unfit):
                result.refused[encounter.id] = found.why
                progress.finished += 1
                progress.say(f"{encounter.id} got no note: {found.why}")
            else:
                progress.piece(model, found)


def _chosen(workspace: Workspace, split: str, ids: list[str], limit: int | None, final: bool) -> list[Encounter]:
    with workspace.store() as store:
        found = [store.get_encounter(id) for id in ids] if ids else covered(store.list_encounters(), split)
    if any(encounter.split == "test" for encounter in found) and not final:
        raise Refused("The test split is held out for the finished system; to write notes for it all the same, add --final.")
    if not found:
        raise NotFound(f"There is no encounter in {split}; bring some in with: scribeloop transcripts import PATH")
    return found[:limit]


def _missing(
    workspace: Workspace, encounters: list[Encounter], models: list[Model], wanted: dict[str, Any], engine: str
) -> Plan:
    """For each encounter the models that have not written its note in this way; all when ``wanted`` is empty."""
    with workspace.store() as store:
        outputs = [output for model in models for output in store.list_outputs(model_id=model.id)] if wanted else []
    there = {(output.encounter_id, output.model_id) for output in outputs if _same_way(output, wanted, engine)}
    plan = [(encounter, [model for model in models if (encounter.id, model.id) not in there]) for encounter in encounters]
    return [(encounter, missing) for encounter, missing in plan if missing]


def _same_way(output: Output, wanted: dict[str, Any], engine: str) -> bool:
    same = output.engine == engine and all(output.parameters.get(key) == value for key, value in wanted.items())
    return same and output.prompt_hash == prompt_hash() and output.finish_reason != "cancelled"


def _stored(workspace: Workspace, encounter: Encounter, model: Model, engine: Engine, draft: Draft) -> Output:
    output = Output(
        encounter_id=encounter.id, model_id=model.id, text=draft.text, engine=engine.name, prompt_hash=prompt_hash(),
        parameters=draft.parameters, seconds=draft.seconds, prompt_tokens=draft.prompt_tokens, tokens=draft.written,
        finish_reason=draft.finish_reason, shortened_words=draft.shortened_words,
    )  # fmt: skip
    with workspace.store() as store:
        return store.add_output(output)


class _Progress:
    """Says which visits are being written, every few seconds how far the notes are, and how long the rest will take."""

    def __init__(self, say: Say, total: int) -> None:
        self.say, self.total, self.finished = say, total, 0
        self.started = self.last = time.monotonic()

    def begin(self, encounters: list[Encounter], notes: int) -> None:
        left = ""
        if self.finished:
            seconds = (time.monotonic() - self.started) / self.finished * (self.total - self.finished)
            left = f", {seconds:.0f} s left" if seconds < 120 else f", {seconds / 60:.0f} min left"
        first = encounters[0].title or encounters[0].external_id
        visits = first if len(encounters) == 1 else f"{first} and {len(encounters) - 1} more"
        numbers = f"note {self.finished + 1}" if notes == 1 else f"notes {self.finished + 1} to {self.finished + notes}"
        self.say(f"{visits}: {numbers} of {self.total}{left}")

    def piece(self, model: Model, piece: Piece) -> None:
        if time.monotonic() - self.last >= EVERY:
            self.last = time.monotonic()
            self.say(f"  {model.id}: {piece.tokens} tokens" if piece.tokens else f"  {model.id}: reading")
