"""Places in immutable texts: code point offsets with the quote beside them, checked wherever they enter or leave."""

from typing import TYPE_CHECKING

from .errors import BadInput
from .values import sha256

if TYPE_CHECKING:
    from .store import Store


def check_span(text: str, start: int, end: int, quote: str, what: str = "mark") -> None:
    """Raise BadInput unless ``text[start:end] == quote`` and the span is not empty."""
    if not 0 <= start < end <= len(text):
        raise BadInput(f"The {what} {start} to {end} lies outside its text of {len(text)} characters; mark it again.")
    if text[start:end] != quote:
        raise BadInput(f"The {what} {start} to {end} quotes {quote!r} where the text has {text[start:end]!r}; mark it again.")


def transcript_key(transcript: str) -> str:
    """A hash of the words alone, so that a transcript is known again after changes of case, space, tags or punctuation."""
    words = "".join(character if character.isalnum() else " " for character in transcript.casefold()).split()
    return sha256(" ".join(words))


def wrong_quotes(store: "Store") -> list[str]:
    """Every stored mark whose quote is not what its text says at that place."""
    texts = """SELECT 'span' AS kind, s.id, s.start, s."end", s.quote, o.text FROM spans s JOIN outputs o ON o.id = s.output_id
        UNION ALL SELECT 'evidence', s.id, s.evidence_start, s.evidence_end, s.evidence_quote, e.transcript
            FROM spans s JOIN reviews r ON r.id = s.review_id JOIN encounters e ON e.id = r.encounter_id
            WHERE s.evidence_start IS NOT NULL
        UNION ALL SELECT 'omission', m.id, m.start, m."end", m.quote, e.transcript
            FROM omissions m JOIN reviews r ON r.id = m.review_id JOIN encounters e ON e.id = r.encounter_id"""
    problems = []
    for row in store.db.query(texts):
        try:
            check_span(row["text"], row["start"], row["end"], row["quote"], f"{row['kind']} {row['id']}")
        except BadInput as error:
            problems.append(str(error))
    return problems
