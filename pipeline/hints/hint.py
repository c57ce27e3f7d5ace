"""What a rule says: a place in the note or in the transcript, and why a clinician should look at it."""

from dataclasses import dataclass

# In the note, and the transcript does not hold it.
UNSUPPORTED = ("number", "dose", "drug", "laterality", "negation")
# In the transcript, and the note does not hold it.
MISSING = ("missing_number", "missing_dose", "missing_drug", "missing_laterality", "missing_negative")
KINDS = UNSUPPORTED + MISSING
# The same, of rules that are seldom enough right to speak only when asked.
WIDE = ("missing_amount", "missing_finding", "missing_denial", "missing_side")


@dataclass(frozen=True)
class Hint:
    """``where`` is "note" or "transcript"; ``start`` and ``end`` (exclusive) count code points there and
    ``text[start:end] == quote``. ``section`` is the note's division around a place in the note, else None."""

    kind: str
    where: str
    start: int
    end: int
    quote: str
    message: str
    section: str | None = None
