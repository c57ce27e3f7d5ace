"""The values that the rooms exchange: frozen, validated where they enter, knowing nothing of storage or screen.

Offsets are Unicode code points into an immutable text, end exclusive, with the quoted text beside them. Times are ISO 8601 in
UTC with milliseconds. Ids are text.
"""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .errors import BadInput

SPLITS = ("train", "dev", "test")
SEVERITIES = ("major", "minor")
PREFERENCES = ("left", "right", "tie", "neither")
MODEL_KINDS = ("base", "adapter", "merged")
# Why a reviewer cannot judge an encounter: not her field, a transcript that nobody can follow, a part of her own in the visit, a
# note that told her its model, or something else, which the comment then says.
CANNOT_JUDGE = ("field", "transcript", "involved", "unblinded", "other")


def now() -> str:
    """The present moment as stored everywhere, such as ``2026-11-23T18:40:12.345Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id(kind: str) -> str:
    """A fresh id such as ``rev-3f9c2a71b604``."""
    return f"{kind}-{uuid.uuid4().hex[:12]}"


def sha256(text: str | bytes) -> str:
    """The hex digest of text (as UTF-8) or bytes."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def one_of(value: str | None, allowed: tuple[str, ...], what: str) -> None:
    """Raise BadInput, naming the allowed values, unless ``value`` is one of them."""
    if value not in allowed:
        raise BadInput(f"{what} is {value!r}; expected one of {', '.join(allowed)}.")


@dataclass(frozen=True)
class Encounter:
    """One visit: what was said, and where it came from.

    ``synthetic`` is True for invented text; False or None (not said) counts as real. ``split`` is frozen once stored.
    The id follows from ``source`` and ``external_id``, so that importing a file twice finds the same encounters.
    """

    source: str
    external_id: str
    transcript: str
    split: str
    reference: str | None = None
    specialty: str | None = None
    synthetic: bool | None = None
    title: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one_of(self.split, SPLITS, f"The split of encounter {self.external_id!r}")
        if not self.transcript.strip():
            raise BadInput(f"Encounter {self.external_id!r} has an empty transcript; expected the words of the visit.")

    @property
    def id(self) -> str:
        return "enc-" + sha256(f"{self.source}\n{self.external_id}")[:12]

    @property
    def real(self) -> bool:
        """True unless the encounter is known to be invented."""
        return self.synthetic is not True


@dataclass(frozen=True)
class Model:
    """Something that writes notes. An adapter names its base by id and by the hash of the base's weights.

    ``weights_sha256`` hashes this model's own weights (for an adapter: the adapter's); ``path`` is a folder on this machine.
    ``status`` is an adapter's place in the line (candidate, champion, retired); bases and merged models have none.
    """

    id: str
    name: str
    kind: str
    path: str
    weights_sha256: str
    base_id: str | None = None
    base_sha256: str | None = None
    run_id: str | None = None
    licence: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    created: str = field(default_factory=now)
    status: str | None = None

    def __post_init__(self) -> None:
        one_of(self.kind, MODEL_KINDS, f"The kind of model {self.id!r}")
        if self.kind == "adapter" and not (self.base_id and self.base_sha256):
            raise BadInput(f"Adapter {self.id!r} names no base; expected base_id and base_sha256.")

    @property
    def first_status(self) -> str | None:
        """An adapter joins the line of models at its end, whatever it was elsewhere: each workspace's gate decides for itself."""
        return "candidate" if self.kind == "adapter" else None


@dataclass(frozen=True)
class Output:
    """One model's note for one encounter, immutable; a rerun is a new output.

    ``seconds`` is wall time, ``prompt_tokens`` and ``tokens`` count what was read and written, ``finish_reason`` is
    ``stop`` (the model ended), ``length`` (the limit did) or ``cancelled``. ``shortened_words`` is how many words of the
    transcript were left out, behind a visible mark, because the model could not read them all; 0 for a whole transcript.
    """

    encounter_id: str
    model_id: str
    text: str
    engine: str
    prompt_hash: str
    parameters: dict[str, Any]
    seconds: float
    prompt_tokens: int
    tokens: int
    finish_reason: str
    shortened_words: int = 0
    id: str = field(default_factory=lambda: new_id("out"))
    created: str = field(default_factory=now)


@dataclass(frozen=True)
class User:
    id: str
    name: str
    disabled: bool = False
    created: str = field(default_factory=now)


@dataclass(frozen=True)
class Span:
    """A marked error in a note: ``text[start:end] == quote``; the evidence, if given, is the same for the transcript. ``section``
    is the division of the note in which it begins (see ``section_at``); the store fills it in.
    """

    output_id: str
    start: int
    end: int
    quote: str
    label: str
    severity: str | None
    comment: str = ""
    evidence_start: int | None = None
    evidence_end: int | None = None
    evidence_quote: str | None = None
    section: str | None = None
    label_set: str = ""
    id: str = field(default_factory=lambda: new_id("span"))
    created: str = field(default_factory=now)


@dataclass(frozen=True)
class Omission:
    """A span of the transcript that a note should have carried; ``output_id`` names that note."""

    output_id: str
    start: int
    end: int
    quote: str
    label: str
    severity: str
    section: str | None = None
    important_negative: bool = False
    comment: str = ""
    label_set: str = ""
    id: str = field(default_factory=lambda: new_id("omi"))
    created: str = field(default_factory=now)


@dataclass(frozen=True)
class Rating:
    """One dimension of one note: 1 to 5, or None for "not judged"."""

    output_id: str
    dimension: str
    value: int | None
    label_set: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and self.value not in (1, 2, 3, 4, 5):
            raise BadInput(f"The rating of {self.dimension} is {self.value!r}; expected 1 to 5, or none for not judged.")


@dataclass(frozen=True)
class Correction:
    """One version of a corrected note; versions count up from 1 and none is ever changed.

    The distances count what separates ``text`` from the model's own note (see ``edit_distances``); ``active_seconds`` is time at
    work in the editor since the version before, pauses left out.
    """

    output_id: str
    version: int
    text: str
    character_distance: int = 0
    word_distance: int = 0
    active_seconds: float = 0.0
    id: str = field(default_factory=lambda: new_id("cor"))
    created: str = field(default_factory=now)


@dataclass(frozen=True)
class Review:
    """One reviewer's reading of one encounter. ``left`` and ``right`` are output ids in the order shown, blind; ``right`` is
    None when there is one note only. ``revision`` counts the saved acts, so that a second tab notices the first one's.

    A submitted review with a ``cannot_judge`` (one of CANNOT_JUDGE) says nothing about the notes: it has no preference,
    and neither analyses nor training use it.
    """

    encounter_id: str
    reviewer_id: str
    left: str
    right: str | None
    version: int = 1
    status: str = "draft"
    preference: str | None = None
    active_seconds: float = 0.0
    revision: int = 0
    submitted: str | None = None
    cannot_judge: str | None = None
    cannot_judge_comment: str = ""
    id: str = field(default_factory=lambda: new_id("rev"))
    created: str = field(default_factory=now)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.left,) if self.right is None else (self.left, self.right)


@dataclass(frozen=True)
class Event:
    """Who did what to which thing, and what it was before and after; append-only. ``step`` joins the events of one act on the
    page with those that took it back or did it again."""

    at: str
    user_id: str
    verb: str
    subject: str
    before: Any
    after: Any
    step: str | None = None
