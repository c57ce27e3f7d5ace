"""The figures of a selection of reviews, as values. How they are counted is said in ``results``."""

from dataclasses import dataclass
from typing import NamedTuple

from .selection import ANY

# The groups that rates are made of; HALLUCINATION is the shipped label file's own word.
HALLUCINATION, OMISSION = "hallucination", "omission"
# A flag of omissions, counted as if it were one more label of theirs.
IMPORTANT_NEGATIVE = "important_negative"
# The group of a label that no stored label set knows.
OTHER = "other"


class Kind(NamedTuple):
    """Marks of one group (a label file's, or OMISSION), narrowed to a label, a section or a severity; a section or severity of ""
    is a mark without one."""

    group: str
    label: str = ANY
    section: str = ANY
    severity: str = ANY


@dataclass(frozen=True)
class Tally:
    """How many marks of a kind there are, in how many notes."""

    marks: int = 0
    notes: int = 0


@dataclass(frozen=True)
class Rated:
    """How often each value was given; None is "not judged", which never counts as a number."""

    values: dict[int | None, int]

    @property
    def n(self) -> int:
        return sum(count for value, count in self.values.items() if value is not None)

    @property
    def mean(self) -> float | None:
        return sum(value * count for value, count in self.values.items() if value is not None) / self.n if self.n else None


@dataclass(frozen=True)
class Edited:
    """The last corrections of a model's notes, one per review and note: how many, and the medians of what they changed (in
    characters, in words) and of the seconds in the editor, None where no time was counted."""

    n: int
    characters: float
    words: float
    seconds: float | None
    # 95 % intervals of the medians, None under 6 corrections.
    characters_ci95: list[float] | None = None
    words_ci95: list[float] | None = None
    seconds_ci95: list[float] | None = None


@dataclass(frozen=True)
class Compared:
    """Outcomes of setting two models' notes side by side; ``open`` is a review that states no preference."""

    first: int = 0
    second: int = 0
    tie: int = 0
    neither: int = 0
    open: int = 0

    @property
    def n(self) -> int:
        """Comparisons with a stated preference."""
        return self.first + self.second + self.tie + self.neither


@dataclass(frozen=True)
class Figures:
    """Reviewers and models are ids; ``models`` stand in the order to show them: base models first. ``notes`` and ``tallies`` are
    by model and specialty, where ANY is all of them; ``rated`` is by model and dimension; ``compared`` by two models in the order
    of ``models``."""

    reviews: int
    unjudged: int
    encounters: int
    reviewers: tuple[str, ...]
    splits: tuple[str, ...]
    specialties: tuple[str, ...]
    models: tuple[str, ...]
    notes: dict[tuple[str, str], int]
    tallies: dict[tuple[str, str, Kind], Tally]
    rated: dict[tuple[str, str], Rated]
    compared: dict[tuple[str, str], Compared]
    edited: dict[str, Edited]
    median_seconds: float | None

    def tally(self, model: str, kind: Kind, specialty: str = ANY) -> Tally:
        return self.tallies.get((model, specialty, kind), Tally())
