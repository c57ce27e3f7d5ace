"""The transformers engine: one resident set of base weights, adapters switched on and off per step, greedy and reproducible."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from annotations import BadInput, Model, Refused

from ..decoding import parameters
from ..quiet import lean_transformers, quiet_transformers
from ..tokenizer import load_tokenizer
from ..versions import versions
from ..weights import tensor_shapes, weight_files
from .batch import Written, write_together
from .protocol import Draft, Piece, Request, Unfit
from .writing import Writer, stream

# Notes in one batch. Each takes a cache of its own, about 80 MB for a visit of 2,000 tokens with models of 135M or 1B.
AT_ONCE = {"cpu": 8, "cuda": 32}


class TransformersEngine:
    """Writes with ``base`` and with any adapter of it. Two streams may run at once, from two threads."""

    name = "transformers"

    def __init__(self, base: Model) -> None:
        import torch

        lean_transformers()
        from transformers import AutoModelForCausalLM

        self.base = base
        self.device, self.dtype = _place()
        self.tokenizer = load_tokenizer(base.path)
        with quiet_transformers():
            self.model = AutoModelForCausalLM.from_pretrained(base.path, dtype=self.dtype, local_files_only=True)
        self.model.to(self.device).eval()
        self.at_once = AT_ONCE[self.device.type]
        self.context = self.model.config.max_position_embeddings
        self.stops = _stop_ids(self.model, self.tokenizer)
        self.lock = threading.Lock()
        self.switch = _Switch(self.model)
        self.made_with = {
            **parameters(), "dtype": str(self.dtype).removeprefix("torch."), "device": self.device.type,
            "threads": torch.get_num_threads(), "versions": versions("torch", "transformers", "peft"),
        }  # fmt: skip

    def stream(self, requests: Sequence[Request], cancelled: Callable[[], bool] | None = None) -> Iterator[Piece | Draft]:
        """Write the notes side by side, see ``writing``."""
        return stream(self, requests, cancelled)

    def write(self, requests: Sequence[Request]) -> Iterator[Piece | Draft | Unfit]:
        """Write the notes of each model as one batch, the models one after the other."""
        writers: dict[str, list[Writer]] = {}
        for index, request in enumerate(requests):
            try:
                writer = Writer(self, index, request, time.perf_counter())
            except BadInput as error:
                yield Unfit(index, str(error))
            else:
                writers.setdefault(request.model.id, []).append(writer)
        for batch in writers.values():
            yield from self._batch(batch)

    def _batch(self, writers: list[Writer]) -> Iterator[Piece | Draft]:
        import torch

        started, read = time.perf_counter(), []
        for writer in writers:
            writer.started = started
            logits = None
            while writer.unread:
                logits = writer.read()
                yield Piece(writer.index, "", 0)
            read.append((logits, writer.cache))
        notes = [Written(writer.request.max_new_tokens) for writer in writers]
        steps = write_together(self.model, read, notes, self.stops)
        for step in count(1):
            with self.lock, torch.inference_mode():
                self.switch.to(writers[0].held)
                next(steps)
            for writer, note in zip(writers, notes, strict=True):
                writer.first_token_seconds = writer.first_token_seconds or time.perf_counter() - started
                if note.finish_reason and not writer.finish_reason:
                    yield writer.take(note)
            if all(note.finish_reason for note in notes):
                return
            yield Piece(writers[0].index, "", step)

    def close(self) -> None:
        """Let go of the weights."""
        import gc

        import torch

        self.model = self.switch = None
        gc.collect()
        torch.cuda.empty_cache()

    def held(self, model: Model) -> Model | None:
        """The adapter to switch on for ``model``, or None for the base itself; Refused for anything else."""
        if model.kind != "adapter":
            if model.weights_sha256 != self.base.weights_sha256:
                raise Refused(f"This engine holds {self.base.id!r}, not {model.id!r}; open an engine for that model.")
            return None
        if model.base_sha256 != self.base.weights_sha256:
            raise Refused(
                f"Adapter {model.id!r} was trained on a base with the weights {model.base_sha256[:12]}, but {self.base.id!r} has "
                f"{self.base.weights_sha256[:12]}; use the base that it was trained on."
            )
        return model

    def new_cache(self, held: Model | None) -> Any:
        """An empty key-value cache for one note."""
        from transformers import DynamicCache

        return DynamicCache(config=self.model.config)

    def forward(self, ids: list[int], cache: Any, adapter: Model | None) -> Any:
        """Read ``ids`` after what ``cache`` holds and return the logits of the next token."""
        import torch

        with self.lock, torch.inference_mode():
            self.switch.to(adapter)
            # Logits of the last position alone: all of a prompt's would take hundreds of megabytes.
            output = self.model(torch.tensor([ids], device=self.device), past_key_values=cache, use_cache=True, logits_to_keep=1)
            return output.logits[0, -1]


class _Switch:
    """Which adapter is on. Adapters are loaded when first asked for, and nothing is ever merged into the weights."""

    def __init__(self, model: Any) -> None:
        self.model, self.peft, self.layers = model, None, []
        self.now: str | None = None

    def to(self, adapter: Model | None) -> None:
        """Switch ``adapter`` on, or all off for None; costs nothing when it is so already."""
        name = None if adapter is None else f"a{adapter.weights_sha256[:16]}"
        if name == self.now:
            return
        if name is not None and (self.peft is None or name not in self.peft.peft_config):
            self._load(name, adapter)
        for layer in self.layers:
            # What PEFT's set_adapter and enable_adapters set, without their walk over every parameter's gradient flag, which
            # takes 11 ms of each token's time; nothing is trained here.
            layer._disable_adapters = name is None
            if name is not None:
                layer._active_adapter = [name]
        self.now = name

    def _load(self, name: str, adapter: Model) -> None:
        from peft import PeftModel
        from peft.tuners.tuners_utils import BaseTunerLayer

        _check_fits(self.model, adapter)
        if self.peft is None:
            self.peft = PeftModel.from_pretrained(self.model, adapter.path, adapter_name=name)
        else:
            self.peft.load_adapter(adapter.path, adapter_name=name)
        self.peft.eval()
        self.layers = [module for module in self.model.modules() if isinstance(module, BaseTunerLayer)]


def _check_fits(model: Any, adapter: Model) -> None:
    """Raise BadInput unless every matrix of the adapter has its place in the model: PEFT finds out only when it is half loaded.

    Only LoRA matrices are taken: embeddings or heads that an adapter replaces could not be switched off again.
    """
    modules = dict(model.named_modules())
    for file in weight_files(adapter.path):
        for name, shape in tensor_shapes(file).items():
            place, _, matrix = name.removeprefix("base_model.model.").partition(".lora_")
            module = modules.get(place)
            # lora_A is rank x inputs, lora_B is outputs x rank; other LoRA vectors have shapes of their own.
            ends = {"A.weight": (1, "in_features"), "B.weight": (0, "out_features")}.get(matrix)
            if module is None or not matrix or (ends and shape[ends[0]] != getattr(module, ends[1], None)):
                raise BadInput(
                    f"The adapter {adapter.id!r} does not fit its base: {name} of shape {shape} has no place in it; "
                    "expected LoRA matrices trained on that base."
                )


def _place() -> tuple[Any, Any]:
    """Device and dtype: bf16 where the hardware computes in it natively, else fp32, which is faster than emulated bf16."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda"), torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.device("cpu"), torch.bfloat16 if native else torch.float32


def _stop_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """Every token that ends a note: the tokenizer's end of turn and those that the model's own generation settings name."""
    named = model.generation_config.eos_token_id
    listed = named if isinstance(named, list) else [] if named is None else [named]
    return frozenset([*listed, tokenizer.eos_token_id])
