"""Nothing is lost: a reload after every act, a server that is killed, two tabs on one review."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

from annotations import Encounter, Model, Output
from pipeline.workspace import Workspace
from tests.studio.desk_app import free_port
from tests.studio.review_page import HOSTILE, OTHER, TRANSCRIPT, mark, open_review, select, sides, stored, wait_saved, watch
from tests.studio.test_serve import _first_answer

QUOTES = "[...document.querySelectorAll('.entry')].map((node) => node.querySelector('q').textContent)"


def again(page):
    wait_saved(page)
    page.reload()
    page.wait_for_selector(".desk[data-state=draft]")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    wait_saved(page)


def test_a_reload_after_every_act_loses_nothing_and_undo_goes_all_the_way_back(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    mark(page, plain, "March", "1")
    again(page)
    page.click(f".text-{plain} .mk")
    press(page, "m")
    again(page)
    assert page.locator(f".text-{plain} .mk-major").count() == 1
    select(page, "transcript", "No chest pain at all")
    page.keyboard.press("1")
    page.click(".missing-from button:has-text('Both')")
    again(page)
    assert page.locator(".entry").count() == 3
    page.click(f".text-{plain} .mk")
    press(page, "Delete")
    again(page)
    assert page.evaluate(QUOTES) == ["No chest pain at all"] * 2
    page.click(".tab-ratings")
    page.locator(f"input[name=rating-{plain}-clarity]").nth(2).check(force=True)
    page.click(".prefer-tie")
    page.click(f".pane-{plain} .correct")
    page.keyboard.type("Seen. ")
    page.wait_for_function("document.querySelector('.version').textContent === 'version 1'")
    again(page)
    assert page.is_checked(".prefer-tie input") and page.locator(f"input[name=rating-{plain}-clarity]").nth(2).is_checked()

    # Four steps were made; each is taken back after a reload of its own, the two omissions of one step together.
    counts = []
    for _ in range(4):
        press(page, "u")
        again(page)
        counts.append((page.locator(".entry").count(), page.locator(f".text-{plain} .mk-major").count()))
    assert counts == [(3, 1), (1, 1), (1, 0), (0, 0)]
    assert page.is_disabled(".undo") and stored(server, visit).spans == ()
    for expected in [(1, 0), (1, 1), (3, 1), (2, 0)]:
        press(page, "Shift+U")
        again(page)
        assert (page.locator(".entry").count(), page.locator(f".text-{plain} .mk-major").count()) == expected
    assert page.is_disabled(".redo") and not page.is_disabled(".undo")
    page.click(f".pane-{plain} .correct")
    assert page.input_value(".editor") == f"Seen. {OTHER}"


def test_a_new_act_after_undo_and_reload_ends_what_could_be_done_again(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    mark(page, plain, "March", "1")
    press(page, "u")
    again(page)
    assert not page.is_disabled(".redo")
    mark(page, plain, "levothyroxine", "1")
    again(page)
    assert page.is_disabled(".redo") and page.evaluate(QUOTES) == ["levothyroxine"]


@contextmanager
def serve(home, port, log):
    """``scribeloop serve`` as a process of its own, killed without a word at the end."""
    words = [sys.executable, "-m", "studio.cli", "serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(words, stdout=log, stderr=log, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        _first_answer(f"http://127.0.0.1:{port}/", process)
        yield process
    finally:
        process.kill()
        process.wait(timeout=60)


def test_a_server_that_is_killed_in_mid_review_and_started_again_finds_the_work_whole(page, tmp_path):
    home, port = tmp_path / "home", free_port()
    visit = Encounter("invented", "killed", TRANSCRIPT, "train", synthetic=True)
    with Workspace(home).store() as store:
        store.add_encounters([visit])
        store.ensure_model(Model("wombat", "Wombat-1B", "base", "w", "b" * 64))
        store.ensure_model(Model("quokka", "Quokka-1B", "adapter", "q", "a" * 64, base_id="wombat", base_sha256="b" * 64))
        for model, text in (("wombat", HOSTILE), ("quokka", OTHER)):
            store.add_output(Output(visit.id, model, text, "test", "p" * 64, {}, 1.0, 5, 5, "stop"))
    page.set_default_timeout(60_000)
    with (tmp_path / "serve.log").open("w") as log:
        with serve(home, port, log) as process:
            page.goto(f"http://127.0.0.1:{port}/review?encounter={visit.id}")
            page.wait_for_selector(".desk[data-state=draft]")
            _, plain = sides(page)
            mark(page, plain, "March", "1")
            page.click(f".pane-{plain} .correct")
            page.keyboard.type("Seen. ")
            page.wait_for_function("document.querySelector('.version').textContent === 'version 1'")
            wait_saved(page)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=60)
            # Nobody answers: what is done now stays in the page and is tried again.
            page.keyboard.type("Again. ")
            page.wait_for_selector(".saving[data-tone=bad]:has-text('Not saved')")
            page.click(".close-editor")
            mark(page, plain, "levothyroxine", "2", "m")
            page.click(".prefer-tie")
        with serve(home, port, log):
            page.wait_for_function("document.querySelector('.saving')?.dataset.tone === 'good'")
            page.reload()
            page.wait_for_selector(".desk[data-state=draft]")
            assert page.evaluate(QUOTES) == ["March", "levothyroxine"]
            assert page.is_checked(".prefer-tie input") and not page.is_disabled(".undo")
            page.click(f".pane-{plain} .correct")
            assert page.input_value(".editor") == f"Seen. Again. {OTHER}"
    with Workspace(home).store() as store:
        assert store.verify() == []


def second_tab(page, server, visit):
    other = page.context.new_page()
    watch(other)
    open_review(other, server, visit)
    return other


def test_what_was_added_over_another_tab_s_work_can_be_taken_back(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    other = second_tab(page, server, visit)
    mark(other, plain, "March", "1")
    wait_saved(other)
    select(page, "transcript", "No chest pain at all")
    page.keyboard.press("1")
    page.click(".missing-from button:has-text('Both')")
    page.wait_for_selector(".saving:has-text('another tab')")
    page.click(".saving button:has-text('Reload and add my change')")
    wait_saved(page)
    assert page.locator(".entry").count() == 3
    press(page, "u")
    assert page.evaluate(QUOTES) == ["March"]
    press(page, "u", "u")
    assert stored(server, visit).spans == () and stored(server, visit).omissions == ()
    press(page, "Shift+U", "Shift+U")
    assert [span.quote for span in stored(server, visit).spans] == ["March"] and len(stored(server, visit).omissions) == 2


def test_a_correction_in_two_tabs_is_kept_in_both_versions(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    other = second_tab(page, server, visit)
    other.click(f".pane-{plain} .correct")
    other.keyboard.type("Other. ")
    other.wait_for_function("document.querySelector('.version').textContent === 'version 1'")
    page.click(f".pane-{plain} .correct")
    page.keyboard.type("Mine. ")
    page.wait_for_selector(".saving:has-text('another tab')")
    page.click(".saving button:has-text('Reload and add my change')")
    wait_saved(page)
    assert [c.text for c in stored(server, visit).corrections] == [f"Other. {OTHER}", f"Mine. {OTHER}"]


def test_a_review_that_another_tab_submitted_is_not_changed_any_more(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    other = second_tab(page, server, visit)
    other.click(".submit")
    other.click("dialog .confirm")
    other.wait_for_selector(".desk[data-state=closed]")
    mark(page, plain, "March", "1")
    page.wait_for_selector(".saving:has-text('submitted and cannot be changed')")
    page.click(".saving button:has-text('Reload')")
    page.wait_for_selector(".desk[data-state=closed]")
    assert stored(server, visit).spans == () and page.locator(".authorship").count() == 2
