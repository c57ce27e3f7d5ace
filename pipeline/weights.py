"""What a model's weights are, as one hash of their content, and whether a folder holds a whole model."""

import hashlib
import json
import mmap
import os
from pathlib import Path
from typing import Any

from annotations import BadInput, Damaged

ADAPTER_WEIGHTS = "adapter_model.safetensors"


def weight_files(folder: str | Path) -> list[Path]:
    """The safetensors files of a model or adapter folder; BadInput naming what is missing."""
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}; expected a model folder as save_pretrained writes it.")
    if (folder / "adapter_config.json").exists():
        return _present(folder, [ADAPTER_WEIGHTS])
    index = folder / "model.safetensors.index.json"
    if index.exists():
        return _present(folder, sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())))
    return _present(folder, ["model.safetensors"])


def check_model_folder(folder: str | Path) -> None:
    """Raise BadInput, naming what is missing, unless ``folder`` holds a whole base or merged model."""
    folder = Path(folder)
    if (folder / "adapter_config.json").exists():
        raise BadInput(f"{folder} holds an adapter, not a whole model; name its base model, and register the adapter on it.")
    weight_files(folder)
    _present(folder, ["config.json", "tokenizer.json"])


def weights_sha256(folder: str | Path, memo: Path | None = None) -> str:
    """One hash over every tensor's name, dtype, shape and bytes, whatever files they lie in and in what order.

    ``memo`` is a file that remembers answers by path, size and time of change, so that asking again costs nothing.
    """
    files = weight_files(folder)
    key = "\n".join(f"{file.resolve()} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
    known = _read_memo(memo)
    if key not in known:
        known[key] = _hash(files)
        _write_memo(memo, known)
    return known[key]


def tensor_shapes(file: Path) -> dict[str, list[int]]:
    """Each tensor's shape, by name, without reading the tensors."""
    return {name: shape for name, (_, shape, _, _) in _tensors(file).items()}


def _present(folder: Path, names: list[str]) -> list[Path]:
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        other = " Weights in another format must be saved as safetensors first." if list(folder.glob("*.bin")) else ""
        raise BadInput(f"The model folder {folder} has no {' and no '.join(missing)}; expected a whole model folder.{other}")
    return [folder / name for name in names]


def _hash(files: list[Path]) -> str:
    tensors = sorted((name, file, *facts) for file in files for name, facts in _tensors(file).items())
    digest = hashlib.sha256()
    for name, file, dtype, shape, begin, end in tensors:
        digest.update(json.dumps([name, dtype, shape]).encode())
        # Mapped and viewed, so that a large tensor is not copied into memory first.
        with (
            file.open("rb") as stream,
            mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data,
            memoryview(data) as whole,
            whole[begin:end] as tensor,
        ):
            digest.update(tensor)
    return digest.hexdigest()


def _tensors(file: Path) -> dict[str, tuple[str, list[int], int, int]]:
    """Of each tensor its dtype, shape, begin and end in the file, from the header: eight bytes of length, then JSON."""
    size = file.stat().st_size
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            header: dict[str, Any] = json.loads(stream.read(length)) if 0 < length < size else {}
        header.pop("__metadata__", None)
        start = 8 + length
        found = {
            name: (each["dtype"], each["shape"], start + each["data_offsets"][0], start + each["data_offsets"][1])
            for name, each in header.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        found = {}
    if not found or max(end for *_, end in found.values()) > size:
        raise Damaged(f"{file} is not a whole safetensors file; fetch or train the model again.")
    return found


def _read_memo(memo: Path | None) -> dict[str, str]:
    if memo is None or not memo.exists():
        return {}
    try:
        return json.loads(memo.read_text(encoding="utf-8"))
    except ValueError:
        return {}


def _write_memo(memo: Path | None, known: dict[str, str]) -> None:
    if memo is None:
        return
    part = memo.with_name(f".{memo.name}.{os.getpid()}")
    part.write_text(json.dumps(known, indent=1), encoding="utf-8")
    os.replace(part, memo)
