"""The list of a site's files with their hashes: what the page checks every byte against, and what names the build."""

import hashlib
import json
from pathlib import Path
from typing import Any

from annotations import sha256

# What the page fetches again at most when a download breaks, and holds in memory while it checks it.
PIECE_BYTES = 4 << 20


def listed(folder: Path, piece_bytes: int = PIECE_BYTES) -> dict[str, Any]:
    """The manifest's part on files: ``files``, ``piece_bytes``, ``bytes`` and ``build``, which every change of a file changes.

    A file of more than a piece has the hash of each in ``pieces``: a browser hashes only what it holds whole.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / "manifest.json"]
    files = [{"path": path.relative_to(folder).as_posix()} | _described(path, piece_bytes) for path in paths]
    return {
        # Names this build among the browser's caches, so that a rebuilt site never runs on the old one's files.
        "build": sha256(json.dumps(files, sort_keys=True))[:16],
        "piece_bytes": piece_bytes,
        "files": files,
        "bytes": sum(file["bytes"] for file in files),
    }


def _described(path: Path, piece_bytes: int) -> dict[str, Any]:
    whole, pieces = hashlib.sha256(), []
    with path.open("rb") as file:
        while piece := file.read(piece_bytes):
            whole.update(piece)
            pieces.append(hashlib.sha256(piece).hexdigest())
    found: dict[str, Any] = {"bytes": path.stat().st_size, "sha256": whole.hexdigest()}
    return found | {"pieces": pieces} if len(pieces) > 1 else found


def largest_tensor(graph: Path) -> int:
    """Bytes of the largest weight of an ONNX file, which a GPU must hold in one buffer."""
    import onnx

    lengths = [0]
    for tensor in onnx.load(graph, load_external_data=False).graph.initializer:
        outside = {entry.key: entry.value for entry in tensor.external_data}
        lengths.append(int(outside["length"]) if "length" in outside else len(tensor.raw_data))
    return max(lengths)
