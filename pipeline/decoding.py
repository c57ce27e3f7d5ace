"""The one decoding rule: greedy, but no long run of tokens twice. Engines, parity and the browser page all choose by it.

Small models under plain greedy decoding write the same lines until the limit. The rule counts the note's own tokens alone: a note
may, and should, repeat what stands in the transcript.
"""

from collections.abc import Sequence
from typing import Any

# The shortest run of tokens that may not come twice.
NO_REPEAT_NGRAM = 8


def parameters() -> dict[str, Any]:
    """The rule as data, recorded with every output and in every site's manifest."""
    return {"decoding": "greedy", "no_repeat_ngram_size": NO_REPEAT_NGRAM}


def choose(logits: Any, written: Sequence[int]) -> int:
    """The likeliest next token by ``logits`` (a vector over the vocabulary, torch or numpy) that the rule allows after the note's
    tokens ``written``."""
    import numpy as np

    # A tensor of torch may lie on a GPU, or be of a kind that numpy lacks (bfloat16).
    scores = np.array(logits.float().cpu().numpy() if hasattr(logits, "cpu") else logits, dtype=np.float32)
    scores[_barred(written)] = -np.inf
    return int(scores.argmax())


def _barred(written: Sequence[int]) -> list[int]:
    """Every token that would end a run of NO_REPEAT_NGRAM tokens which the note has already."""
    before = NO_REPEAT_NGRAM - 1
    ending = list(written[-before:])
    return [written[at + before] for at in range(len(written) - before) if list(written[at : at + before]) == ending]
