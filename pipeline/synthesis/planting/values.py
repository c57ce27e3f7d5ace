"""What is planted and what comes out: errors with exact spans in the new note, and edits of the faithful one that make them."""

from dataclasses import dataclass

# Each kind of planted error, and the label of the review desk that it falls under. An omission's own label depends on what is
# taken out.
LABELS = {
    "number": "fabrication",
    "dose": "fabrication",
    "drug": "fabrication",
    "finding": "fabrication",
    "laterality": "contextual",
    "context": "contextual",
    "negation": "negation",
    "cause": "causality",
    "certainty": "certainty",
    "repetition": "repetition",
    "misplaced": "misplaced",
    "unclear": "unclear",
    "omission": None,
}
KINDS = tuple(LABELS)


@dataclass(frozen=True)
class PlantedError:
    """One error. ``note[start:end] == quote`` in the NEW note; an omission has no place there (None). ``original`` is what the
    faithful note says instead, from ``original_start`` on ("" where something was added). Omissions carry the place in the
    transcript of what was taken out, where it is known: exact for linked notes, else found by words, else None."""

    label: str
    severity: str
    kind: str
    start: int | None
    end: int | None
    quote: str | None
    original: str
    original_start: int
    section: str | None = None
    important_negative: bool = False
    transcript_start: int | None = None
    transcript_end: int | None = None
    transcript_quote: str | None = None

    @property
    def omission(self) -> bool:
        return self.start is None


@dataclass(frozen=True)
class Planted:
    """The note with its errors, in the order of their places in the faithful note. ``missing`` names, once for each error that
    was asked for and not planted, a kind for which the note has no place left."""

    note: str
    errors: tuple[PlantedError, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edit:
    """``text`` in place of ``note[start:end]``; the error's span is ``text`` without its first ``lead`` and last ``trail``
    characters."""

    start: int
    end: int
    text: str
    lead: int = 0
    trail: int = 0


@dataclass(frozen=True)
class Candidate:
    """A way to plant one error: the edit that the mark lies on, and further edits that belong to it. ``claims`` are the stretches
    of the faithful note that no other error may touch."""

    kind: str
    severity: str
    edit: Edit
    claims: tuple[tuple[int, int], ...]
    also: tuple[Edit, ...] = ()
    label: str | None = None
    section: str | None = None
    important_negative: bool = False
    transcript: tuple[int, int] | None = None

    @property
    def edits(self) -> tuple[Edit, ...]:
        return (self.edit, *self.also)
