"""``scribeloop serve`` as a process of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from tests.studio.desk_app import free_port


def test_serve_answers_on_this_machine_alone_and_ends_on_interrupt(tmp_path):
    port = free_port()
    words = [sys.executable, "-m", "studio.cli", "serve", "--home", str(tmp_path), "--port", str(port)]
    with (tmp_path / "serve.log").open("w") as log:
        process = subprocess.Popen(
            words, stdout=log, stderr=log, env=os.environ | {"PYTHONUNBUFFERED": "1"},
            # Where the tests run in the background, SIGINT comes ignored and would stay so.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
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


def _first_answer(address: str, process: subprocess.Popen) -> str:
    for _ in range(600):
        assert process.poll() is None, "the studio ended by itself"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
    raise AssertionError("the studio did not answer within three minutes")
