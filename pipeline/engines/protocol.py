"""What every engine promises: several notes at once, from text in to text out.

An engine is asked for a list of requests and yields, tagged with the request's index, ``Piece`` after ``Piece`` and at last one
``Draft`` each. Closing the generator stops the work.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from annotations import Model


@dataclass(frozen=True)
class Request:
    """One note to write. ``model`` is a base or an adapter of the engine's base. ``long`` says what to do with a transcript
    that does not fit: ``refuse`` raises BadInput, ``shorten`` leaves out the middle behind a visible mark."""

    model: Model
    transcript: str
    max_new_tokens: int = 512
    long: str = "refuse"


@dataclass(frozen=True)
class Piece:
    """Text that request ``index`` has just gained; ``tokens`` is its count so far."""

    index: int
    text: str
    tokens: int


@dataclass(frozen=True)
class Draft:
    """The finished note of request ``index``, with all that an ``Output`` records of its making. Seconds are wall time from
    the start of its writing; with two requests interleaved or in one batch each one's seconds include the other's steps.
    ``tokens`` is how many were written where their ids are not known, as with a server."""

    index: int
    text: str
    token_ids: tuple[int, ...]
    prompt_tokens: int
    finish_reason: str
    seconds: float
    first_token_seconds: float
    shortened_words: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)
    tokens: int = 0

    @property
    def written(self) -> int:
        """The number of tokens written."""
        return self.tokens or len(self.token_ids)


@dataclass(frozen=True)
class Unfit:
    """Request ``index`` gets no note, and why: its transcript does not fit, say, or a server would not take it."""

    index: int
    why: str


class Engine(Protocol):
    """``at_once`` is how many requests ``write`` takes best in one call."""

    name: str
    at_once: int

    def write(self, requests: Sequence[Request]) -> Iterator[Piece | Draft | Unfit]:
        """Write all notes for their own sake, in whatever order is fastest: each draft comes as soon as its note is done. Pieces
        carry no text and say how far it is. Raises Refused for a model that is not this engine's.
        """
        ...

    def close(self) -> None:
        """Give the memory back."""
        ...


class StreamingEngine(Engine, Protocol):
    """An engine that shows notes side by side (say, base and tuned for one transcript) while it writes them."""

    def stream(self, requests: Sequence[Request], cancelled: Callable[[], bool] | None = None) -> Iterator[Piece | Draft]:
        """Write the notes; raises BadInput for a transcript that does not fit, Refused for an adapter of another base.

        ``cancelled`` is asked between steps; once it answers True every unfinished note comes back as a draft with the finish
        reason ``cancelled``. A piece without text and with 0 tokens says that a prompt is being read.
        """
        ...
