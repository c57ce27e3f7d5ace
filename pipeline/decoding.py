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
    import torch
    from transformers import NoRepeatNGramLogitsProcessor

    barred = NoRepeatNGramLogitsProcessor(NO_REPEAT_NGRAM)
    # On the processor: the rule walks over lists, and one vector is quickly moved.
    scores = torch.as_tensor(logits).float().cpu()[None]
    return int(barred(torch.tensor([list(written)], dtype=torch.long), scores).argmax())
