"""Longest common subsequences by bit vectors: what rouge-score's tables say, without the tables.

Row ``i`` of the table is one integer: bit ``j - 1`` is set when ``t[i][j] = t[i][j - 1] + 1`` (Crochemore, Iliopoulos, Pinzon and
Reid, 2001; Hyyrö, 2004). A row costs a few operations on whole integers where the table costs one step per cell.
"""

from collections.abc import Sequence


def lcs_length(reference: Sequence[str], candidate: Sequence[str]) -> int:
    """How many tokens a longest common subsequence has."""
    rows = _rows(reference, candidate)
    return rows[-1].bit_count() if rows else 0


def lcs_indices(reference: Sequence[str], candidate: Sequence[str]) -> list[int]:
    """The places in ``reference`` of one longest common subsequence: of several, the one that rouge-score reads out.

    It walks back from the ends; at a match it takes both tokens, else it drops the candidate's when that alone keeps the length,
    and the reference's otherwise.
    """
    if not set(reference) & set(candidate):
        return []
    rows = [0, *_rows(reference, candidate)]
    i, j, found = len(reference), len(candidate), []
    while i > 0 and j > 0:
        if reference[i - 1] == candidate[j - 1]:
            found.append(i - 1)
            i, j = i - 1, j - 1
        elif (rows[i] & ((1 << (j - 1)) - 1)).bit_count() > (rows[i - 1] & ((1 << j) - 1)).bit_count():
            j -= 1
        else:
            i -= 1
    return found[::-1]


def _rows(reference: Sequence[str], candidate: Sequence[str]) -> list[int]:
    """One integer per token of ``reference``; the number of bits set in the last is the length of the subsequence."""
    places: dict[str, int] = {}
    for place, token in enumerate(candidate):
        places[token] = places.get(token, 0) | 1 << place
    whole, flat, rows = (1 << len(candidate)) - 1, (1 << len(candidate)) - 1, []
    for token in reference:
        matches = flat & places.get(token, 0)
        flat = ((flat + matches) | (flat - matches)) & whole
        rows.append(whole & ~flat)
    return rows
