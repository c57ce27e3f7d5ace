"""How far a corrected note is from the note it started as: Levenshtein's distance in characters and in words."""


def edit_distances(before: str, after: str) -> tuple[int, int]:
    """The least number of characters, and of words, to insert, delete or exchange to make ``after`` of ``before``.

    Characters are code points; words are what white space separates, with their punctuation. A line end counts as one character
    however it is written, because a browser's text field turns all of them into one.
    """
    from rapidfuzz.distance import Levenshtein

    before, after = one_line_end(before), one_line_end(after)
    return Levenshtein.distance(before, after), Levenshtein.distance(before.split(), after.split())


def one_line_end(text: str) -> str:
    """The text with every line end as a browser's text field gives it back."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
