"""The order of rows in an epoch: by length within what is read together, so that little is padded, and the same after a resume.

This file imports torch: import it only inside a function, in the process that trains.
"""

import random
from collections.abc import Iterator, Sequence

from torch.utils.data import Sampler

# Rows are sorted within this many steps' worth: enough to pad little, and few enough that an epoch stays shuffled.
STEPS = 16


class LengthOrder(Sampler):
    """Indices of one epoch, in steps of ``batch`` rows of like length; ``seed`` and epoch alone decide the order."""

    def __init__(self, lengths: Sequence[int], batch: int, seed: int) -> None:
        self.lengths, self.batch, self.seed, self.epoch = lengths, batch, seed, 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        return iter(length_order(self.lengths, self.batch, random.Random(f"{self.seed} {self.epoch}")))


def length_order(lengths: Sequence[int], batch: int, draw: random.Random) -> list[int]:
    """Every index once: shuffled, sorted by length within ``STEPS`` batches, and those batches shuffled; the one batch that is
    not full, if any, comes last, where the trainer expects it."""
    indices = list(range(len(lengths)))
    draw.shuffle(indices)
    batches = []
    for start in range(0, len(indices), batch * STEPS):
        near = sorted(indices[start : start + batch * STEPS], key=lambda index: -lengths[index])
        batches += [near[i : i + batch] for i in range(0, len(near), batch)]
    rest = [part for part in batches if len(part) < batch]
    full = [part for part in batches if len(part) == batch]
    draw.shuffle(full)
    return [index for part in full + rest for index in part]
