"""What the Space shows and does: the notes that came with it, and notes written anew, one visitor at a time, nothing kept.

A visitor's text lives in the generator that writes its notes and nowhere else. Whose turn it is follows from the order in which
visitors asked; one that was not asked for its next piece in ``STALE`` seconds has left, and loses its turn.
"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotations import BadInput, Model, Unavailable
from pipeline.engines import Draft, Engine, Request, open_onnx

from .. import space_words as words

MOST_WORDS = 1_200
MOST_VISITORS = 12
STALE = 20.0
# Seconds between two looks at a note that grows.
EVERY = 0.2


@dataclass(frozen=True)
class Frame:
    """What the page shows at a moment: each note's text and the line above it, and what is said of the whole."""

    texts: tuple[str, str]
    facts: tuple[str, str]
    said: str


@dataclass
class _Turn:
    seen: float = field(default_factory=time.monotonic)
    stop: bool = False


class SpaceDesk:
    """Over the folder of a Space, see ``exports/space.py``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: dict[str, Any] = json.loads((folder / "space.json").read_text(encoding="utf-8"))
        self.models = [_model(folder, one) for one in self.facts["models"]]
        self._turns: dict[str, _Turn] = {}
        self._guard = threading.Lock()
        self._engine: Engine | None = None

    @property
    def visits(self) -> list[dict[str, Any]]:
        return self.facts["examples"]

    def names(self) -> list[tuple[str, str]]:
        """Of each model what it is and what it is called."""
        return [(words.KINDS[one["kind"]], one["name"]) for one in self.facts["models"]]

    def shipped(self, number: int) -> Frame:
        """The notes of a visit as they came with the Space."""
        notes = self.visits[number]["notes"]
        return Frame(tuple(note["text"] for note in notes), tuple(map(_shipped, notes)), "")

    def write(self, visitor: str, text: str) -> Iterator[Frame]:
        """Both notes for ``text`` as they grow. BadInput and Unavailable, in a sentence, before anything is written."""
        text = text.strip()
        _check(text)
        self._queue_up(visitor)
        try:
            while (before := self._before(visitor)) > 0:
                yield Frame(("", ""), ("", ""), words.WAITING.format(before=_visitors(before)))
                time.sleep(EVERY)
            if before < 0 or self._stopped(visitor):
                return
            yield Frame(("", ""), (words.READING, words.READING), words.LOADING if self._engine is None else words.AT_WORK)
            yield from self._frames(visitor, text)
        finally:
            self._turns.pop(visitor, None)

    def stop(self, visitor: str) -> None:
        """End this visitor's writing, or waiting, at the next token."""
        if turn := self._turns.get(visitor):
            turn.stop = True

    def _frames(self, visitor: str, text: str) -> Iterator[Frame]:
        requests = [Request(model, text, self.facts["max_new_tokens"]) for model in self.models]
        texts, facts, started, shown = ["", ""], [words.READING, words.READING], time.monotonic(), 0.0
        for found in self._opened().stream(requests, lambda: self._stopped(visitor)):
            if isinstance(found, Draft):
                texts[found.index], facts[found.index] = found.text, _live(found)
            elif found.tokens:
                texts[found.index] += found.text
                seconds = f"{time.monotonic() - started:.0f}"
                facts[found.index] = words.WRITING.format(tokens=found.tokens, seconds=seconds)
            if time.monotonic() - shown >= EVERY:
                shown = time.monotonic()
                yield Frame(tuple(texts), tuple(facts), words.AT_WORK)
        yield Frame(tuple(texts), tuple(facts), words.STOPPED if self._stopped(visitor) else words.DONE)

    def _queue_up(self, visitor: str) -> None:
        with self._guard:
            self._drop_stale()
            if visitor in self._turns:
                raise BadInput(words.BUSY)
            if len(self._turns) >= MOST_VISITORS:
                raise Unavailable(words.CROWDED)
            self._turns[visitor] = _Turn()

    def _before(self, visitor: str) -> int:
        """How many are before this visitor; -1 when its turn is lost or given up."""
        with self._guard:
            turn = self._turns.get(visitor)
            if turn is None or turn.stop:
                return -1
            turn.seen = time.monotonic()
            self._drop_stale()
            return list(self._turns).index(visitor)

    def _drop_stale(self) -> None:
        now = time.monotonic()
        for visitor in [visitor for visitor, turn in self._turns.items() if now - turn.seen > STALE]:
            del self._turns[visitor]

    def _stopped(self, visitor: str) -> bool:
        """Whether to write no further: asked to stop, or taken for gone. Being asked is a sign of life."""
        turn = self._turns.get(visitor)
        if turn is None:
            return True
        turn.seen = time.monotonic()
        return turn.stop

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = open_onnx(self.models)
        return self._engine


def _model(folder: Path, facts: dict[str, Any]) -> Model:
    return Model(facts["id"], facts["name"], "merged", str(folder / facts["folder"]), facts["sha256"])


def _check(text: str) -> None:
    if not text:
        raise BadInput(words.EMPTY)
    if len(text.split()) > MOST_WORDS:
        raise BadInput(words.TOO_LONG.format(words=len(text.split()), most=MOST_WORDS))


def _visitors(count: int) -> str:
    return "One visitor is" if count == 1 else f"{count} visitors are"


def _shipped(note: dict[str, Any]) -> str:
    on = note["on"]
    return words.SHIPPED.format(
        day=note["made"][:10], cpu=on["cpu"], cores=on["cores"], of_cores="core" if on["cores"] == 1 else "cores",
        tokens=note["tokens"], seconds=f"{note['seconds']:.1f}", ending=words.ENDINGS[note["finish_reason"]],
    )  # fmt: skip


def _live(draft: Draft) -> str:
    ending = words.ENDINGS[draft.finish_reason]
    return words.LIVE.format(tokens=len(draft.token_ids), seconds=f"{draft.seconds:.1f}", ending=ending)
