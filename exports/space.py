"""The Gradio Space of a model: a folder that starts on a small machine's CPU with an invented visit and its two notes there.

It holds ``app.py``, ``requirements.txt`` (no torch among them), ``space.json`` with the visits, the notes and how they were made,
the two models' CPU builds, and our own source. The page itself is in the studio; nothing here imports Gradio.
"""

import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from annotations import Encounter, Model, NotFound, now, sha256
from pipeline.engines import Draft, Request, open_onnx
from pipeline.models import resolve_model
from pipeline.notes import MAX_NEW_TOKENS
from pipeline.prompts import prompt_hash
from pipeline.versions import versions
from pipeline.workspace import Workspace

from .browser import build_site, site_folder

Say = Callable[[str], None]
APP_FILE = "app.py"
SOURCE = "scribeloop"
EXAMPLES = 3
ROOMS = ("annotations", "pipeline", "exports", "studio")
# The page brings its own visits, and the adapter is in the build already.
LEFT_OUT = ("demo", "npm", "__pycache__", "*.pyi")
# What the page and the engine import besides Python's own.
REQUIRED = ("gradio", "numpy", "onnxruntime", "sqlite-utils", "transformers")
APP = f'''"""Starts the Space: the page is studio/space.py in the project's own source beside this file."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "{SOURCE}"))

from studio.space import serve  # noqa: E402

serve(HERE)
'''


def build_space(
    workspace: Workspace, model_id: str, say: Say, links: dict[str, str | None], built_with: str | None = None
) -> Path:
    """Fill ``spaces/<model_id>/`` of the workspace and return it; what was there is replaced whole.

    Two models write: the adapter's merged build and its base's. The notes are written now, by the same engine as on the Space,
    and kept for the next time. ``links`` lead to the other parts (browser, model, dataset), ``built_with`` is a licence that
    wants its name shown. NotFound when the model has no site with a CPU build, or there is no invented visit to show.
    """
    model, base = resolve_model(workspace, model_id, say)
    builds = [_build(workspace, base, say, make=True), _build(workspace, model, say, make=False)]
    visits = _visits(workspace)
    models = [_held(one, folder) for one, (folder, _) in zip((base, model), builds, strict=True)]
    notes = _notes(workspace, models, visits, say)
    spaces = workspace.home / "spaces"
    spaces.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{model.id}-", dir=spaces))
    try:
        shown = [
            _copy_build(folder, manifest, building / "models" / one.kind) | _about(one)
            for one, (folder, manifest) in zip((base, model), builds, strict=True)
        ]
        _write(building, _facts(shown, visits, notes, links, built_with))
        building.chmod(0o755)
        folder = spaces / model.id
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    say(f"Wrote {folder}")
    return folder


def hub_facts() -> dict[str, Any]:
    """What the Hub must know to start it."""
    major = ".".join(platform.python_version_tuple()[:2])
    return {"sdk_version": versions("gradio")["gradio"], "python_version": major, "app_file": APP_FILE}


def requirements() -> str:
    """The versions with which the notes were made here, one a line."""
    return "".join(f"{name}=={number}\n" for name, number in versions(*REQUIRED).items())


def _build(workspace: Workspace, model: Model, say: Say, make: bool) -> tuple[Path, dict[str, Any]]:
    """The folder of the model's CPU build, in its browser site, and that site's manifest; built when ``make`` allows."""
    try:
        site = site_folder(workspace, model.id)
    except NotFound:
        if not make:
            raise
        say(f"Building {model.id} for the CPU, to write beside the tuned model")
        build_site(workspace, model.id, say, variants=("wasm",))
        site = site_folder(workspace, model.id)
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    if not any(one["name"] == "wasm" for one in manifest["variants"]):
        raise NotFound(
            f"The site of {model.id!r} has no build for the CPU; build it with: scribeloop browser build {model.id} "
            "--variant wasm"
        )
    return site / "models" / model.id, manifest


def _visits(workspace: Workspace) -> list[Encounter]:
    """Invented ones of the dev split, the shortest first: the visitor waits for the model to read them."""
    with workspace.store() as store:
        fit = [one for one in store.list_encounters(split="dev") if not one.real]
    if not fit:
        raise NotFound("There is no invented visit of the dev split to show; bring some in with: scribeloop transcripts demo")
    return sorted(fit, key=lambda one: len(one.transcript))[:EXAMPLES]


def _held(model: Model, folder: Path) -> Model:
    """The model as its build, for the engine."""
    return Model(model.id, model.name, "merged", str(folder), model.weights_sha256)


def _notes(workspace: Workspace, models: Sequence[Model], visits: Sequence[Encounter], say: Say) -> list[list[dict[str, Any]]]:
    """Both notes of each visit, written one visit after the other and remembered."""
    cache = workspace.cache / "space-notes"
    cache.mkdir(exist_ok=True)
    engine, found = None, []
    for number, visit in enumerate(visits, 1):
        key = [[model.weights_sha256, _build_hash(model)] for model in models]
        key += [visit.transcript, prompt_hash(), MAX_NEW_TOKENS, versions("onnxruntime")]
        kept = cache / f"{sha256(json.dumps(key))[:24]}.json"
        if not kept.exists():
            engine = engine or open_onnx(models)
            say(f"Writing both notes of visit {number} of {len(visits)}")
            drafts = [
                one for one in engine.stream([Request(model, visit.transcript) for model in models]) if isinstance(one, Draft)
            ]
            notes = [_note(draft) for draft in sorted(drafts, key=lambda draft: draft.index)]
            kept.write_text(json.dumps(notes, indent=1, ensure_ascii=False), encoding="utf-8")
        found.append(json.loads(kept.read_text(encoding="utf-8")))
    return found


def _build_hash(model: Model) -> list[tuple[str, int]]:
    return sorted((path.name, path.stat().st_size) for path in (Path(model.path) / "onnx").iterdir())


def _note(draft: Draft) -> dict[str, Any]:
    return {
        "text": draft.text, "tokens": len(draft.token_ids), "prompt_tokens": draft.prompt_tokens,
        "seconds": round(draft.seconds, 2), "finish_reason": draft.finish_reason, "made": now(), "on": _machine(),
    }  # fmt: skip


def _machine() -> dict[str, Any]:
    """Which processor, and how many of its cores this process may use."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = (line.partition(":") for line in info.read_text(encoding="utf-8", errors="replace").splitlines())
        name = next((value.strip() for key, _, value in lines if key.strip() == "model name"), name)
    name = re.sub(r"\((R|TM|C)\)", "", name)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": name, "cores": cores}


def _copy_build(folder: Path, manifest: dict[str, Any], to: Path) -> dict[str, Any]:
    """The configs, the tokenizer and the CPU graph with its weights."""
    variant = next(one for one in manifest["variants"] if one["name"] == "wasm")
    graph = f"{variant['model_file_name']}_{variant['dtype']}.onnx"
    (to / "onnx").mkdir(parents=True)
    for path in [*folder.glob("*.json"), folder / "onnx" / graph, folder / "onnx" / f"{graph}_data"]:
        target = to / path.relative_to(folder)
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)
    return {"folder": f"models/{to.name}", "precision": variant["precision"], "bytes": variant["bytes"]}


def _about(model: Model) -> dict[str, Any]:
    return {"id": model.id, "name": model.name, "kind": model.kind, "sha256": model.weights_sha256}


def _facts(
    shown: list[dict[str, Any]], visits: Sequence[Encounter], notes: list, links: dict[str, str | None], built_with: str | None
) -> dict[str, Any]:
    return {
        "made": now(), "made_on": _machine(), "models": shown, "prompt_hash": prompt_hash(), "built_with": built_with,
        "max_new_tokens": MAX_NEW_TOKENS, "versions": versions("scribeloop", *REQUIRED), "links": links,
        "examples": [
            {
                "title": visit.title or visit.external_id, "specialty": visit.specialty, "transcript": visit.transcript.strip(),
                "notes": both,
            }
            for visit, both in zip(visits, notes, strict=True)
        ],
    }  # fmt: skip


def _write(building: Path, facts: dict[str, Any]) -> None:
    (building / APP_FILE).write_text(APP, encoding="utf-8")
    (building / "requirements.txt").write_text(requirements(), encoding="utf-8")
    (building / "space.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    root = Path(__file__).resolve().parents[1]
    for room in ROOMS:
        shutil.copytree(root / room, building / SOURCE / room, ignore=shutil.ignore_patterns(*LEFT_OUT))
