"""The transformers engine: one resident set of base weights, adapters switched on and off per step, greedy and reproducible."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from annotations import BadInput, Model, Refused

from ..decoding import choose, parameters
from ..quiet import lean_transformers, quiet_transformers
from ..tokenizer import load_tokenizer
from ..versions import versions
from ..weights import tensor_shapes, weight_files
from .batch import Written, write_together
from .detokenize import Detokenizer
from .fitting import fit
from .protocol import Draft, Piece, Request, Unfit

# Tokens read at a time, so that a long prompt holds neither the other note nor a cancel back for long. Smaller parts cost more:
# 2,081 tokens in parts of 512 took 22.6 s of one core, at once 18.9 s.
CHUNK = 1024
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
        """Write the notes side by side: of the prompts one is read at a time, and whatever has been read writes on meanwhile.

        While a prompt is read, pieces without text and with 0 tokens say that work goes on. When ``cancelled`` answers True,
        each unfinished note comes back as it is, with the finish reason ``cancelled``.
        """
        started = time.perf_counter()
        writers = [_Writer(self, index, request, started) for index, request in enumerate(requests)]
        while writers:
            if cancelled and cancelled():
                yield from (writer.draft("cancelled") for writer in writers)
                return
            reading = next((writer for writer in writers if not writer.ready), None)
            for writer in [writer for writer in writers if writer.ready or writer is reading]:
                yield writer.step()
                if writer.finish_reason:
                    yield writer.draft(writer.finish_reason)
                    writers.remove(writer)

    def write(self, requests: Sequence[Request]) -> Iterator[Piece | Draft | Unfit]:
        """Write the notes of each model as one batch, the models one after the other."""
        writers: dict[str, list[_Writer]] = {}
        for index, request in enumerate(requests):
            try:
                writer = _Writer(self, index, request, time.perf_counter())
            except BadInput as error:
                yield Unfit(index, str(error))
            else:
                writers.setdefault(request.model.id, []).append(writer)
        for batch in writers.values():
            yield from self._batch(batch)

    def _batch(self, writers: "list[_Writer]") -> Iterator[Piece | Draft]:
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
                self.switch.to(writers[0].adapter)
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

    def adapter_of(self, model: Model) -> Model | None:
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


class _Writer:
    """One note in the making, with a key-value cache of its own."""

    def __init__(self, engine: TransformersEngine, index: int, request: Request, started: float) -> None:
        from transformers import DynamicCache

        self.engine, self.index, self.request, self.started = engine, index, request, started
        self.adapter = engine.adapter_of(request.model)
        self.prompt, self.shortened_words = fit(
            engine.tokenizer, request.transcript, engine.context, request.max_new_tokens, request.long
        )
        self.unread = list(self.prompt)
        self.cache = DynamicCache(config=engine.model.config)
        self.out = Detokenizer(engine.tokenizer)
        self.first_token_seconds = 0.0
        self.finish_reason = ""

    @property
    def ready(self) -> bool:
        """Whether the prompt has been read."""
        return bool(self.out.ids) or bool(self.finish_reason)

    def read(self) -> Any:
        """Read a part of what is unread, and return the logits of the token after it."""
        part, self.unread = self.unread[:CHUNK], self.unread[CHUNK:]
        return self.engine.forward(part, self.cache, self.adapter)

    def take(self, note: Written) -> Draft:
        """The draft of a note that was written elsewhere."""
        self.out.ids += note.ids
        self.out.finish()
        self.finish_reason = note.finish_reason
        return self.draft(note.finish_reason)

    def step(self) -> Piece:
        """Read a part of the prompt, or write one token."""
        logits = self.read()
        if self.unread:
            return Piece(self.index, "", 0)
        token = choose(logits, self.out.ids)
        self.first_token_seconds = self.first_token_seconds or time.perf_counter() - self.started
        if token in self.engine.stops:
            self.finish_reason = "stop"
            return self._piece(self.out.finish())
        self.unread = [token]
        text = self.out.add(token)
        if len(self.out.ids) >= self.request.max_new_tokens:
            self.finish_reason = "length"
            text += self.out.finish()
        return self._piece(text)

    def _piece(self, text: str) -> Piece:
        return Piece(self.index, text, len(self.out.ids))

    def draft(self, finish_reason: str) -> Draft:
        wanted = {"max_new_tokens": self.request.max_new_tokens, "long": self.request.long}
        return Draft(
            index=self.index, text=self.out.text, token_ids=tuple(self.out.ids), prompt_tokens=len(self.prompt),
            finish_reason=finish_reason, seconds=time.perf_counter() - self.started,
            first_token_seconds=self.first_token_seconds, shortened_words=self.shortened_words,
            parameters=self.engine.made_with | wanted,
        )  # fmt: skip


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
