"""Many notes at once: the same choice of tokens as the engine's, for a whole split in one batch, as a GPU likes it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pipeline.decoding import NO_REPEAT_NGRAM


class Written:
    """One note in the making, and which token would repeat a run of it."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.after: dict[tuple[int, ...], set[int]] = defaultdict(set)
        self.ended = False

    def barred(self) -> list[int]:
        return list(self.after.get(tuple(self.ids[-NO_REPEAT_NGRAM + 1 :]), ()))

    def add(self, token: int, stops: frozenset[int]) -> None:
        self.ended = token in stops
        if self.ended:
            return
        self.ids.append(token)
        if len(self.ids) >= NO_REPEAT_NGRAM:
            self.after[tuple(self.ids[-NO_REPEAT_NGRAM:-1])].add(token)


def write(model: Any, prompts: Sequence[Sequence[int]], stops: frozenset[int], most: int) -> list[Written]:
    """A note of up to ``most`` tokens for each prompt. Greedy, under the rule of ``pipeline.decoding``; padded on the left."""
    import torch

    width = max(map(len, prompts))
    ids = torch.zeros(len(prompts), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(prompt)
        mask[row, width - len(prompt) :] = 1
    ids, mask = ids.to(model.device), mask.to(model.device)
    places, cache, notes = (mask.cumsum(-1) - 1).clamp(min=0), None, [Written() for _ in prompts]
    with torch.inference_mode():
        for _ in range(most):
            made = model(
                ids, attention_mask=mask, position_ids=places, past_key_values=cache, use_cache=True, logits_to_keep=1
            )
            cache, ids = made.past_key_values, _choose(made.logits[:, -1].float(), notes)
            for note, token in zip(notes, ids[:, 0].tolist(), strict=True):
                if not note.ended:
                    note.add(token, stops)
            if all(note.ended for note in notes):
                break
            mask = torch.cat([mask, mask.new_ones(len(notes), 1)], dim=1)
            places = places[:, -1:] + 1
    return notes


def _choose(logits: Any, notes: list[Written]) -> Any:
    for row, note in enumerate(notes):
        if barred := note.barred():
            logits[row, barred] = float("-inf")
    return logits.argmax(-1, keepdim=True)
