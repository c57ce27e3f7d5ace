"""The browser site of a model: a folder of static files that writes notes in the reader's own browser, with no server behind it.

``browser/<id>/`` holds our page, the pinned libraries, the ONNX builds, the prompt, invented examples, ``parity.json`` and
``manifest.json``, which names what all of it was made from.
"""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import BadInput, Encounter, Model, NotFound, Unavailable, now, study_labels
from pipeline import decoding, prompts
from pipeline.merge import merge_adapter
from pipeline.models import resolve_model
from pipeline.onnx import RECIPES, Variant, write_configs
from pipeline.onnx_repairs import data_of
from pipeline.onnx_search import Build, smallest_fit
from pipeline.versions import versions
from pipeline.workspace import Workspace

from .folders import change_over
from .listing import largest_tensor, listed
from .policy import check_place, close_page
from .scripts import PAGE
from .vendor import lock_sha256, vendor

Say = Callable[[str], None]
MAX_NEW_TOKENS = 512
EXAMPLES = 6


@dataclass(frozen=True)
class Built:
    """A model of the site: the one asked for, the one that was built (an adapter's merged weights), and what became of it."""

    model: Model
    weights: Model
    builds: list[Build]
    parity: dict[str, Any]


def build_site(
    workspace: Workspace,
    model_id: str,
    say: Say,
    variants: Sequence[str] = tuple(RECIPES),
    examples: Sequence[Encounter] | None = None,
    force: bool = False,
    model_at: str | None = None,
    with_base: bool = False,
) -> dict[str, Any]:
    """Write ``browser/<model_id>/`` and return its manifest; an adapter is merged first. A rebuild replaces the site whole.

    ``examples`` (default: invented encounters of the dev split) may hold real ones; they are left out. Raises Refused when a
    variant is not close enough to the model, unless ``force``. ``model_at`` is another host's folder that the page is to fetch
    ``models/`` from. ``with_base`` adds the base of an adapter, so that the page can show both models' notes.
    """
    if model_at is not None:
        check_place(model_at)
    model, base = resolve_model(workspace, model_id, say)
    if with_base and base is model:
        raise BadInput(f"{model.id!r} was not tuned from another model; build a site with its base for an adapter.")
    if examples is None:
        with workspace.store() as store:
            examples = store.list_encounters(split="dev", source="scribeloop-demo")
    shipped = merge_adapter(workspace, model, say) if model.kind == "adapter" else model
    try:
        built = []
        for asked, weights in [(model, shipped), (base, base)][: 1 + with_base]:
            onnx_dir = workspace.cache / "onnx" / weights.weights_sha256[:16]
            built.append(Built(asked, weights, *smallest_fit(Path(weights.path), onnx_dir, variants, say, force)))
        return _write_site(workspace, built, _invented(examples), say, model_at)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise Unavailable(f"The disk is full; free some space at {workspace.home} and build the site again.") from error


def site_folder(workspace: Workspace, id: str) -> Path:
    """The finished site of a model; NotFound says how to build it."""
    folder = workspace.browser / id
    if not (folder / "manifest.json").exists():
        raise NotFound(f"There is no browser site for {id!r}; build it with: scribeloop browser build {id}")
    return folder


def list_sites(workspace: Workspace) -> list[dict[str, Any]]:
    """The manifests of all finished sites, by id."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(workspace.browser.glob("[!.]*/manifest.json"))]


def _invented(examples: Sequence[Encounter]) -> list[dict[str, Any]]:
    """What may be published: encounters known to be invented, and never of the test split."""
    fit = [one for one in examples if not one.real and one.split != "test"]
    # Everything by which a studio knows the encounter again when corrections of its note come back.
    kept = ("source", "external_id", "transcript", "split", "reference", "specialty", "synthetic")
    return [{"title": one.title or one.external_id} | {name: getattr(one, name) for name in kept} for one in fit[:EXAMPLES]]


def _write_site(
    workspace: Workspace, built: Sequence[Built], examples: list, say: Say, model_at: str | None
) -> dict[str, Any]:
    """Fill a folder beside the final one, then change places. The site is the first model's."""
    say("Writing the site")
    model = built[0].model
    building = Path(tempfile.mkdtemp(prefix=f".{model.id}-", dir=workspace.browser))
    try:
        shutil.copytree(PAGE, building, dirs_exist_ok=True)
        for page in building.glob("*.html"):
            page.write_text(close_page(page.read_text(encoding="utf-8"), model_at), encoding="utf-8")
        vendor(workspace, building / "vendor", say)
        for one in built:
            _copy_model(Path(one.weights.path), one.builds, building / "models" / one.model.id)
        _write(building / "prompt.json", prompts.spec())
        _write(building / "examples.json", examples)
        labels = study_labels(workspace.home)
        _write(building / "labels.json", {"version": labels.version, "data": labels.data})
        _write(building / "parity.json", built[0].parity)
        manifest = _manifest(building, built) | {"model_at": model_at}
        _write(building / "manifest.json", manifest)
        building.chmod(0o755)
        if retired := change_over(building, workspace.browser / model.id):
            shutil.rmtree(retired, ignore_errors=True)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    say(f"Wrote {workspace.browser / model.id}")
    return manifest


def _copy_model(model_dir: Path, builds: Sequence[Build], folder: Path) -> None:
    """The transformers.js folder with the chosen builds; the large files are linked where the file system can."""
    (folder / "onnx").mkdir(parents=True)
    write_configs(model_dir, folder, [variant for _, variant in builds])
    for onnx_dir, variant in builds:
        graph = onnx_dir / variant.path
        for path in (graph, data_of(graph)):
            try:
                os.link(path, folder / "onnx" / path.name)
            except OSError:
                shutil.copyfile(path, folder / "onnx" / path.name)


def _manifest(building: Path, built: Sequence[Built]) -> dict[str, Any]:
    models = [_facts(building / "models" / one.model.id, one) for one in built]
    # What the page takes the place of the first one's facts with, to write with the other model.
    both = {"models": models} if len(models) > 1 else {}
    return models[0] | both | {
        "made": now(),
        "status": "done",
        "versions": versions("onnxruntime-genai", "onnxruntime", "onnx-ir", "transformers", "torch") | {"node": _locked()},
    } | listed(building)  # fmt: skip


def _facts(folder: Path, built: Built) -> dict[str, Any]:
    model, shipped = built.model, built.weights
    inputs: dict[str, Any] = {"model": {"id": model.id, "kind": model.kind, "sha256": model.weights_sha256}}
    if shipped is not model:
        inputs["merged"] = {"id": shipped.id, "sha256": shipped.weights_sha256}
    if model.base_id:
        inputs["base"] = {"id": model.base_id, "sha256": model.base_sha256}
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return {
        "id": model.id,
        "name": model.name,
        "licence": shipped.licence,
        "inputs": inputs | {"prompt_hash": prompts.prompt_hash(), "npm_lock_sha256": lock_sha256()},
        "config": {
            "max_new_tokens": MAX_NEW_TOKENS, "decoding": decoding.parameters(), "context": config["max_position_embeddings"],
        },  # fmt: skip
        "variants": [_describe(variant, folder) for _, variant in built.builds],
        "parity": built.parity["variants"],
        "known": built.parity["known"],
    }


def _describe(variant: Variant, folder: Path) -> dict[str, Any]:
    keys = ("name", "device", "dtype", "precision", "model_file_name", "bytes", "seconds")
    return {key: getattr(variant, key) for key in keys} | {
        "command": " ".join(variant.command), "largest_tensor": largest_tensor(folder / variant.path),
    }  # fmt: skip


def _locked() -> dict[str, str]:
    packages = json.loads((Path(__file__).with_name("npm") / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {name: packages[f"node_modules/{name}"]["version"] for name in ("@huggingface/transformers", "onnxruntime-web")}


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
