"""``python -m tests.bench.browser``: the browser page beside the plain transformers.js example, with the same model files.

Each visit is a browser context of its own, so nothing is kept from the one before; the two sides take turns. Load time runs from
the navigation to the model being ready, and the first token's from asking for it. The plain side neither checks nor keeps a file.
"""

import argparse
import json
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from exports.checking import open_chromium
from exports.policy import HEADERS
from exports.serving import Handler, Server
from tests.bench.report import facts

PLAIN = Path(__file__).with_name("plain")
TOKENS, TURNS = 16, 5
STATES = "body[data-state=ready], body[data-state=failed], body[data-state=done]"
# Noted by the page itself; looking from outside would add its own time.
READY = """new MutationObserver((_, observer) => {
  if (document.body?.dataset.state !== 'ready') return;
  window.readyAt = performance.now();
  observer.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true });"""
WRITE = """transcript => {
  const box = document.querySelector('#transcript');
  box.value = transcript;
  box.dispatchEvent(new Event('input'));
  window.askedAt = performance.now();
  document.querySelector('#generate').click();
}"""


def tiny_site(folder: Path) -> Path:
    """The tests' tiny tuned Llama, built in the variants that are measured."""
    from exports.browser import build_site
    from pipeline.workspace import Workspace
    from tests.exports.tuned import make_tuned

    workspace = Workspace(folder / "home")
    site = workspace.browser / "tuned"
    if not site.exists():
        make_tuned(workspace, folder)
        build_site(workspace, "tuned", print, ("q4", "wasm"), ())
    return site


def measure(browser: Any, site: Path, device: str, turns: int) -> dict[str, Any]:
    """Medians of ``turns`` visits to either side, in seconds, and the ratios plain / ours: above 1 our page is the faster one."""
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    variant = next(one for one in manifest["variants"] if one["device"] == device and one["dtype"] == "q4")
    with _beside(site) as address:
        visits = [(_ours(browser, address, variant), _plain(browser, address, manifest["id"], variant)) for _ in range(turns)]
    found: dict[str, Any] = {
        "model": manifest["id"], "device": device, "bytes": variant["bytes"], "turns": turns,
        "same_first_token": all(ours["ids"][:1] == plain["ids"][:1] for ours, plain in visits),
    }  # fmt: skip
    for at, side in enumerate(("ours", "plain")):
        found[side] = {what: median(visit[at][what] for visit in visits) for what in ("load", "first")}
    return found | {"times_faster": {what: found["plain"][what] / found["ours"][what] for what in ("load", "first")}}


@contextmanager
def _beside(site: Path) -> Any:
    """The site and the plain page served from one folder, with the site's own headers."""
    with tempfile.TemporaryDirectory() as made:
        for path in (*site.iterdir(), *PLAIN.iterdir()):
            (Path(made) / path.name).symlink_to(path.resolve())
        with Server(("127.0.0.1", 0), partial(Handler, directory=made, sent=HEADERS)) as server:
            Thread(target=partial(server.serve_forever, poll_interval=0.1), daemon=True).start()
            yield f"http://127.0.0.1:{server.server_address[1]}/"
            server.shutdown()


def _ours(browser: Any, address: str, variant: dict) -> dict[str, Any]:
    asked = {"device": variant["device"], "dtype": variant["dtype"], "tokens": TOKENS, "start": 1}
    with _page(browser, f"{address}?{urlencode(asked)}") as page:
        page.evaluate(WRITE, _transcript())
        page.wait_for_selector("body[data-state=ready], body[data-state=failed]")
        at = page.evaluate("[readyAt, scribeloop.pieces[0].at - askedAt]")
        return {"load": at[0] / 1000, "first": at[1] / 1000, "ids": page.evaluate("scribeloop.ids")}


def _plain(browser: Any, address: str, id: str, variant: dict) -> dict[str, Any]:
    from pipeline import prompts

    asked = {"id": id, "file": variant["model_file_name"], "device": variant["device"], "dtype": variant["dtype"]}
    with _page(browser, f"{address}plain.html?{urlencode(asked)}&tokens={TOKENS}") as page:
        page.evaluate("messages => { write(messages) }", prompts.messages(_transcript()))
        page.wait_for_selector("body[data-state=done]", state="attached")
        found = page.evaluate("plain")
        return {"load": found["ready"] / 1000, "first": found["first"] / 1000, "ids": found["ids"]}


@contextmanager
def _page(browser: Any, address: str) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(300_000)
    page.add_init_script(READY)
    page.goto(address)
    # Attached, for the plain page shows nothing.
    page.wait_for_selector(STATES, state="attached")
    error = page.evaluate("(window.scribeloop ?? plain).error")
    if error:
        raise RuntimeError(f"{address}: {error}")
    yield page
    context.close()


def _transcript() -> str:
    from pipeline.parity import TRANSCRIPTS

    return TRANSCRIPTS[0]


def as_markdown(found: dict[str, Any]) -> str:
    lines = [
        "# The browser page, beside the plain transformers.js example",
        "",
        f"{found['date']}, `python -m tests.bench.browser`. {found['facts']['machine']}, load {found['facts']['load_before']} at "
        "the start; headless Chromium, the same vendored transformers.js and the same model files from one local server, nothing "
        "kept from an earlier visit, the sides in turn; medians. Ours checks each file by hash and keeps it; the example does "
        "neither. SwiftShader is WebGPU in software: its ratio counts, its seconds do not.",
        "",
        "| model | device | visits | ready, ours / plain, s | times faster | first token, ours / plain, s | times faster "
        "| same token |",
        "|---|---|---:|---:|---:|---:|---:|---|",
    ]
    for one in found["measured"]:
        cells = [
            f"{one['ours'][what]:.2f} / {one['plain'][what]:.2f} | {one['times_faster'][what]:.2f}" for what in ("load", "first")
        ]
        device = "WebGPU (SwiftShader)" if one["device"] == "webgpu" else "wasm"
        size, same = f"{one['bytes'] / 1e6:.1f} MB", "yes" if one["same_first_token"] else "no"
        lines.append(f"| {one['model']}, {size} | {device} | {one['turns']} | {cells[0]} | {cells[1]} | {same} |")
    lines += [
        "",
        "Where the first token is not the same, onnxruntime-web's attention was wrong on the plain side: SwiftShader's subgroups "
        "are too small for it, and our page does without them.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.browser", description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="where the tiny model's site is kept")
    parser.add_argument("--site", type=Path, action="append", default=[], help="a finished site to measure on wasm too")
    parser.add_argument("--turns", type=int, default=TURNS, help="visits of each side; a third of them to the sites of --site")
    parser.add_argument("--page", type=Path, help="also write what was found to this Markdown file")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    tiny = tiny_site(asked.folder.resolve() / "browser")
    found: dict[str, Any] = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "facts": facts()}
    with open_chromium() as browser:
        found["measured"] = [measure(browser, tiny, device, asked.turns) for device in ("wasm", "webgpu")]
        found["measured"] += [measure(browser, site.resolve(), "wasm", max(1, asked.turns // 3)) for site in asked.site]
    (asked.folder / "browser.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    text = as_markdown(found)
    if asked.page:
        asked.page.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
