"""Places in immutable texts: code point offsets with the quote beside them, checked wherever they enter or leave."""

from .errors import BadInput
from .values import sha256


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
