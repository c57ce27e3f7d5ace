"""How engines write: prompts are read in parts, notes token by token, side by side, by the one decoding rule."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from annotations import BadInput, Model

from ..decoding import choose
from .batch import Written
from .detokenize import Detokenizer
from .fitting import fit
from .protocol import Draft, Piece, Request, Unfit

# Tokens read at a time, so that a long prompt holds neither the other note nor a cancel back for long. Smaller parts cost more:
# 2,081 tokens in parts of 512 took 22.6 s of one core, at once 18.9 s.
CHUNK = 1024


class Holder(Protocol):
    """What an engine has to offer to be written with. ``context`` is the model's positions, ``stops`` the tokens that end a note,
    ``made_with`` what is recorded of how a note was made."""

    tokenizer: Any
    context: int
    stops: frozenset[int]
    made_with: dict[str, Any]

    def held(self, model: Model) -> Any:
        """What the engine holds for ``model``; Refused for a model that it does not hold."""

    def new_cache(self, held: Any) -> Any:
        """An empty key-value cache for one note."""

    def forward(self, ids: list[int], cache: Any, held: Any) -> Any:
        """Read ``ids`` after what ``cache`` holds and return the logits of the next token."""


def stream(engine: Holder, requests: Sequence[Request], cancelled: Callable[[], bool] | None = None) -> Iterator[Piece | Draft]:
    """Write the notes side by side: of the prompts one is read at a time, and whatever has been read writes on meanwhile.

    While a prompt is read, pieces without text and with 0 tokens say that work goes on. When ``cancelled`` answers True,
    each unfinished note comes back as it is, with the finish reason ``cancelled``.
    """
    started = time.perf_counter()
    writers = [Writer(engine, index, request, started) for index, request in enumerate(requests)]
    while writers:
        if cancelled and cancelled():
            yield from (writer.draft("cancelled") for writer in writers)
            return
        reading = next((writer for writer in writers if not writer.ready), None)
        for writer in [writer for writer in writers if writer.ready or writer is reading]:
            yield writer.step()
            if writer.finish_reason:
                yield writer.draft(writer.finish_reason)
                writers.remove(writer)


def one_by_one(engine: Holder, requests: Sequence[Request]) -> Iterator[Piece | Draft | Unfit]:
    """Write the notes one after the other, for an engine that gains nothing by more at once."""
    for index, request in enumerate(requests):
        try:
            for found in stream(engine, [request]):
                yield replace(found, index=index) if isinstance(found, Draft) else Piece(index, "", found.tokens)
        except BadInput as error:
            yield Unfit(index, str(error))


class Writer:
    """One note in the making, with a key-value cache of its own."""

    def __init__(self, engine: Holder, index: int, request: Request, started: float) -> None:
        self.engine, self.index, self.request, self.started = engine, index, request, started
        self.held = engine.held(request.model)
        self.prompt, self.shortened_words = fit(
            engine.tokenizer, request.transcript, engine.context, request.max_new_tokens, request.long
        )
        self.unread = list(self.prompt)
        self.cache = engine.new_cache(self.held)
        self.out = Detokenizer(engine.tokenizer)
        self.first_token_seconds = 0.0
        self.finish_reason = ""

    @property
    def ready(self) -> bool:
        """Whether the prompt has been read."""
        return bool(self.out.ids) or bool(self.finish_reason)

    def read(self) -> Any:
        """Read a part of what is unread, and return the logits of the token after it."""
        part, self.unread = self.unread[:CHUNK], self.unread[CHUNK:]
        return self.engine.forward(part, self.cache, self.held)

    def take(self, note: Written) -> Draft:
        """The draft of a note that was written in a batch."""
        self.out.ids += note.ids
        self.out.finish()
        self.finish_reason = note.finish_reason
        return self.draft(note.finish_reason)

    def step(self) -> Piece:
        """Read a part of the prompt, or write one token."""
        logits = self.read()
        if self.unread:
            return Piece(self.index, "", 0)
        token = choose(logits, self.out.ids)
        self.first_token_seconds = self.first_token_seconds or time.perf_counter() - self.started
        if token in self.engine.stops:
            self.finish_reason = "stop"
            return self._piece(self.out.finish())
        self.unread = [token]
        text = self.out.add(token)
        if len(self.out.ids) >= self.request.max_new_tokens:
            self.finish_reason = "length"
            text += self.out.finish()
        return self._piece(text)

    def _piece(self, text: str) -> Piece:
        return Piece(self.index, text, len(self.out.ids))

    def draft(self, finish_reason: str) -> Draft:
        wanted = {"max_new_tokens": self.request.max_new_tokens, "long": self.request.long}
        return Draft(
            index=self.index, text=self.out.text, token_ids=tuple(self.out.ids), prompt_tokens=len(self.prompt),
            finish_reason=finish_reason, seconds=time.perf_counter() - self.started,
            first_token_seconds=self.first_token_seconds, shortened_words=self.shortened_words,
            parameters=self.engine.made_with | wanted,
        )  # fmt: skip
