"""What a model judge found, as values of its own kind: a judge is a source, never a reviewer."""

import json
from dataclasses import dataclass, field
from typing import Any

from .errors import BadInput
from .values import Omission, Span, new_id, now, one_of, sha256

JUDGED_PREFERENCES = ("first", "second", "tie", "neither")


@dataclass(frozen=True)
class Judge:
    """A model that judges, at a host, with prompts and parameters; another of any of them is another judge."""

    model: str
    host: str
    prompt_hash: str
    parameters: dict[str, Any] = field(default_factory=dict)
    created: str = field(default_factory=now)

    @property
    def id(self) -> str:
        what = [self.model, self.host, self.prompt_hash, json.dumps(self.parameters, sort_keys=True)]
        return "judge-" + sha256("\n".join(what))[:12]


@dataclass(frozen=True)
class JudgedRating:
    """One dimension, 1 to 5, with the words that bear it out: a place in the note or in the transcript, None if the judge's quote
    was in neither."""

    dimension: str
    value: int
    place: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None

    def __post_init__(self) -> None:
        if self.value not in (1, 2, 3, 4, 5):
            raise BadInput(f"The judge's rating of {self.dimension} is {self.value!r}; expected 1 to 5.")
        if self.place is not None:
            one_of(self.place, ("note", "transcript"), "The place of a judge's quote")


@dataclass(frozen=True)
class Judgement:
    """One reading of one note by one judge. ``sample`` counts its independent readings from 0; ``facts`` is how many facts of the
    transcript were checked; ``dropped`` counts marks whose quote could not be found however often it was asked for."""

    judge_id: str
    output_id: str
    sample: int
    spans: tuple[Span, ...] = ()
    omissions: tuple[Omission, ...] = ()
    ratings: tuple[JudgedRating, ...] = ()
    facts: int = 0
    dropped: int = 0
    label_set: str = ""
    id: str = field(default_factory=lambda: new_id("jdg"))
    created: str = field(default_factory=now)


@dataclass(frozen=True)
class JudgedPair:
    """Two notes of one encounter compared twice, with ``first`` shown first and last. ``forward`` and ``backward`` are what the
    judge said each time, by output and not by place; where they differ the preference is a tie, since the place decided."""

    judge_id: str
    encounter_id: str
    first: str
    second: str
    forward: str
    backward: str
    sample: int = 0
    id: str = field(default_factory=lambda: new_id("jpr"))
    created: str = field(default_factory=now)

    def __post_init__(self) -> None:
        for said in (self.forward, self.backward):
            one_of(said, JUDGED_PREFERENCES, "The judge's preference")

    @property
    def preference(self) -> str:
        return self.forward if self.forward == self.backward else "tie"
