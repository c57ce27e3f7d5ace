"""The Space: its folder starts as a process of its own, shows both notes at once, writes them again, and keeps nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from annotations import BadInput, Encounter, Promotions, Unavailable
from pipeline.workspace import Workspace
from studio import space_words as words
from studio.cli import main
from studio.desks import space as space_desk
from studio.desks.space import SpaceDesk
from tests.chromium import chromium_page
from tests.exports.conftest import tuned_home  # noqa: F401 (a fixture)
from tests.exports.tuned import CORRECTED, KNOWN, TRANSCRIPT
from tests.studio.axe import fetch_axe, findings
from tests.studio.desk_app import free_port

# A visit that fits, with words that would be noticed wherever they turned up.
OWN = "Doctor: Good morning. Patient: My quokkafish tablets ran out."
SECRET = "quokkafish"
# An import of torch fails there, as on a machine that has none. A suite that runs in a shell's background hands on that Ctrl-C is
# ignored, by which the process is ended below.
WITHOUT_TORCH = (
    "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.modules['torch'] = None; "
    "runpy.run_path('app.py', run_name='__main__')"
)


@pytest.fixture(scope="module")
def folder(tuned_home, tmp_path_factory):  # noqa: F811
    """The Space of the tiny tuned model, published to a folder by the command."""
    home = tmp_path_factory.mktemp("space") / "home"
    shutil.copytree(tuned_home, home, ignore=shutil.ignore_patterns("npm"))
    workspace = Workspace(home)
    visits = [
        Encounter("scribeloop-demo", "d1", TRANSCRIPT, "dev", synthetic=True, title="Thyroid <b>tablets</b>"),
        Encounter("scribeloop-demo", "d2", f"{TRANSCRIPT} Doctor: I see.", "dev", synthetic=True, title="A longer one"),
        Encounter("scribeloop-demo", "d3", "Doctor: A real visit.", "dev"),
    ]
    with workspace.store() as store:
        store.add_encounters(visits)
        Promotions(store).promote("tuned", {"against": "tiny-base", "split": "dev-b", "rows": []}, "for this test")
    space = tmp_path_factory.mktemp("published") / "space"
    said = CliRunner().invoke(
        main, ["publish", "space", "champion", "--to", str(space), "--licence", "mit", "--upload", "--home", str(home)]
    )
    assert said.exit_code == 0, said.output
    return space


@pytest.fixture(scope="module")
def served(folder, tmp_path_factory):
    """The folder's own app.py in a process that knows no other source; its address, and the folders that it may write to."""
    port, scratch = free_port(), tmp_path_factory.mktemp("scratch")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {
        "GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(scratch), "TMPDIR": str(scratch), "HOME": str(scratch),
    }  # fmt: skip
    with (scratch / "log.txt").open("w") as log:
        process = subprocess.Popen([sys.executable, "-c", WITHOUT_TORCH], cwd=folder, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            assert process.poll() is None, (scratch / "log.txt").read_text()
            try:
                urllib.request.urlopen(address, timeout=30).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address, scratch
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert "Traceback" not in (scratch / "log.txt").read_text()


@pytest.fixture(scope="module")
def page(served):
    with chromium_page(served[0]) as page:
        yield page
        assert page.complaints == [] and page.foreign == []


def texts(page) -> list[str]:
    return page.locator(".plain-text").all_text_contents()


def opened(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".note-1 .plain-text:not(:empty)", timeout=60_000)


def wait_said(page, said: str) -> None:
    page.locator(".said", has_text=said).wait_for(timeout=400_000)


def test_the_folder_holds_what_it_needs_and_no_torch(folder):
    facts = json.loads((folder / "space.json").read_text(encoding="utf-8"))
    assert [one["title"] for one in facts["examples"]] == ["Thyroid <b>tablets</b>", "A longer one"]
    assert [one["kind"] for one in facts["models"]] == ["base", "adapter"]
    for note, text in zip(facts["examples"][0]["notes"], (KNOWN[TRANSCRIPT], CORRECTED), strict=True):
        assert note["text"] == text and note["seconds"] > 0 and note["on"]["cores"] >= 1 and note["on"]["cpu"]
    needed = (folder / "requirements.txt").read_text().split()
    assert all("==" in line for line in needed) and not any(line.startswith(("torch", "peft", "trl")) for line in needed)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert 'sdk: "gradio"' in card and 'app_file: "app.py"' in card and "Do not paste a patient's words" in card
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "app.py", "models", "requirements.txt", "scribeloop", "space.json"
    ]  # fmt: skip


def test_both_notes_are_there_and_the_loop_is_told_on_one_screen(served, page, tmp_path):
    for width, height in ((1280, 860), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        opened(page, served[0])
        assert texts(page) == [TRANSCRIPT, KNOWN[TRANSCRIPT], CORRECTED]
        assert page.locator(".loop li").count() == 6
        box = page.locator(".loop").bounding_box()
        assert box["y"] + box["height"] <= height and page.evaluate("document.documentElement.scrollWidth") <= width
        shown = page.inner_text(".page.space")
        assert words.WARNING in shown and "this page trains nothing" in shown and "on another machine" in shown
        # A title is text, whatever it holds.
        assert page.locator("input").first.input_value() == "Thyroid <b>tablets</b>"
    assert findings(page, fetch_axe(tmp_path)) == []


def test_notes_are_written_live_kept_apart_and_forgotten(served, page):
    address, scratch = served
    page.set_viewport_size({"width": 1280, "height": 860})
    opened(page, address)
    page.get_by_role("button", name=words.AGAIN).click()
    wait_said(page, words.DONE)
    assert texts(page) == [TRANSCRIPT, KNOWN[TRANSCRIPT], CORRECTED]
    assert "Written just now on this machine" in page.inner_text(".note-1")
    page.get_by_text(words.OWN).click()
    own = page.get_by_label(words.OWN_LABEL)
    page.get_by_role("button", name=words.WRITE_OWN).click()
    wait_said(page, words.EMPTY)
    own.fill(OWN)
    page.get_by_role("button", name=words.WRITE_OWN).click()
    wait_said(page, words.DONE)
    assert texts(page)[0] == OWN and all(texts(page)[1:])
    # Another visitor sees nothing of it, nor does the first one after wiping.
    other = page.context.browser.new_context().new_page()
    opened(other, address)
    assert texts(other) == [TRANSCRIPT, KNOWN[TRANSCRIPT], CORRECTED] and SECRET not in other.content()
    other.context.close()
    page.get_by_role("button", name=words.WIPE).click()
    wait_said(page, words.WIPED)
    assert own.input_value() == "" and texts(page)[0] == TRANSCRIPT and SECRET not in page.content()
    written = [path for path in Path(scratch).rglob("*") if path.is_file()]
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]


def test_visitors_wait_in_turn_and_one_who_left_holds_nobody_up(folder, monkeypatch):
    desk = SpaceDesk(folder)
    for text, said in (("  ", words.EMPTY), ("word " * 1_201, "1,201 words; up to 1,200")):
        with pytest.raises(BadInput, match=said):
            next(desk.write("first", text))
    first, second = desk.write("first", TRANSCRIPT), desk.write("second", TRANSCRIPT)
    assert next(first).said == words.LOADING
    assert next(second).said.startswith("One visitor is before you")
    with pytest.raises(BadInput, match="being written already"):
        next(desk.write("first", TRANSCRIPT))
    # The first has gone without a word: after a while it counts as gone, and its generator writes no more.
    monkeypatch.setattr(space_desk, "STALE", 0.3)
    time.sleep(0.4)
    frames = list(second)
    assert frames[-1].said == words.DONE and frames[-1].texts[1] == CORRECTED
    assert list(first)[-1].said == words.STOPPED
    # Stopped at once, what was written stays.
    third = desk.write("third", TRANSCRIPT)
    monkeypatch.setattr(space_desk, "EVERY", 0.0)
    seen = [next(third) for _ in range(8)]
    desk.stop("third")
    assert list(third)[-1].said == words.STOPPED and seen[-1].texts[0]
    monkeypatch.setattr(space_desk, "MOST_VISITORS", 0)
    with pytest.raises(Unavailable, match="Too many visitors"):
        next(desk.write("fourth", TRANSCRIPT))
