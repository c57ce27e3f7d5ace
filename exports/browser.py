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
from pathlib import Path
from typing import Any

from annotations import Encounter, Model, NotFound, Unavailable, now, sha256
from pipeline import decoding, prompts
from pipeline.merge import merge_adapter
from pipeline.models import resolve_model
from pipeline.onnx import RECIPES, Variant, build_onnx
from pipeline.parity import measure_parity, refuse_unfit, settings, unfit
from pipeline.versions import versions
from pipeline.workspace import Workspace

from .listing import largest_tensor, listed
from .policy import check_place, close_page
from .vendor import lock_sha256, vendor

Say = Callable[[str], None]
Build = tuple[Path, Variant]  # the folder that holds it
PAGE = Path(__file__).with_name("page")
MAX_NEW_TOKENS = 512
EXAMPLES = 6


def build_site(
    workspace: Workspace,
    model_id: str,
    say: Say,
    variants: Sequence[str] = tuple(RECIPES),
    examples: Sequence[Encounter] | None = None,
    force: bool = False,
    model_at: str | None = None,
) -> dict[str, Any]:
    """Write ``browser/<model_id>/`` and return its manifest; an adapter is merged first. A rebuild replaces the site whole.

    ``examples`` (default: invented encounters of the dev split) may hold real ones; they are left out. Raises Refused when a
    variant is not close enough to the model, unless ``force``. ``model_at`` is another host's folder that the page is to fetch
    ``models/`` from.
    """
    if model_at is not None:
        check_place(model_at)
    model, _ = resolve_model(workspace, model_id, say)
    if examples is None:
        with workspace.store() as store:
            examples = store.list_encounters(split="dev", source="scribeloop-demo")
    shipped = merge_adapter(workspace, model, say) if model.kind == "adapter" else model
    try:
        onnx_dir = workspace.cache / "onnx" / shipped.weights_sha256[:16]
        builds, parity = _close_builds(Path(shipped.path), onnx_dir, variants, say, force)
        return _write_site(workspace, (model, shipped), builds, parity, _invented(examples), say, model_at)
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


def _close_builds(
    model_dir: Path, onnx_dir: Path, variants: Sequence[str], say: Say, force: bool
) -> tuple[list[Build], dict[str, Any]]:
    """Each variant in int4, or in int8 where int4 strays too far from the model; Refused when that does too. ``parity.json``
    keeps what was given up under ``too_far``. ``force`` takes int4 whatever it is like."""
    light = build_onnx(model_dir, onnx_dir, variants, say)
    parity = _parity(model_dir, onnx_dir, light, say)
    poor = {} if force else unfit(parity)
    if not poor:
        return [(onnx_dir, variant) for variant in light], parity
    say(f"Too far from the model in int4, so built in int8, larger and closer: {', '.join(poor)}")
    folder = onnx_dir / "int8"
    heavy = build_onnx(model_dir, folder, list(poor), say, "int8")
    closer = _parity(model_dir, folder, heavy, say)
    refuse_unfit(closer)
    too_far = {name: parity["variants"][name] for name in poor}
    builds = {variant.name: (onnx_dir, variant) for variant in light} | {variant.name: (folder, variant) for variant in heavy}
    return list(builds.values()), parity | {"variants": parity["variants"] | closer["variants"], "too_far": too_far}


def _parity(model_dir: Path, onnx_dir: Path, built: Sequence[Variant], say: Say) -> dict[str, Any]:
    """Measured once per set of builds and kept beside them."""
    key = {"variants": {variant.name: [variant.command, variant.builder] for variant in built}} | settings()
    kept = onnx_dir / f"parity-{sha256(json.dumps(key))[:12]}.json"
    if not kept.exists():
        say("Measuring the builds against the model")
        parity = measure_parity(model_dir, onnx_dir, built)
        kept.write_text(json.dumps(parity, indent=2) + "\n", encoding="utf-8")
    parity = json.loads(kept.read_text(encoding="utf-8"))
    for name, found in parity["variants"].items():
        if "unmeasured" not in found:
            say(f"  {name}: mean divergence {found['mean_kl']:.4f} nats, same first choice {found['top1_agreement']:.0%}")
    return parity


def _invented(examples: Sequence[Encounter]) -> list[dict[str, str]]:
    """What may be published: encounters known to be invented, and never of the test split."""
    fit = [one for one in examples if not one.real and one.split != "test"]
    return [{"title": one.title or one.external_id, "transcript": one.transcript.strip()} for one in fit[:EXAMPLES]]


def _write_site(
    workspace: Workspace,
    models: tuple[Model, Model],
    builds: Sequence[Build],
    parity: dict,
    examples: list,
    say: Say,
    model_at: str | None,
) -> dict[str, Any]:
    """Fill a folder beside the final one, then change places. ``models`` are the one asked for and the one shipped."""
    say("Writing the site")
    model, shipped = models
    building = Path(tempfile.mkdtemp(prefix=f".{model.id}-", dir=workspace.browser))
    try:
        shutil.copytree(PAGE, building, dirs_exist_ok=True)
        index = building / "index.html"
        index.write_text(close_page(index.read_text(encoding="utf-8"), model_at), encoding="utf-8")
        vendor(workspace, building / "vendor", say)
        _copy_model(builds, building / "models" / model.id)
        _write(building / "prompt.json", prompts.spec())
        _write(building / "examples.json", examples)
        _write(building / "parity.json", parity)
        manifest = _manifest(building, model, shipped, [variant for _, variant in builds], parity) | {"model_at": model_at}
        _write(building / "manifest.json", manifest)
        building.chmod(0o755)
        _replace(building, workspace.browser / model.id)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    say(f"Wrote {workspace.browser / model.id}")
    return manifest


def _copy_model(builds: Sequence[Build], folder: Path) -> None:
    """The transformers.js folder with the chosen variants; the large files are linked where the file system can."""
    (folder / "onnx").mkdir(parents=True)
    for name in ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"):
        # The upper folder's where there are two: it knows every graph, and an int8 graph has the name that the int4 one had.
        shutil.copyfile(min(onnx_dir for onnx_dir, _ in builds) / name, folder / name)
    for onnx_dir, variant in builds:
        for path in (variant.path, variant.path + "_data"):
            try:
                os.link(onnx_dir / path, folder / path)
            except OSError:
                shutil.copyfile(onnx_dir / path, folder / path)


def _manifest(building: Path, model: Model, shipped: Model, built: Sequence[Variant], parity: dict) -> dict[str, Any]:
    inputs: dict[str, Any] = {"model": {"id": model.id, "kind": model.kind, "sha256": model.weights_sha256}}
    if shipped is not model:
        inputs["merged"] = {"id": shipped.id, "sha256": shipped.weights_sha256}
    if model.base_id:
        inputs["base"] = {"id": model.base_id, "sha256": model.base_sha256}
    config = json.loads((building / "models" / model.id / "config.json").read_text(encoding="utf-8"))
    return {
        "id": model.id,
        "name": model.name,
        "licence": shipped.licence,
        "made": now(),
        "status": "done",
        "inputs": inputs | {"prompt_hash": prompts.prompt_hash(), "npm_lock_sha256": lock_sha256()},
        "config": {
            "max_new_tokens": MAX_NEW_TOKENS, "decoding": decoding.parameters(), "context": config["max_position_embeddings"],
        },  # fmt: skip
        "versions": versions("onnxruntime-genai", "onnxruntime", "onnx-ir", "transformers", "torch") | {"node": _locked()},
        "variants": [_describe(variant, building / "models" / model.id) for variant in built],
        "parity": parity["variants"],
    } | listed(building)


def _describe(variant: Variant, folder: Path) -> dict[str, Any]:
    keys = ("name", "device", "dtype", "precision", "model_file_name", "bytes", "seconds")
    return {key: getattr(variant, key) for key in keys} | {
        "command": " ".join(variant.command), "largest_tensor": largest_tensor(folder / variant.path),
    }  # fmt: skip


def _locked() -> dict[str, str]:
    packages = json.loads((Path(__file__).with_name("npm") / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {name: packages[f"node_modules/{name}"]["version"] for name in ("@huggingface/transformers", "onnxruntime-web")}


def _replace(building: Path, final: Path) -> None:
    """Two renames: a reader sees the old site or the new one, and a failure puts the old one back."""
    retired = building.with_name(building.name + "-old")
    if final.exists():
        os.replace(final, retired)
    try:
        os.replace(building, final)
    except OSError:
        if retired.exists():
            os.replace(retired, final)
        raise
    shutil.rmtree(retired, ignore_errors=True)


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
