"""Invisible marks around facts while a text is being put together; taken off at the end, they leave each fact's exact place."""

import re

# Control characters that no template holds: what opens a fact, what closes it, and the end of either mark.
_OPEN, _CLOSE, _END = "\x01", "\x02", "\x03"
_MARK = re.compile(f"[{_OPEN}{_CLOSE}]([^{_END}]*){_END}")


def opened(fact: str) -> str:
    return f"{_OPEN}{fact}{_END}"


def closed(fact: str) -> str:
    return f"{_CLOSE}{fact}{_END}"


def marked(fact: str, text: str) -> str:
    """``text`` as a place of ``fact``."""
    return f"{opened(fact)}{text}{closed(fact)}"


def without_marks(text: str) -> str:
    return _MARK.sub("", text)


def taken_off(text: str) -> tuple[str, dict[str, list[tuple[int, int]]]]:
    """The text without its marks, and for each fact the places (code points, end exclusive) that were marked, in order."""
    pieces, places, open_at, length, last = [], {}, {}, 0, 0
    for match in _MARK.finditer(text):
        piece = text[last : match.start()]
        pieces.append(piece)
        length, last, fact = length + len(piece), match.end(), match[1]
        if match.group().startswith(_OPEN):
            open_at[fact] = length
        else:
            places.setdefault(fact, []).append((open_at.pop(fact), length))
    return "".join(pieces) + text[last:], places
