"""Sets of words, written as one string."""


def wordset(text: str) -> frozenset[str]:
    return frozenset(text.split())
