"""The practice visit in a real Chromium, from the queue page's offer to its feedback."""

import pytest

from pipeline.workspace import Workspace
from tests.chromium import chromium_page
from tests.studio.desk_app import free_port
from tests.studio.review_page import mark, select, wait_saved

WAIT = 120_000


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    from studio.app import launch_app, make_app

    workspace = Workspace(tmp_path_factory.mktemp("practice") / "home")
    app, port = make_app(workspace), free_port()
    launch_app(app, "127.0.0.1", port)
    yield workspace, f"http://127.0.0.1:{port}"
    app.close(verbose=False)


def test_a_first_visit_is_offered_practice_and_told_what_was_planted(studio):
    workspace, address = studio
    with chromium_page(address) as page:
        page.set_default_timeout(WAIT)
        page.goto(address)
        page.click(".offer a")
        page.wait_for_selector(".desk[data-practice=yes][data-state=draft]")
        assert page.text_content(".practice-lead").startswith("Practice: nothing of this counts.")
        assert page.locator(".give-up").count() == 0
        side = "left" if "penicillin" in page.text_content(".text-left") else "right"
        mark(page, side, "The knee locks at times", "2", "m")
        mark(page, side, "Left knee", "1")
        select(page, "transcript", "come back and we'll take an X-ray")
        page.keyboard.press("3")
        page.keyboard.press({"left": "a", "right": "b"}[side])
        wait_saved(page)
        page.click(".submit")
        page.click("dialog .confirm")
        page.wait_for_selector(".feedback")
        outcomes = [node.split()[1] for node in page.locator(".planted .badge").all_text_contents()]
        assert outcomes == ["Found", "Missed", "Labelled", "Found"]
        assert "You found 2 of 4." in page.text_content(".feedback")
        assert "Fabrication, minor" in page.text_content(".planted-otherwise .yours")
        page.click(".look")
        # The four planted places are framed in the texts, the one on two lines twice.
        assert page.locator(".paint-planted i").count() >= 4
        page.click(".show-feedback")
        page.click("dialog .again")
        page.wait_for_selector(".desk[data-state=draft]")
        assert page.locator(".entry").count() == 0 and page.locator("dialog[open]").count() == 0
        page.goto(address)
        page.wait_for_selector(".empty-state")
        assert not page.is_visible(".offer") and page.is_visible(".top-bar a[href='/practice']")
        assert page.foreign == [] and page.complaints == []
    with workspace.store() as store:
        assert store.counts()["reviews"] == store.counts()["encounters"] == 0
