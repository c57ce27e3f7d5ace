"""Checking a finished site as a reader would: a headless Chromium opens it and writes a note, and Python writes the same note."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from annotations import BadInput, Damaged, Unavailable
from pipeline.dataset_files import file_sha256
from pipeline.onnx import RECIPES
from pipeline.parity import TRANSCRIPTS, greedy_onnx, greedy_reference
from pipeline.workspace import Workspace

from .browser import site_folder
from .serving import serving

TOKENS = 32
# A real WebGPU adapter without a GPU: SwiftShader on Vulkan. The rest keeps Chromium from asking its maker anything.
CHROMIUM_FLAGS = (
    "--no-sandbox", "--enable-unsafe-webgpu", "--enable-features=Vulkan", "--use-angle=vulkan", "--use-vulkan=swiftshader",
    "--use-webgpu-adapter=swiftshader", "--disable-vulkan-surface", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
LOAD_SECONDS, NOTE_SECONDS = 300, 900


@contextmanager
def open_chromium() -> Iterator[Any]:
    """A headless Chromium (a Playwright Browser) with the software WebGPU adapter; Unavailable when a part is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Unavailable("Playwright is missing; install it with: pip install playwright") from error
    executable = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def find_chromium() -> str:
    """The program, under any of the names that systems give it; Unavailable when there is none."""
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        raise Unavailable("Chromium is missing; install it (on Debian: apt install chromium), then check again.")
    return executable


def check_site(workspace: Workspace, id: str, variant: str = "wasm", prompt: str | None = None) -> dict[str, Any]:
    """Verify the site's files, write a note in Chromium, and compare its first tokens with Python's.

    ``equal_to_onnx`` compares with the same build in Python's onnxruntime, ``equal_to_model`` with the float32 model; int4 parts
    from float32 sooner or later, so only the first is expected of every model. ``same_tokens`` counts the first tokens that are
    equal, with either; ``parity`` is what was measured of the build when it was made. Raises Damaged when a file is not the one
    that the manifest names, Unavailable without Chromium, WebGPU or the variant.
    """
    folder = site_folder(workspace, id)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    verify_files(folder, manifest)
    recipe = RECIPES.get(variant)
    if recipe is None or variant not in [built["name"] for built in manifest["variants"]]:
        raise BadInput(
            f"The site {id!r} has no variant {variant!r}; expected {', '.join(v['name'] for v in manifest['variants'])}."
        )
    transcript = prompt or TRANSCRIPTS[0]
    written = write_note(workspace, id, recipe.device, recipe.dtype, transcript)
    graph = folder / "models" / id / "onnx" / recipe.file
    inputs = manifest["inputs"]
    with workspace.store() as store:
        model = store.get_model(inputs.get("merged", inputs["model"])["id"])
    prompt_ids, model_ids = greedy_reference(Path(model.path), transcript, TOKENS)
    stop = json.loads((folder / "models" / id / "generation_config.json").read_text())["eos_token_id"]
    onnx_ids = greedy_onnx(graph, prompt_ids, stop, TOKENS)
    return {
        "id": id,
        "variant": variant,
        "parity": manifest["parity"][variant],
        "prompt_equal": written["promptIds"] == prompt_ids,
        "equal_to_onnx": written["ids"] == onnx_ids,
        "equal_to_model": written["ids"] == model_ids,
        "same_tokens": {"onnx": _same(written["ids"], onnx_ids), "model": _same(written["ids"], model_ids)},
        "browser_ids": written["ids"],
        "onnx_ids": onnx_ids,
        "model_ids": model_ids,
        "text": written["text"],
        "seconds": round(written["seconds"], 2),
        "foreign_requests": written["foreign_requests"],
    }


def check_every(workspace: Workspace, id: str, prompt: str | None = None) -> list[dict[str, Any]]:
    """``check_site`` of each variant that the site has; of one that this Chromium cannot run (q4f16 where the adapter has no
    16-bit floats) its name and, as ``not_run``, why. Unavailable when it can run none."""
    manifest = json.loads((site_folder(workspace, id) / "manifest.json").read_text(encoding="utf-8"))
    found = []
    for name in (built["name"] for built in manifest["variants"]):
        try:
            found.append(check_site(workspace, id, name, prompt))
        except Unavailable as error:
            found.append({"id": id, "variant": name, "not_run": str(error)})
    if all("not_run" in one for one in found):
        raise Unavailable(found[0]["not_run"])
    return found


def _same(ids: list[int], others: list[int]) -> int:
    """How many tokens both begin with."""
    pairs = zip(ids, others, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(ids), len(others)))


def verify_files(folder: Path, manifest: dict[str, Any]) -> None:
    """Raise Damaged, naming the file, when one of the site's files is missing or has other bytes than the manifest says."""
    for file in manifest["files"]:
        path = folder / file["path"]
        if not path.exists() or file_sha256(path) != file["sha256"]:
            raise Damaged(f"{file['path']} of the site {manifest['id']!r} is missing or changed; build the site again.")


def write_note(workspace: Workspace, id: str, device: str, dtype: str, transcript: str, tokens: int = TOKENS) -> dict[str, Any]:
    """Open the served site in Chromium, write a note, and give the page's result with the requests that left this host."""
    query = urlencode({"device": device, "dtype": dtype, "tokens": tokens, "start": 1})
    with serving(workspace, id) as address, open_chromium() as browser:
        context = browser.new_context()
        foreign: list[str] = []

        def gate(route: Any) -> None:
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                foreign.append(route.request.url)
                route.abort()

        context.route("**/*", gate)
        page = context.new_page()
        page.goto(f"{address}?{query}")
        _await_state(page, LOAD_SECONDS)
        page.fill("#transcript", transcript)
        page.click("#generate")
        _await_state(page, NOTE_SECONDS)
        return page.evaluate("window.scribeloop.result") | {"foreign_requests": foreign}


def _await_state(page: Any, seconds: int) -> None:
    """Wait until the page is ready; Unavailable with its own sentence when it says that it failed.

    By selector: wait_for_function would need eval, which the site's policy forbids.
    """
    page.wait_for_selector("body[data-state=ready], body[data-state=failed]", timeout=seconds * 1000)
    error = page.evaluate("scribeloop.error")
    if error:
        raise Unavailable(f"The page could not write a note here: {error}")
