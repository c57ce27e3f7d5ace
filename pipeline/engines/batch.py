"""Many notes at once: the same choice of tokens as one by one, and the weights are read once for all of them.

Each prompt is read alone, so no work goes into padding; then all notes are written together, their caches padded on the left. A
note that has ended leaves the batch.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from ..decoding import NO_REPEAT_NGRAM


class Written:
    """One note in the making, and which token would repeat a run of it. ``finish_reason`` is "" until it ends."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.ids: list[int] = []
        self.after: dict[tuple[int, ...], set[int]] = defaultdict(set)
        self.finish_reason = ""

    def barred(self) -> list[int]:
        """The tokens that ``decoding.choose`` would not choose now, without its walk over the whole note."""
        return list(self.after.get(tuple(self.ids[-NO_REPEAT_NGRAM + 1 :]), ()))

    def add(self, token: int, stops: frozenset[int]) -> None:
        if token in stops:
            self.finish_reason = "stop"
            return
        self.ids.append(token)
        if len(self.ids) >= NO_REPEAT_NGRAM:
            self.after[tuple(self.ids[-NO_REPEAT_NGRAM:-1])].add(token)
        if len(self.ids) >= self.most:
            self.finish_reason = "length"


def write_together(
    model: Any, read: Sequence[tuple[Any, Any]], notes: Sequence[Written], stops: frozenset[int]
) -> Iterator[None]:
    """Each step adds a token to every one of ``notes``, which are empty at first, until all have ended.

    ``read`` holds of each prompt the logits of its last token and its cache, as reading it alone leaves them; the caches are
    used up. The caller steps under ``torch.inference_mode``, with the right adapter on.
    """
    import torch

    logits = torch.stack([each for each, _ in read]).float()
    lengths = [cache.get_seq_length() for _, cache in read]
    cache = _joined([cache for _, cache in read], max(lengths))
    mask = torch.tensor([[0] * (max(lengths) - length) + [1] * length for length in lengths], device=logits.device)
    under_way = list(notes)
    while True:
        tokens = _choose(logits, under_way)
        for note, token in zip(under_way, tokens.tolist(), strict=True):
            note.add(token, stops)
        yield
        on = [row for row, note in enumerate(under_way) if not note.finish_reason]
        if not on:
            return
        if len(on) < len(under_way):
            kept = torch.tensor(on, device=logits.device)
            cache.batch_select_indices(kept)
            tokens, mask, under_way = tokens[kept], mask[kept], [under_way[row] for row in on]
        mask = torch.cat([mask, mask.new_ones(len(under_way), 1)], dim=1)
        places = mask.sum(-1, keepdim=True) - 1
        made = model(
            tokens[:, None], attention_mask=mask, position_ids=places, past_key_values=cache, use_cache=True, logits_to_keep=1
        )
        logits = made.logits[:, -1].float()


def _choose(logits: Any, notes: Sequence[Written]) -> Any:
    for row, note in enumerate(notes):
        if barred := note.barred():
            logits[row, barred] = float("-inf")
    return logits.argmax(-1)


def _joined(caches: list[Any], width: int) -> Any:
    """One cache of all rows, filled up on the left; each layer's own tensors are let go as soon as they are copied."""
    import torch

    if len(caches) == 1:
        return caches[0]
    whole = caches[0]
    for layers in zip(*(cache.layers for cache in caches), strict=True):
        for name in ("keys", "values"):
            rows = [getattr(layer, name) for layer in layers]
            # batch, heads, tokens, head size
            rows = [torch.nn.functional.pad(row, (0, 0, width - row.shape[2], 0)) for row in rows]
            for layer in layers[1:]:
                setattr(layer, name, None)
            setattr(layers[0], name, torch.cat(rows))
    return whole
