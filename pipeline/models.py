"""Models by whatever name they are asked for, as registered values: entries, folders, Hub repositories, adapters."""

import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from annotations import BadInput, Damaged, Model, NotFound, Promotions, Refused

from .sources import Entry, default_entry, entries, fetch, hub_entry, origin
from .tokenizer import load_tokenizer
from .weights import ADAPTER_WEIGHTS, check_model_folder, weights_sha256
from .workspace import Workspace

__all__ = [
    "CHAMPION", "load_tokenizer", "named", "register_adapter", "resolve_base", "resolve_demo_adapter", "resolve_model",
    "weights_sha256",
]  # fmt: skip

Say = Callable[[str], None]
DEMO_ADAPTER = "demo/adapter"
ABOUT_ADAPTER = "scribeloop.json"
CHAMPION = "champion"
HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def resolve_base(workspace: Workspace, wanted: str | None, say: Say) -> Model:
    """The registered base model that ``wanted`` names, fetched if need be: a model id, an entry of models.toml, a folder, or a
    Hub repository ``owner/name``; None means the default. A merged model serves as a base too.

    Raises Unavailable when no source has it, BadInput for a folder that is no whole model, Damaged when weights have changed.
    """
    wanted = wanted or default_entry()
    if wanted in entries():
        return _register_entry(workspace, entries()[wanted], say)
    with workspace.store() as store:
        known = store.find_model(wanted)
    if known and known.kind == "adapter":
        raise BadInput(f"{wanted!r} is an adapter; expected a base model, such as {known.base_id}.")
    if known and known.path and Path(known.path).exists():
        return _unchanged(workspace, known)
    if known and known.meta.get("repo"):
        return _register_entry(workspace, hub_entry(known.meta["repo"]), say)
    if known:
        raise _gone(known)
    folder = Path(wanted).expanduser()
    if folder.is_dir():
        return _register_folder(workspace, folder.resolve())
    if HUB_NAME.fullmatch(wanted):
        return _register_entry(workspace, hub_entry(wanted), say)
    raise NotFound(
        f"There is no model {wanted!r}; expected one of {', '.join(entries())}, a model folder, or a Hub name such as owner/name."
    )


def resolve_model(workspace: Workspace, wanted: str | None, say: Say) -> tuple[Model, Model]:
    """The model that ``wanted`` names and the base that it runs on (itself, unless it is an adapter), both unchanged.

    The adapter that ships is known by its id in every home, also where the demo was never opened.
    """
    wanted = named(workspace, wanted)
    with workspace.store() as store:
        known = store.find_model(wanted) if wanted else None
    if wanted and not (known and known.path) and wanted == _about(_shipped_adapter()).get("id"):
        known = resolve_demo_adapter(workspace, say)
    if known is None or known.kind != "adapter":
        base = resolve_base(workspace, wanted, say)
        return base, base
    adapter = _unchanged(workspace, known)
    base = resolve_base(workspace, adapter.base_id, say)
    _same_base(adapter.id, adapter.base_sha256, base)
    return adapter, base


def named(workspace: Workspace, model_id: str | None) -> str | None:
    """The model id that a user's word stands for: ``champion`` is whoever is champion now, any other is itself."""
    if model_id != CHAMPION:
        return model_id
    with workspace.store() as store:
        champion = Promotions(store).champion()
    if champion is None:
        raise NotFound("No model is champion yet; promote one with: scribeloop model promote ID")
    return champion.id


def register_adapter(
    workspace: Workspace, adapter_dir: str | Path, base: Model, model_id: str, name: str | None = None, run_id: str | None = None,
    meta: dict[str, Any] | None = None,
) -> Model:  # fmt: skip
    """Register a folder with ``adapter_config.json`` and ``adapter_model.safetensors`` as an adapter of ``base``.

    Raises Refused when the folder's own ``scribeloop.json`` names another base.
    """
    folder = Path(adapter_dir).resolve()
    if not (folder / "adapter_config.json").exists():
        raise BadInput(f"{folder} has no adapter_config.json; expected a PEFT adapter with it and {ADAPTER_WEIGHTS}.")
    about = _about(folder)
    if about.get("base_sha256"):
        _same_base(model_id, about["base_sha256"], base)
    model = Model(
        id=model_id, name=name or about.get("name") or model_id, kind="adapter", path=str(folder),
        weights_sha256=weights_sha256(folder), base_id=base.id, base_sha256=base.weights_sha256, run_id=run_id,
        licence=base.licence, meta=meta or {},
    )  # fmt: skip
    with workspace.store() as store:
        return store.ensure_model(model)


def resolve_demo_adapter(workspace: Workspace, say: Say) -> Model | None:
    """The adapter that ships with the project, registered on its base; None in a version that ships none."""
    folder = _shipped_adapter()
    if not (folder / ADAPTER_WEIGHTS).exists():
        return None
    about = _about(folder)
    base = resolve_base(workspace, about["base_id"], say)
    return register_adapter(workspace, folder, base, about["id"], meta={"ships": True})


def _register_entry(workspace: Workspace, entry: Entry, say: Say) -> Model:
    folder = fetch(workspace, entry, say)
    found = origin(folder)
    meta = {key: found[key] for key in ("source", "repo", "revision", "package") if key in found}
    sha = found["weights_sha256"]
    return _register(workspace, Model(entry.id, entry.name, "base", str(folder), sha, licence=entry.licence, meta=meta))


def _register_folder(workspace: Workspace, folder: Path) -> Model:
    """A user's own folder. Its id carries a part of the hash, so that two folders of one name are two models."""
    check_model_folder(folder)
    sha = weights_sha256(folder, _memo(workspace))
    id = f"{re.sub(r'[^a-z0-9.]+', '-', folder.name.lower()).strip('-.')}-{sha[:8]}"
    return _register(workspace, Model(id, folder.name, "base", str(folder), sha))


def _register(workspace: Workspace, model: Model) -> Model:
    with workspace.store() as store:
        return store.ensure_model(model)


def _unchanged(workspace: Workspace, model: Model) -> Model:
    if not model.path:
        raise _gone(model)
    found = weights_sha256(model.path, _memo(workspace))
    if found != model.weights_sha256:
        raise Damaged(
            f"The weights of {model.id!r} in {model.path} have changed: hash {found[:12]}, registered with "
            f"{model.weights_sha256[:12]}. Put the old ones back, or register the new ones under another name."
        )
    return model


def _gone(model: Model) -> NotFound:
    if model.path:
        return NotFound(f"The folder of model {model.id!r} is gone ({model.path}); put it back, or name its new place.")
    return NotFound(f"Model {model.id!r} is known here by its notes alone, which were imported; its weights are elsewhere.")


def _same_base(adapter: str, expected: str, base: Model) -> None:
    if expected != base.weights_sha256:
        raise Refused(
            f"Adapter {adapter!r} was trained on a base with the weights {expected[:12]}, but {base.id!r} has "
            f"{base.weights_sha256[:12]}; use the base that it was trained on, or train again."
        )


def _shipped_adapter() -> Path:
    return Path(str(files("pipeline").joinpath(DEMO_ADAPTER)))


def _about(folder: Path) -> dict[str, Any]:
    path = folder / ABOUT_ADAPTER
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _memo(workspace: Workspace) -> Path:
    return workspace.cache / "hashes.json"
