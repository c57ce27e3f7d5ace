"""What the tests of the review page share: a server process of their own, a browser, a page, an encounter."""

import pytest

from annotations import Encounter, Model, Output
from exports.checking import find_chromium
from pipeline.workspace import Workspace
from tests.studio.desk_app import Server
from tests.studio.review_page import BASE, HOSTILE, OTHER, TRANSCRIPT, TUNED, watch

FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("review") / "home").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page that records complaints and requests that leave this machine; a test that has either fails."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    watch(page)
    yield page
    context.close()
    assert page.errors == [] and page.foreign == []


@pytest.fixture
def visit(server, request):
    """An encounter of this test's own, with a hostile note of a base model and a plain one of a tuned model."""
    with Workspace(server.home).store() as store:
        looks = {"specialty": "<b>endocrinology</b>", "title": "${7*7} <i>Tired</i>", "synthetic": True}
        visit = Encounter("invented", request.node.name, TRANSCRIPT, "train", **looks)
        store.add_encounters([visit])
        store.ensure_model(Model("wombat", BASE, "base", "wombat", "b" * 64))
        store.ensure_model(Model("quokka", TUNED, "adapter", "quokka", "a" * 64, base_id="wombat", base_sha256="b" * 64))
        for model, text, short in (("wombat", HOSTILE, 0), ("quokka", OTHER, 120)):
            store.add_output(Output(visit.id, model, text, "hush-engine", "p" * 64, {}, 987.25, 5, 43210, "stop", short))
    return visit
