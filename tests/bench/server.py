"""A server under measurement: a process of its own, started, waited for, and stopped with everything that it started."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

START_LIMIT_S = 900


@contextmanager
def serving(command: list[str], address: str, log: Path, **env: str) -> Iterator[None]:
    """Run ``command`` until the block ends, from the moment that ``address`` answers."""
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | env, start_new_session=True)
    try:
        _wait(process, address, log)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen, address: str, log: Path) -> None:
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended at once; its last words:\n{log.read_text()[-2000:]}")
        try:
            if httpx.get(address, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{address} did not answer in {START_LIMIT_S} s; see {log}.")
