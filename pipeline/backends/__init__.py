"""What trains: PEFT with TRL, on a CPU or a GPU, or Unsloth on a GPU, in an environment of its own. One interface, one choice.

A backend is an interpreter that runs ``pipeline.train`` and, inside that process, the function ``load`` of its module here.
Nothing in this file imports torch, so that the command line can choose without waiting.
"""

import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import Unavailable, one_of

BACKENDS = ("auto", "peft", "unsloth")
# Where Unsloth's own interpreter is named, when it is not installed beside the rest.
UNSLOTH_PYTHON = "SCRIBELOOP_UNSLOTH_PYTHON"
TITLES = {"peft": "PEFT and TRL", "unsloth": "Unsloth"}


@dataclass(frozen=True)
class Backend:
    """``python`` is the interpreter that trains, ``why`` half a sentence on why this backend was taken."""

    name: str
    python: str
    why: str

    def __str__(self) -> str:
        return f"{TITLES[self.name]}, because {self.why}"


def choose(wanted: str = "auto") -> Backend:
    """The backend that ``wanted`` names; ``auto`` is Unsloth where there are an NVIDIA GPU and an Unsloth, else PEFT and TRL.

    Unavailable when Unsloth was asked for by name and cannot run here.
    """
    one_of(wanted, BACKENDS, "The training backend")
    if wanted == "peft":
        return Backend("peft", sys.executable, "it was asked for")
    gpu, python = has_gpu(), unsloth_python()
    if gpu and python:
        return Backend("unsloth", python, "it was asked for" if wanted == "unsloth" else "there are a GPU and an Unsloth")
    lacks = "no NVIDIA GPU was found" if not gpu else f"Unsloth is neither installed here nor named by {UNSLOTH_PYTHON}"
    if wanted == "unsloth":
        raise Unavailable(
            f"Unsloth cannot train here: {lacks}. Leave --set backend out, or, on a machine with a GPU, install it into an "
            f"environment of its own (pip install 'scribeloop[unsloth]', which brings the bitsandbytes that it needs) and set "
            f"{UNSLOTH_PYTHON} to that environment's python."
        )
    return Backend("peft", sys.executable, lacks)


def has_gpu() -> bool:
    """Whether the NVIDIA driver shows a GPU that this process may use."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    return (Path("/dev/nvidia0").exists() or Path("/proc/driver/nvidia/version").exists()) and hidden not in ("", "-1")


def unsloth_python() -> str | None:
    """The interpreter that has Unsloth: the one that is named, or this one."""
    named = os.environ.get(UNSLOTH_PYTHON)
    if named:
        return named if Path(named).exists() else None
    return sys.executable if importlib.util.find_spec("unsloth") else None


def load(name: str, *args: Any) -> Any:
    """The base model made ready for training by backend ``name``: a model and, if TRL is to add the adapter, its LoRA config."""
    return importlib.import_module(f".{name}_backend", __name__).load(*args)


def prepare(name: str) -> None:
    """What must happen in the training process before anything else is imported: Unsloth patches what comes after it."""
    if name == "unsloth":
        importlib.import_module(".unsloth_backend", __name__).prepare()
