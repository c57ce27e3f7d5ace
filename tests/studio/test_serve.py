"""``scribeloop serve`` as a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from pipeline.demo import demo_encounters
from pipeline.sources import entries
from pipeline.weights import weights_sha256
from pipeline.workspace import Workspace
from tests.studio.desk_app import free_port


def test_serve_answers_on_this_machine_alone_and_ends_on_interrupt(tmp_path):
    port = free_port()
    words = [sys.executable, "-m", "studio.cli", "serve", "--home", str(tmp_path), "--port", str(port)]
    process = _start(words, tmp_path / "serve.log")
    try:
        page = _first_answer(f"http://127.0.0.1:{port}/", process)
        assert "Scribeloop" in page
        assert "googleapis" not in page and "cdnjs" not in page
        taken = subprocess.run(words, capture_output=True, text=True, timeout=300)
        assert taken.returncode == 1
        assert taken.stderr.startswith(f"Error: Port {port} on 127.0.0.1 cannot be opened")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)
    told = (tmp_path / "serve.log").read_text()
    assert f"http://127.0.0.1:{port}" in told and "Traceback" not in told


def test_a_mistake_in_the_study_s_labels_is_told_at_the_start(tmp_path):
    (tmp_path / "labels.toml").write_text("name = 'half'", encoding="utf-8")
    words = [sys.executable, "-m", "studio.cli", "serve", "--home", str(tmp_path), "--port", str(free_port())]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: The label file labels.toml lacks version") and ended.stderr.count("\n") == 1


def test_serve_demo_makes_a_fresh_home_ready_and_opens(demo_model, tmp_path):
    """What ``make studio`` runs. The model comes from a folder, as on a machine without network, in which it was converted once
    for all tests; it is copied, checked against the registry's hash and registered as from any other source."""
    home, port, log = tmp_path / "home", free_port(), tmp_path / "serve.log"
    words = [sys.executable, "-m", "studio.cli", "serve", "--demo", "--home", str(home), "--port", str(port)]
    process = _start(words, log, SCRIBELOOP_MODEL_DIR=str(demo_model.parent))
    try:
        assert "Scribeloop" in _first_answer(f"http://127.0.0.1:{port}/", process)
        with Workspace(home).store() as store:
            assert [one.external_id for one in store.list_encounters()] == [one.external_id for one in demo_encounters()]
            base, adapter = store.find_model("smollm2-135m"), store.find_model("smollm2-135m-demo")
        assert (base.kind, base.weights_sha256) == ("base", entries()["smollm2-135m"].weights_sha256)
        assert Path(base.path) == home / "cache" / "models" / "smollm2-135m" and (Path(base.path) / "model.safetensors").exists()
        assert (adapter.kind, adapter.base_sha256) == ("adapter", base.weights_sha256)
        assert weights_sha256(adapter.path) == adapter.weights_sha256
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)
        # Half a gigabyte, which pytest would keep for three runs.
        shutil.rmtree(home / "cache", ignore_errors=True)
    told = log.read_text()
    assert "Demo adapter smollm2-135m-demo is ready." in told and f"{len(demo_encounters())} invented encounters added." in told
    assert "Traceback" not in told


def _start(words: list[str], log: Path, **environment: str) -> subprocess.Popen:
    with log.open("w") as stream:
        return subprocess.Popen(
            words, stdout=stream, stderr=stream, env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment,
            # Where the tests run in the background, SIGINT comes ignored and would stay so.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip


def _first_answer(address: str, process: subprocess.Popen) -> str:
    for _ in range(600):
        assert process.poll() is None, "the studio ended by itself"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
    raise AssertionError("the studio did not answer within three minutes")
