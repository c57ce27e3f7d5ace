"""Engines: what writes notes. All keep the promise in ``protocol.py``, so that a faster one can take the place of another."""

from collections.abc import Sequence
from typing import Any

from annotations import BadInput, Model, NotFound

from .. import decoding
from ..endpoints import find_endpoint, list_endpoints
from ..workspace import Workspace
from .protocol import Draft, Engine, Piece, Request, StreamingEngine, Unfit

__all__ = [
    "ENGINES", "Draft", "Engine", "Piece", "Request", "StreamingEngine", "Unfit", "check_engine", "decodes", "engine_for",
    "open_engine", "open_onnx",
]  # fmt: skip

# What runs on this machine by itself; any other name is an endpoint's.
ENGINES = ("transformers", "onnx")


def open_engine(base: Model) -> StreamingEngine:
    """The transformers engine with the weights of ``base`` (or of a merged model), which writes with it and its adapters."""
    if base.kind == "adapter":
        raise BadInput(f"An engine holds a base model; {base.id!r} is an adapter of {base.base_id!r}.")
    from .torch_engine import TransformersEngine

    return TransformersEngine(base)


def open_onnx(models: Sequence[Model]) -> StreamingEngine:
    """An engine that holds the ONNX builds in the folders of ``models``, on the CPU and without torch."""
    from .onnx_engine import OnnxEngine

    return OnnxEngine(models)


def engine_for(workspace: Workspace, name: str, model: Model, base: Model) -> Engine:
    """The engine ``name`` for ``model``, which runs on ``base``: transformers for every adapter of that base, the others for this
    one model."""
    if name == "transformers":
        return open_engine(base)
    if name == "onnx":
        from .onnx_engine import site_engine

        return site_engine(workspace, model)
    from .endpoint_engine import EndpointEngine

    return EndpointEngine(workspace, model, find_endpoint(workspace.home, name))


def check_engine(workspace: Workspace, name: str) -> None:
    """Raise NotFound when ``name`` is neither an engine nor an endpoint of the workspace."""
    known = [*ENGINES, *(endpoint.name for endpoint in list_endpoints(workspace.home))]
    if name not in known:
        raise NotFound(
            f"There is no engine {name!r}; known ones are {', '.join(known)}. A server becomes one with: scribeloop endpoint add "
            f"{name} --base-url URL --model MODEL"
        )


def decodes(name: str) -> dict[str, Any]:
    """The decoding rule of the engine's notes, as they record it."""
    if name in ENGINES:
        return decoding.parameters()
    from .endpoint_engine import WAY

    return WAY
