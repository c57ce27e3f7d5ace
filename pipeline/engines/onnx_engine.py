"""The ONNX engine: the builds that a browser runs on wasm, run by Python on the CPU. It needs no torch, so that a small machine
can write notes; several models (say, a base and a tuned one) are held side by side."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotations import BadInput, Model, NotFound, Refused

from ..decoding import parameters
from ..tokenizer import load_tokenizer
from ..versions import versions
from ..workspace import Workspace
from .protocol import Draft, Piece, Request, Unfit
from .writing import one_by_one, stream

# A browser site has builds for WebGPU beside it.
VARIANT = "wasm"
GRAPH = f"onnx/model_{VARIANT}*.onnx"


class OnnxEngine:
    """Writes with ``models``, each in a folder of its own as the ONNX build leaves it: ``onnx/``, configs and tokenizer.

    They must have one tokenizer, as a base and what was tuned from it have; ``facts`` are recorded with each note. BadInput for a
    folder without a build for the CPU.
    """

    name, at_once = "onnx", 1

    def __init__(self, models: Sequence[Model], **facts: Any) -> None:
        folder = Path(models[0].path)
        self.sessions = {model.weights_sha256: _session(Path(model.path)) for model in models}
        self.tokenizer = load_tokenizer(folder)
        self.context = _json(folder / "config.json")["max_position_embeddings"]
        self.stops = frozenset(_json(folder / "generation_config.json")["eos_token_id"])
        known = {"build": "wasm, on the CPU", **facts, "versions": versions("onnxruntime", "transformers")}
        self.made_with = parameters() | known

    def stream(self, requests: Sequence[Request], cancelled: Callable[[], bool] | None = None) -> Iterator[Piece | Draft]:
        """Write the notes side by side, see ``writing``."""
        return stream(self, requests, cancelled)

    def write(self, requests: Sequence[Request]) -> Iterator[Piece | Draft | Unfit]:
        return one_by_one(self, requests)

    def close(self) -> None:
        """Let go of the weights."""
        self.sessions = {}

    def held(self, model: Model) -> Any:
        """The session of ``model``; Refused for one that was not opened."""
        if model.weights_sha256 not in self.sessions:
            raise Refused(f"This engine does not hold {model.id!r}; open one with that model's build.")
        return self.sessions[model.weights_sha256]

    def new_cache(self, held: Any) -> dict[str, Any]:
        """Empty keys and values; of their shape (batch, heads, past, head size) the graph carries the second and the last."""
        import numpy as np

        caches = [entry for entry in held.get_inputs() if entry.name.startswith("past_key_values.")]
        return {entry.name: np.zeros((1, entry.shape[1], 0, entry.shape[3]), np.float32) for entry in caches}

    def forward(self, ids: list[int], cache: dict[str, Any], held: Any) -> Any:
        """Read ``ids`` after what ``cache`` holds, which grows by them, and return the logits of the next token."""
        import numpy as np

        length = next(iter(cache.values())).shape[2] + len(ids)
        feed = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, length), np.int64)}
        names = [output.name for output in held.get_outputs()]
        out = dict(zip(names, held.run(names, feed | cache), strict=True))
        logits = out.pop("logits")
        cache.update({name.replace("present", "past_key_values"): value for name, value in out.items()})
        return logits[0, -1]


def site_engine(workspace: Workspace, model: Model) -> OnnxEngine:
    """An engine for the ``wasm`` build in ``browser/<model>/``. NotFound says how to build it, Refused that it was built from
    other weights."""
    site = workspace.browser / model.id
    manifest = _json(site / "manifest.json") if (site / "manifest.json").is_file() else {"variants": []}
    precision = next((one["precision"] for one in manifest["variants"] if one["name"] == VARIANT), None)
    if precision is None:
        raise NotFound(
            f"The onnx engine runs {model.id}'s browser build, and there is none for {VARIANT}; build it with: "
            f"scribeloop browser build {model.id} --variant {VARIANT}"
        )
    if manifest["inputs"]["model"]["sha256"] != model.weights_sha256:
        raise Refused(
            f"The browser build of {model.id!r} is of other weights; build it anew with: scribeloop browser build {model.id}"
        )
    there = replace(model, path=str(site / "models" / model.id))
    return OnnxEngine([there], build=manifest["build"], precision=precision)


def _session(folder: Path) -> Any:
    import onnxruntime

    graph = next(folder.glob(GRAPH), None)
    if graph is None:
        raise BadInput(f"{folder} has no {GRAPH}; build it with: scribeloop browser build ID --variant wasm")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
