"""How fast a Space is there: ``python -m tests.bench.space FOLDER`` starts its ``app.py`` with any Python (``--python``, say that
of a fresh environment made from its requirements), opens the page in Chromium, and prints one JSON document.

``start`` is from the process's start to its first answer, ``painted`` from opening the page to both notes being there, ``live``
from the button to the last word of both notes written anew: seconds of wall time. ``processor`` is what the server had used by
then.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import click

from studio import space_words as words
from tests.chromium import chromium_page
from tests.studio.desk_app import free_port

PAINTED = ".note-1 .plain-text:not(:empty)"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--python", default=sys.executable, help="The Python that runs app.py.")
@click.option("--live/--no-live", default=True, help="Have both notes written anew, too.")
@click.option("--shots", type=click.Path(path_type=Path), help="A folder for pictures, 1280 and 390 wide, light and dark.")
def measure(folder: Path, python: str, live: bool, shots: Path | None) -> None:
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"GRADIO_SERVER_PORT": str(port)}
    started = time.perf_counter()
    process = subprocess.Popen([python, "app.py"], cwd=folder, env=environment, stdout=sys.stderr, stderr=sys.stderr)
    address = f"http://127.0.0.1:{port}/"
    try:
        found = {"load": os.getloadavg()[0], "start": _first_answer(address, process, started)}
        found["processor"] = {"start": _used(process)}
        found["painted"] = [_painted(address) for _ in range(3)]
        if live:
            found["live"] = _live(address)
            found["processor"]["live"] = _used(process)
        if shots:
            _shoot(address, shots)
        print(json.dumps(found))
    finally:
        process.terminate()
        process.wait(timeout=60)


def _first_answer(address: str, process: subprocess.Popen, started: float) -> float:
    while process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=30).close()
            return round(time.perf_counter() - started, 2)
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The Space ended by itself.")


def _used(process: subprocess.Popen) -> float:
    import psutil

    times = psutil.Process(process.pid).cpu_times()
    return round(times.user + times.system, 2)


def _painted(address: str) -> float:
    """In a browser that has not been there before."""
    with chromium_page(address) as page:
        started = time.perf_counter()
        page.goto(address)
        page.wait_for_selector(PAINTED, timeout=120_000)
        return round(time.perf_counter() - started, 2)


def _live(address: str) -> float:
    with chromium_page(address) as page:
        page.goto(address)
        page.wait_for_selector(PAINTED, timeout=120_000)
        started = time.perf_counter()
        page.get_by_role("button", name=words.AGAIN).click()
        page.locator(".said", has_text=words.DONE).wait_for(timeout=1_200_000)
        return round(time.perf_counter() - started, 2)


def _shoot(address: str, shots: Path) -> None:
    shots.mkdir(parents=True, exist_ok=True)
    for width, height in ((1280, 860), (390, 844)):
        for scheme in ("light", "dark"):
            with chromium_page(address, viewport={"width": width, "height": height}, color_scheme=scheme) as page:
                page.goto(address)
                page.wait_for_selector(PAINTED, timeout=120_000)
                page.wait_for_timeout(500)
                page.screenshot(path=shots / f"space-{width}-{scheme}.png")


if __name__ == "__main__":
    measure()
