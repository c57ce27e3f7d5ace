"""The queue page with more encounters than fit on it, in a real Chromium against the real app."""

import pytest

from tests.chromium import chromium_page, go
from tests.invented import encounter, two_notes
from tests.studio.desk_app import free_port

WAIT = 120_000


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The running studio over 120 encounters, the last two of them with notes to compare."""
    from pipeline.workspace import Workspace
    from studio.app import launch_app, make_app

    with Workspace(tmp_path_factory.mktemp("queue") / "home").kept_open() as workspace:
        with workspace.store() as store:
            store.add_encounters([encounter(number, title=f"Visit {number}") for number in range(1, 119)])
            for number in (119, 120):
                two_notes(store, number=number)
        app, port = make_app(workspace), free_port()
        launch_app(app, "127.0.0.1", port)
        yield f"http://127.0.0.1:{port}"
        app.close(verbose=False)


@pytest.fixture
def page(address):
    with chromium_page(address) as page:
        page.set_default_timeout(WAIT)
        page.goto(address)
        page.locator(".listing tbody tr").first.wait_for()
        yield page
        assert page.foreign == [] and page.complaints == []


def titles(page) -> list[str]:
    return page.locator(".listing tbody tr td:first-child > span").all_text_contents()


def where(page, text: str) -> None:
    page.locator(".pager .said", has_text=text).wait_for()


def test_pages_are_turned_to_the_end_and_back(page):
    where(page, "1 to 50 of 120")
    # Those with two notes come first; the others follow in the order they came in.
    assert titles(page) == ["case-119", "case-120", *[f"Visit {number}" for number in range(1, 49)]]
    page.locator(".said", has_text="0 of 120 encounters reviewed by you · 2 to review · 118 waiting for notes.").wait_for()
    back, on = page.get_by_role("button", name="Previous page"), page.get_by_role("button", name="Next page")
    assert back.is_disabled()
    on.click()
    where(page, "51 to 100 of 120")
    on.click()
    where(page, "101 to 120 of 120")
    assert titles(page) == [f"Visit {number}" for number in range(99, 119)]
    assert on.is_disabled()
    back.click()
    where(page, "51 to 100 of 120")


def test_a_filter_starts_again_at_the_first_page(page):
    page.get_by_role("button", name="Next page").click()
    where(page, "51 to 100 of 120")
    page.get_by_label("Search").fill("vIsIt 11")
    page.wait_for_function("document.querySelectorAll('.listing tbody tr').length === 10")
    assert titles(page) == ["Visit 11", *[f"Visit {number}" for number in range(110, 119)]]
    assert not page.get_by_role("button", name="Next page").is_visible()


def test_one_status_is_chosen(page):
    page.get_by_label("Status").click()
    page.get_by_role("option", name="To review").click()
    page.wait_for_function("document.querySelectorAll('.listing tbody tr').length === 2")
    page.get_by_label("Status").click()
    page.get_by_role("option", name="Reviewed").click()
    page.get_by_text("No encounter is like that").wait_for()


def test_the_look_is_chosen_once_for_every_page(page, address):
    page.click("look-switch summary")
    page.click("look-switch .look-theme-dark")
    page.click("look-switch .look-size-4")
    for path in ("/models", "/retrain", "/review?encounter=none"):
        go(page, f"{address}{path}")
        page.wait_for_selector("body.dark .top-bar, body.dark .nothing")
        assert page.get_attribute("html", "data-size") == "4"
    go(page, address)
    page.click("look-switch summary")
    page.click("look-switch .look-theme-system")
    page.wait_for_selector("body:not(.dark) .top-bar")
