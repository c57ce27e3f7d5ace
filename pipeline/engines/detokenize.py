"""From token ids to text as they come, never half a character."""

from typing import Any


class Detokenizer:
    """Collects token ids and gives out the text they add; all that it gave out is exactly ``text`` after ``finish``.

    A character of several bytes may come in several tokens; until it is whole it decodes to U+FFFD, and is held back.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.ids: list[int] = []
        self.text = ""

    def add(self, token_id: int) -> str:
        """The text that this token completes; may be empty."""
        self.ids.append(token_id)
        return self._advance(self._decoded().rstrip("\ufffd"))

    def finish(self) -> str:
        """What was held back to the end, such as half a character that the model never finished."""
        return self._advance(self._decoded())

    def _decoded(self) -> str:
        return self.tokenizer.decode(self.ids, skip_special_tokens=True)

    def _advance(self, text: str) -> str:
        if not text.startswith(self.text):
            # Shorter for a moment, when a stray byte follows whole text: nothing new to show.
            return ""
        piece = text[len(self.text) :]
        self.text = text
        return piece
