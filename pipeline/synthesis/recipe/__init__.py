"""Synthetic encounters by a stronger model: scenario, transcript, critique, revision, note, critique, revision."""

from .estimate import Estimate, estimate
from .run import Made, Settings, generate, prepare

__all__ = ["Estimate", "Made", "Settings", "estimate", "generate", "prepare"]
