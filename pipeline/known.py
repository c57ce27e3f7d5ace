"""A known text: tokens for a build to read, and the logits that it gives for them, to find out a device that computes wrongly.

A GPU's kernels can be wrong without a word. The browser page has the build read these tokens once on the reader's device and
holds its logits against those that the same build gave here on the CPU. Logits and not choices, because a model that knows a note
by heart goes on with it whatever it read.
"""

from pathlib import Path
from typing import Any

from .held_out import TRANSCRIPTS
from .parity import Reference, logits_of
from .prompts import prompt_ids

# Tokens that are given one by one after the rest was read at once: the two take different kernels.
STEPS = 4
# Logits that are compared at each step, of tokens from all over the vocabulary.
SAMPLE = 64


def known_text(reference: Reference, graph: Path) -> dict[str, Any] | None:
    """``{"read", "then", "sample", "logits"}`` for the build in ``graph``: token ids to read, and ids that follow one at a time;
    for each of these steps, before its id is given, the logits of the ids in ``sample``. None when this CPU cannot run it."""
    ids = prompt_ids(reference.tokenizer, TRANSCRIPTS[0])
    read, then = ids[:-STEPS], ids[-STEPS:]
    found = logits_of(graph, read, then)
    if found is None:
        return None
    sample = [place * found.shape[1] // SAMPLE for place in range(SAMPLE)]
    logits = [[round(float(value), 3) for value in step[sample]] for step in found]
    return {"read": read, "then": then, "sample": sample, "logits": logits}
