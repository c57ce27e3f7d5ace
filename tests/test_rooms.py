"""The rooms import only to the right, each keeps its own kind of thing, and the command line starts light."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
# From right to left; a room may import those before it.
ROOMS = ("annotations", "pipeline", "exports", "studio")
# What only one room may import, and what the studio may not.
KEPT_IN = {"gradio": "studio", "sqlite3": "annotations", "sqlite_utils": "annotations"}
NOT_IN_STUDIO = ("torch", "transformers", "peft", "trl")
# A room with one door: its public names, never its files. The pipeline has many doors, one per file.
ONE_DOOR = ("annotations",)
HEAVY = ("torch", "transformers", "gradio", "peft", "trl", "datasets", "onnxruntime")


class Import(NamedTuple):
    """``where`` is ``path:line``, ``room`` the room of that file, ``module`` the absolute name of what it imports."""

    where: str
    room: str
    module: str


def imports_of(source: str, path: Path) -> list[Import]:
    """Every import in ``source``, at whatever depth, with relative ones made absolute."""
    package = path.parent.parts
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*base, *([node.module] if node.module else [])])
            # ``from annotations import store`` opens a file of the room as much as ``from annotations.store import Store``.
            modules = [stem, *(f"{stem}.{alias.name}" for alias in node.names if is_module(f"{stem}.{alias.name}"))]
        else:
            continue
        found += [Import(f"{path.as_posix()}:{node.lineno}", path.parts[0], module) for module in modules]
    return found


def is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return name.split(".")[0] in ROOMS and (place.with_suffix(".py").is_file() or (place / "__init__.py").is_file())


def wrong(found: Import) -> str | None:
    """Why the import is against the rules of the rooms, or None."""
    parts = found.module.split(".")
    top = parts[0]
    if top in ROOMS and ROOMS.index(top) > ROOMS.index(found.room):
        return f"{found.where}: {found.room} imports {found.module}; rooms import only to the right"
    if top in ONE_DOOR and top != found.room and len(parts) > 1:
        return f"{found.where}: {found.module} is inside {top}; import its public names from {top}"
    if KEPT_IN.get(top, found.room) != found.room:
        return f"{found.where}: {top} belongs to {KEPT_IN[top]} alone"
    if found.room == "studio" and top in NOT_IN_STUDIO:
        return f"{found.where}: the studio imports {top}"
    if top == "tests":
        return f"{found.where}: tests are not to be imported"
    return None


def everything() -> list[Import]:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "node_modules" not in path.parts]
    assert len(files) > 20
    return [found for path in files for found in imports_of(path.read_text(encoding="utf-8"), path.relative_to(ROOT))]


def test_rooms_import_only_to_the_right_and_keep_their_own_things():
    assert [reason for found in everything() if (reason := wrong(found))] == []


@pytest.mark.parametrize(
    "path, line, reason",
    [
        ("pipeline/x.py", "from studio.words import A", "only to the right"),
        ("annotations/x.py", "def f():\n    import pipeline.prompts", "only to the right"),
        ("pipeline/x.py", "from exports import browser", "only to the right"),
        ("pipeline/a/x.py", "from ...studio import app", "only to the right"),
        ("pipeline/x.py", "from annotations.store import Store", "is inside annotations"),
        ("studio/x.py", "from annotations import store", "is inside annotations"),
        ("pipeline/x.py", "import gradio as gr", "belongs to studio"),
        ("exports/x.py", "import sqlite3", "belongs to annotations"),
        ("studio/desks/x.py", "from sqlite_utils import Database", "belongs to annotations"),
        ("studio/x.py", "def f():\n    from torch import nn", "the studio imports torch"),
        ("studio/x.py", "import transformers.models", "the studio imports transformers"),
        ("pipeline/x.py", "from tests.tiny import make_tiny_llama", "not to be imported"),
        ("pipeline/x.py", "import torch", None),
        ("studio/cli/x.py", "from pipeline.workspace import Workspace", None),
        ("studio/cli/x.py", "from annotations import Store, transcript_key", None),
        ("annotations/x.py", "from .store import Store\nimport sqlite3", None),
        ("exports/x.py", "from pipeline.prompts import spec\nfrom .y import z", None),
    ],
)
def test_the_rules_themselves_catch_what_they_say(path, line, reason):
    reasons = [why for found in imports_of(line, Path(path)) if (why := wrong(found))]
    assert (reason is None) == (reasons == [])
    assert reason is None or reason in reasons[0]


def test_the_command_line_starts_without_the_heavy_libraries():
    script = f"import sys, studio.cli; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (result.stdout.strip(), result.stderr) == ("[]", "")
