"""The browser's own build on this machine's processor: what a visitor of the published page gets, faster here than PyTorch."""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotations import BadInput, Model, NotFound, Refused

from ..decoding import choose, parameters
from ..onnx import RECIPES
from ..parity import onnx_session, onnx_steps
from ..tokenizer import load_tokenizer
from ..versions import versions
from ..workspace import Workspace
from .fitting import fit
from .protocol import Draft, Piece, Request, Unfit

VARIANT = "wasm"


class OnnxEngine:
    """Writes with the ``wasm`` build in ``browser/<model>/``, one note after the other. NotFound says how to build it, Refused
    that it was built from other weights."""

    name, at_once = "onnx", 1

    def __init__(self, workspace: Workspace, model: Model) -> None:
        self.model = model
        site = workspace.browser / model.id
        manifest = _manifest(site, model)
        folder = site / "models" / model.id
        self.tokenizer = load_tokenizer(str(folder))
        self.context = json.loads((folder / "config.json").read_text(encoding="utf-8"))["max_position_embeddings"]
        stops = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))["eos_token_id"]
        self.stops = frozenset(stops)
        self.session = onnx_session(folder / "onnx" / RECIPES[VARIANT].file)
        precision = next(one["precision"] for one in manifest["variants"] if one["name"] == VARIANT)
        self.made_with = {
            **parameters(), "build": manifest["build"], "precision": precision, "versions": versions("onnxruntime")
        }  # fmt: skip

    def write(self, requests: Sequence[Request]) -> Iterator[Piece | Draft | Unfit]:
        for index, request in enumerate(requests):
            try:
                yield from self._one(index, request)
            except BadInput as error:
                yield Unfit(index, str(error))

    def close(self) -> None:
        self.session = None

    def _one(self, index: int, request: Request) -> Iterator[Piece | Draft]:
        started, first, ids, reason = time.perf_counter(), 0.0, [], ""
        prompt, shortened = fit(self.tokenizer, request.transcript, self.context, request.max_new_tokens, request.long)
        yield Piece(index, "", 0)
        steps = onnx_steps(self.session, prompt)
        logits = next(steps)
        while not reason:
            token = choose(logits, ids)
            first = first or time.perf_counter() - started
            if token in self.stops:
                reason = "stop"
                continue
            ids.append(token)
            yield Piece(index, "", len(ids))
            if len(ids) >= request.max_new_tokens:
                reason = "length"
            else:
                logits = steps.send(token)
        yield Draft(
            index=index, text=self.tokenizer.decode(ids, skip_special_tokens=True), token_ids=tuple(ids),
            prompt_tokens=len(prompt), finish_reason=reason, seconds=time.perf_counter() - started, first_token_seconds=first,
            shortened_words=shortened,
            parameters=self.made_with | {"max_new_tokens": request.max_new_tokens, "long": request.long},
        )  # fmt: skip


def _manifest(site: Path, model: Model) -> dict:
    path = site / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    if manifest is None or VARIANT not in [one["name"] for one in manifest["variants"]]:
        raise NotFound(
            f"The onnx engine runs {model.id}'s browser build, and there is none for {VARIANT}; build it with: "
            f"scribeloop browser build {model.id} --variant {VARIANT}"
        )
    if manifest["inputs"]["model"]["sha256"] != model.weights_sha256:
        raise Refused(
            f"The browser build of {model.id!r} is of other weights; build it anew with: scribeloop browser build {model.id}"
        )
    return manifest
