"""Synthetic encounters by a stronger model: scenario, transcript, critique, revision, note, critique, revision."""

from .dataset import write_dataset
from .estimate import Estimate, estimate
from .run import Made, Run, Settings, generate, prepare

__all__ = ["Estimate", "Made", "Run", "Settings", "estimate", "generate", "prepare", "write_dataset"]
