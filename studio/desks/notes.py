"""Writing two notes for one encounter, blind, while the page looks on; the writing goes on when the page is closed."""

import random
import threading
from dataclasses import dataclass, field

from annotations import BadInput, Encounter, Model, ScribeloopError, sha256
from pipeline.engines import Engine
from pipeline.workspace import Workspace


@dataclass
class Job:
    """One writing of notes: what the page shows of it. ``order`` puts the models on sides by chance, so that watching tells
    nothing; ``pieces`` are by side, each with the number of tokens up to its end."""

    encounter_id: str
    order: list[int]
    pieces: tuple[list[tuple[int, str]], list[tuple[int, str]]] = field(default_factory=lambda: ([], []))
    status: str = "loading"
    said: str = "Loading the model. The first time takes half a minute."
    stop: bool = False

    @property
    def running(self) -> bool:
        return self.status in ("loading", "writing")

    def shown(self, side: int) -> tuple[str, int]:
        """Text and tokens of a side. Until both notes are done they appear at one pace, the slower one's: neither a model's speed
        nor that it ended early tells them apart."""
        written = [pieces[-1][0] if pieces else 0 for pieces in self.pieces]
        level = written[side] if self.status == "done" else min(written)
        seen = [(tokens, text) for tokens, text in self.pieces[side] if tokens <= level]
        return "".join(text for _, text in seen), seen[-1][0] if seen else 0


class NotesDesk:
    """Holds one engine (one resident set of base weights) and writes one job at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._engine: tuple[str, Engine] | None = None
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def encounter(self, encounter_id: str) -> Encounter:
        with self.workspace.store() as store:
            return store.get_encounter(encounter_id)

    def add_transcript(self, title: str, text: str, split: str) -> str:
        """Store a pasted transcript as a real encounter, and give its id."""
        encounter = Encounter("studio", f"pasted-{sha256(text.strip())[:12]}", text.strip(), split, title=title.strip() or None)
        with self.workspace.store() as store:
            store.add_encounters([encounter])
        return encounter.id

    def models(self) -> list[tuple[str, str]]:
        """Name and id of every base model and adapter; the default pair first."""
        with self.workspace.store() as store:
            return [(m.name, m.id) for m in store.list_models() if m.kind in ("base", "adapter")]

    def default_pair(self) -> list[str]:
        """The newest adapter and its base; what there is when there is no adapter."""
        with self.workspace.store() as store:
            adapters = store.list_models("adapter")
            if adapters:
                return [adapters[-1].base_id, adapters[-1].id]
            return [model.id for model in store.list_models("base")][:2]

    def job(self, encounter_id: str) -> Job | None:
        return self._jobs.get(encounter_id)

    def start(self, encounter_id: str, model_ids: list[str], max_new_tokens: int, long: str) -> Job:
        """Begin to write in a thread of its own; BadInput when other notes are being written, or not two models are named."""
        if len(set(model_ids)) != 2:
            raise BadInput("Two different models write for a comparison; choose a base model and a tuned one.")
        with self._lock:
            busy = next((job for job in self._jobs.values() if job.running), None)
            if busy:
                if busy.encounter_id == encounter_id:
                    return busy
                raise BadInput("Notes for another encounter are being written; wait until they are done, or stop them there.")
            job = self._jobs[encounter_id] = Job(encounter_id, random.sample([0, 1], 2))
        threading.Thread(target=self._write, args=(job, model_ids, max_new_tokens, long), daemon=True).start()
        return job

    def cancel(self, encounter_id: str) -> None:
        job = self._jobs.get(encounter_id)
        if job:
            job.stop = True

    def _write(self, job: Job, model_ids: list[str], max_new_tokens: int, long: str) -> None:
        from pipeline.engines import Piece
        from pipeline.models import resolve_model
        from pipeline.notes import stream_notes

        def say(text: str) -> None:
            job.said = text

        try:
            resolved = [resolve_model(self.workspace, id, say) for id in model_ids]
            engine = self._engine_for(resolved[0][1])
            models = [model for model, _ in resolved]
            job.status, job.said = "writing", "Reading the transcript."
            stream = stream_notes(self.workspace, self.encounter(job.encounter_id), models, engine, max_new_tokens, long)
            for piece in stream:
                if job.stop:
                    stream.close()
                    job.status, job.said = "stopped", "Stopped; unfinished notes were not stored. Write them again when you like."
                    return
                if isinstance(piece, Piece) and piece.tokens:
                    job.said = "Writing both notes."
                    job.pieces[job.order[piece.index]].append((piece.tokens, piece.text))
            job.status, job.said = "done", "Both notes are stored."
        except ScribeloopError as error:
            job.status, job.said = "failed", str(error)
        except Exception as error:
            job.status, job.said = "failed", f"The notes could not be written ({type(error).__name__}); the terminal says more."
            raise

    def _engine_for(self, base: Model) -> Engine:
        """The engine that holds ``base``; another base's weights are given back first."""
        from pipeline.engines import open_engine

        if self._engine and self._engine[0] != base.id:
            self._engine[1].close()
            self._engine = None
        if self._engine is None:
            self._engine = (base.id, open_engine(base))
        return self._engine[1]
