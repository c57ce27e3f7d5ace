"""A transcript of 5,000 words under 200 marks: it opens, a mark is made, and only what changed is drawn again."""

from pipeline.workspace import Workspace
from tests.large import TRANSCRIPT, large_review
from tests.studio.review_page import open_review, stored, wait_saved

# Leaves a mark of our own on every line's content; a line that is drawn again loses it.
REMEMBER = "() => document.querySelectorAll('.line').forEach((line) => line.childNodes.forEach((node) => { node.seen = true; }))"
REDRAWN = "() => [...document.querySelectorAll('.line')].filter((line) => !line.firstChild.seen).length"


def test_a_mark_among_two_hundred(page, server):
    with Workspace(server.home).store() as store:
        visit = large_review(store)
    assert len(TRANSCRIPT.split()) >= 5000
    open_review(page, server, visit)
    assert page.locator(".entry").count() == 200
    assert page.text_content(".text-transcript") == TRANSCRIPT
    page.keyboard.press("a")
    for _ in range(7):
        page.keyboard.press("ArrowDown")
    page.evaluate(REMEMBER)
    page.keyboard.press("1")
    wait_saved(page)
    assert page.locator(".entry").count() == 201 and len(stored(server, visit).spans) == 101
    # The marked line of the note, and no other of the 520 lines.
    assert page.evaluate(REDRAWN) == 1
    page.keyboard.press("u")
    wait_saved(page)
    assert page.locator(".entry").count() == 200 and page.evaluate(REDRAWN) <= 1
    names = page.locator(".text-left .mk[data-tag]").evaluate_all("(all) => all.map((node) => node.dataset.tag)")
    assert names == [f"A{number} fab" for number in range(1, 51)]
