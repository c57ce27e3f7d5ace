"""The report page in a real Chromium: the models page leads to it, it is the file's report, and nothing in it runs."""

import pytest

from annotations import Encounter, Model, Output
from pipeline.prompts import prompt_hash
from pipeline.reporting import report_on
from pipeline.workspace import Workspace
from tests.chromium import chromium_page
from tests.studio.desk_app import free_port

WAIT = 120_000
HOSTILE = "Visit <img src=x onerror=\"parent.document.title='broken in'\">"


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    from studio.app import launch_app, make_app

    workspace = Workspace(tmp_path_factory.mktemp("studio") / "home")
    with workspace.store() as store:
        store.ensure_model(Model("tuned", "Tuned", "base", "/models/tuned", "a" * 64))
        one = Encounter("lab", "d1", "Doctor: 1.", "dev", "Tired since May.", title=HOSTILE)
        store.add_encounters([one])
        store.add_output(Output(one.id, "tuned", "Tired.", "transformers", prompt_hash(), {}, 1, 9, 9, "stop"))
    app, port = make_app(workspace), free_port()
    launch_app(app, "127.0.0.1", port)
    yield workspace, f"http://127.0.0.1:{port}", one
    app.close(verbose=False)


def test_the_studio_shows_the_report_of_the_file(studio):
    workspace, address, one = studio
    with chromium_page(address) as page:
        page.goto(f"{address}/report?model=tuned")
        page.get_by_text("make one with: scribeloop model evaluate tuned").wait_for(timeout=WAIT)
        report, _ = report_on(workspace, "tuned", print, "dev", write=False)
        page.goto(f"{address}/models")
        page.get_by_role("link", name="Report").click()
        frame = page.frame_locator("iframe.report-frame")
        frame.locator("h1", has_text="tuned").wait_for(timeout=WAIT)
        assert page.url == f"{address}/report?model=tuned"
        link = frame.locator("a").first
        assert link.inner_text() == HOSTILE and page.title() != "broken in"
        # The link leads into this very studio.
        assert link.evaluate("a => a.href") == f"{address}/review?encounter={one.id}"
        shown = frame.locator("main").evaluate("main => main.textContent")
        assert "Made with" in shown and report["made"]["data_sha256"] in shown
        # It is as high as the report, so that only the page scrolls, and as light as the studio.
        inside = frame.locator("body").evaluate("body => body.getBoundingClientRect().height")
        assert page.locator("iframe.report-frame").bounding_box()["height"] == pytest.approx(inside, abs=2)
        assert frame.locator("html").get_attribute("data-look") == "light"
        assert page.foreign == []
