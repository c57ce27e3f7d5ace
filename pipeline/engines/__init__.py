"""Engines: what writes notes. All keep the promise in ``protocol.py``, so that a faster one can take the place of another."""

from collections.abc import Sequence

from annotations import BadInput, Model

from .protocol import Draft, Engine, Piece, Request

__all__ = ["ENGINES", "Draft", "Engine", "Piece", "Request", "open_engine", "open_onnx"]

ENGINES = ("transformers",)


def open_engine(base: Model, name: str = "transformers") -> Engine:
    """An engine that holds the weights of ``base`` (or of a merged model) and writes with it and its adapters."""
    if name not in ENGINES:
        raise BadInput(f"There is no engine {name!r}; expected one of {', '.join(ENGINES)}.")
    if base.kind == "adapter":
        raise BadInput(f"An engine holds a base model; {base.id!r} is an adapter of {base.base_id!r}.")
    from .torch_engine import TransformersEngine

    return TransformersEngine(base)


def open_onnx(models: Sequence[Model]) -> Engine:
    """An engine that holds the ONNX builds in the folders of ``models``, on the CPU and without torch."""
    from .onnx_engine import OnnxEngine

    return OnnxEngine(models)
