"""Making a transcript fit the model's context: refused with the figures, or shortened behind a mark that the model reads too."""

import re
from collections.abc import Callable
from typing import Any

from annotations import BadInput, one_of

from ..prompts import prompt_ids

LONG = ("refuse", "shorten")
MARK = "[... {words:,} words left out here ...]"
# A line of more characters than this (a transcript without line breaks) may be cut inside: between sentences, else between
# words, and in a script that writes no spaces anywhere.
LINE = 300
SENTENCE = re.compile(r".+?(?:[.?!]\s+|[。？！]\s*|$)", re.DOTALL)
RUN = re.compile(rf".{{1,{LINE}}}(?:\s+|$)|.{{1,{LINE}}}", re.DOTALL)


def fit(tokenizer: Any, transcript: str, context: int, max_new_tokens: int, long: str) -> tuple[list[int], int]:
    """The prompt's token ids and how many words of the transcript were left out of it (0 when it fits whole).

    ``context`` is how many tokens prompt and note may have together. Raises BadInput when the transcript does not fit and
    ``long`` is ``refuse``, or when not even the instructions fit.
    """
    one_of(long, LONG, "What to do with a long transcript")
    limit = context - max_new_tokens
    ids = prompt_ids(tokenizer, transcript)
    if len(ids) <= limit:
        return ids, 0
    if long == "refuse":
        raise BadInput(
            f"The transcript is too long for this model: the prompt has {len(ids):,} tokens, and {max(limit, 0):,} fit beside a "
            f"note of up to {max_new_tokens:,}. Use a model with a longer context, ask for fewer new tokens, or let the middle "
            "be left out visibly (--long shorten)."
        )
    return _shorten(tokenizer, transcript, limit)


def _shorten(tokenizer: Any, transcript: str, limit: int) -> tuple[list[int], int]:
    """Leave out as little of the middle as will do, in whole lines."""
    lines = _lines(transcript.strip())
    sizes = [len(ids) for ids in tokenizer(lines, add_special_tokens=False)["input_ids"]]

    def prompt(room: int) -> tuple[list[int], int]:
        text, words = _without_middle(lines, sizes, room)
        return prompt_ids(tokenizer, text), words

    room = _largest(lambda room: len(prompt(room)[0]) <= limit, max(limit, 0))
    ids, words = prompt(room)
    if room == 0 or len(ids) > limit:
        raise BadInput(
            f"The model's context has no room for a transcript: {max(limit, 0):,} tokens are left beside the note. "
            "Ask for fewer new tokens."
        )
    return ids, words


def _largest(fits: Callable[[int], bool], high: int) -> int:
    """The largest number up to ``high`` that fits, by halving; 0 when none does."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _without_middle(lines: list[str], sizes: list[int], room: int) -> tuple[str, int]:
    """The first and the last lines, ``room`` tokens of them, half from either end, with the mark between."""
    head, used = 0, 0
    while head < len(lines) and used + sizes[head] <= room / 2:
        used += sizes[head]
        head += 1
    tail = len(lines)
    while tail > head and used + sizes[tail - 1] <= room:
        tail -= 1
        used += sizes[tail]
    words = len("".join(lines[head:tail]).split())
    mark = MARK.format(words=words)
    return "".join(lines[:head]).rstrip() + f"\n{mark}\n" + "".join(lines[tail:]).lstrip(), words


def _lines(transcript: str) -> list[str]:
    """The transcript's lines, line ends included; a very long line in sentences, or else in runs of words."""
    found = []
    for line in transcript.splitlines(keepends=True):
        sentences = [line] if len(line) <= LINE else SENTENCE.findall(line)
        for sentence in sentences:
            found += [sentence] if len(sentence) <= LINE else RUN.findall(sentence)
    return found
