"""What every engine promises: several notes at once, streamed as they are written, from text in to text out.

An engine is asked for a list of requests (say, base and tuned for one transcript) and yields, interleaved and tagged with the
request's index, ``Piece`` after ``Piece`` and at last one ``Draft`` each. Closing the generator stops the work.
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
    the start of ``stream``; with two requests interleaved each one's seconds include the other's steps."""

    index: int
    text: str
    token_ids: tuple[int, ...]
    prompt_tokens: int
    finish_reason: str
    seconds: float
    first_token_seconds: float
    shortened_words: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)


class Engine(Protocol):
    name: str

    def stream(self, requests: Sequence[Request], cancelled: Callable[[], bool] | None = None) -> Iterator[Piece | Draft]:
        """Write the notes; raises BadInput for a transcript that does not fit, Refused for an adapter of another base.

        ``cancelled`` is asked between steps; once it answers True every unfinished note comes back as a draft with the finish
        reason ``cancelled``. A piece without text and with 0 tokens says that a prompt is being read.
        """
        ...

    def close(self) -> None:
        """Give the memory back."""
        ...
