"""The encoder that BERTScore compares tokens with: by name or folder, with all that a reader needs to find the same scores."""

import csv
import importlib.util
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import BadInput
from pipeline.dataset_files import file_sha256
from pipeline.sources import fetch, hub_entry
from pipeline.versions import versions
from pipeline.weights import check_model_folder, weights_sha256
from pipeline.workspace import Workspace

DEFAULT_BERT = "roberta-large"
# bert-score's own choice of layer for the models that reports use; a test compares them with its table.
LAYERS = {
    "roberta-base": 10, "roberta-large": 17, "bert-base-uncased": 9, "distilbert-base-uncased": 5,
    "microsoft/deberta-large-mnli": 18, "microsoft/deberta-xlarge-mnli": 40,
}  # fmt: skip
# Names that people say, as bert-score's table has them.
_ALSO = {"deberta-xlarge-mnli": "microsoft/deberta-xlarge-mnli", "deberta-large-mnli": "microsoft/deberta-large-mnli"}
_OWNERS = {"roberta-base": "FacebookAI", "roberta-large": "FacebookAI", "bert-base-uncased": "google-bert",
           "distilbert-base-uncased": "distilbert"}  # fmt: skip
# What is read of a note when the tokenizer states no limit; transformers 5 fails on the number that then stands there.
_MAX_TOKENS = 512


@dataclass(frozen=True)
class BertModel:
    """``name`` is bert-score's, ``layer`` counts from 1, ``max_tokens`` is where a text is cut, and ``baseline`` holds precision,
    recall and F1 of unrelated texts (None: raw scores)."""

    name: str
    folder: Path
    layer: int
    max_tokens: int
    weights_sha256: str
    tokenizer_sha256: str
    baseline: tuple[float, float, float] | None = None

    @property
    def hash(self) -> str:
        """bert-score's own hash code for this setting, made without loading bert-score, which takes seconds."""
        transformers = versions("transformers").get("transformers")
        code = f"{self.name}_L{self.layer}_no-idf_version={_library_version()}(hug_trans={transformers})"
        return code + "-rescaled" * (self.baseline is not None)

    def details(self) -> dict[str, Any]:
        return {
            "model": self.name, "layer": self.layer, "baseline": self.baseline, "hash": self.hash, "max_tokens": self.max_tokens,
            "weights_sha256": self.weights_sha256, "tokenizer_sha256": self.tokenizer_sha256,
        }  # fmt: skip


def bert_model(
    workspace: Workspace,
    wanted: str | None,
    say: Callable[[str], None],
    layer: int | None = None,
    rescale: bool = False,
    max_tokens: int | None = None,
) -> BertModel:
    """The model that ``wanted`` names: a folder, or a name that bert-score knows, fetched from the Hub if need be.

    Without ``layer`` it is bert-score's own choice for that name, else the last one. ``rescale`` takes bert-score's baseline of
    that name; BadInput when it has none.
    """
    wanted = wanted or DEFAULT_BERT
    folder = Path(wanted).expanduser()
    if folder.is_dir():
        check_model_folder(folder)
        name = folder.resolve().name
    else:
        name = _ALSO.get(wanted, wanted)
        folder = fetch(workspace, hub_entry(hub_repo(wanted)), say)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    layers = config.get("num_hidden_layers", 0)
    layer = layer or min(LAYERS.get(name, layers), layers)
    if not 1 <= layer <= layers:
        raise BadInput(f"{name} has {layers} layers, so layer {layer} is not one of them; expected 1 to {layers}.")
    return BertModel(
        name, folder, layer, _limit(folder, config, max_tokens), weights_sha256(folder, workspace.cache / "hashes.json"),
        file_sha256(folder / "tokenizer.json"), _baseline(name, layer) if rescale else None,
    )  # fmt: skip


def hub_repo(wanted: str) -> str:
    """The Hub repository of a name that bert-score knows, or of the Hub's own; BadInput for anything else."""
    wanted = _ALSO.get(wanted, wanted)
    if wanted in _OWNERS:
        return f"{_OWNERS[wanted]}/{wanted}"
    if wanted.count("/") != 1 or wanted.startswith((".", "/", "~")):
        raise BadInput(
            f"There is no model folder {wanted!r}; expected a folder with config.json, tokenizer.json and model.safetensors, "
            f"one of {', '.join(LAYERS)}, or another Hub name such as owner/name."
        )
    return wanted


def _limit(folder: Path, config: dict[str, Any], wanted: int | None) -> int:
    """As many tokens as the tokenizer and the model's positions allow; 512 when neither says.

    RoBERTa and its kin count positions from the padding id on, so two of theirs are never used.
    """
    path = folder / "tokenizer_config.json"
    stated = json.loads(path.read_text(encoding="utf-8")).get("model_max_length") if path.exists() else None
    positions = config.get("max_position_embeddings") or _MAX_TOKENS
    relative = config.get("position_biased_input") is False
    if "roberta" in config.get("model_type", "") or config.get("model_type") in ("camembert", "longformer", "mpnet"):
        positions -= 2
    most = wanted or (stated if isinstance(stated, int) and stated < 10**6 else _MAX_TOKENS)
    most = most if relative else min(most, positions)
    if most < 3:
        raise BadInput(f"BERTScore would read {most} tokens of each note; expected at least 3.")
    return most


def _library() -> Path:
    return Path(importlib.util.find_spec("bert_score").origin).parent


def _library_version() -> str:
    """What bert-score says of itself in its hash codes; its release 0.3.13 says 0.3.12."""
    return re.search(r'__version__ = "(.+)"', (_library() / "__init__.py").read_text(encoding="utf-8")).group(1)


def _baseline(name: str, layer: int) -> tuple[float, float, float]:
    path = _library() / "rescale_baseline" / "en" / f"{name}.tsv"
    if not path.exists():
        raise BadInput(f"bert-score has no baseline for {name}; score without rescaling, or with a model that has one.")
    with path.open(encoding="utf-8") as stream:
        rows = {int(row["LAYER"]): row for row in csv.DictReader(stream)}
    return tuple(float(rows[layer][column]) for column in ("P", "R", "F"))
