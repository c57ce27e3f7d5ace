"""Every page of the studio under axe-core, in the light and in the dark: no serious and no critical finding."""

import json

import pytest

from annotations import Encounter, Output, now
from pipeline.endpoints import Endpoint
from pipeline.judge import judge_notes
from pipeline.prompts import prompt_hash
from pipeline.reporting import report_on
from pipeline.run_files import METRICS_FILE, Run, write_run
from pipeline.workspace import Workspace
from tests.chromium import chromium_page
from tests.invented import encounter
from tests.pipeline.invented_judge import judge
from tests.pipeline.loopback_model import loopback_model
from tests.reviewed import BASE, TUNED, few_reviews, opened, visit
from tests.studio.axe import FIND, fetch_axe, findings
from tests.studio.desk_app import free_port
from tests.studio.review_page import mark, select, wait_saved

DRAFT = ".desk[data-state=draft]"


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """The running studio with something on every page: queue, begun and finished reviews, a run, models, a report, a judge."""
    from studio.app import launch_app, make_app

    workspace = Workspace(tmp_path_factory.mktemp("accessible") / "home")
    with workspace.store() as store:
        few_reviews(store)
        notes = visit(store, 9)
        closed = opened(store, visit(store, 8, "dev"), "local")
        closed.error(BASE, "March", "contextual", "major")
        closed.submit(60)
        scored = Encounter("invented", "scored", "Doctor: 1.", "dev", "Tired since May.", title="Scored")
        store.add_encounters([scored])
        store.add_output(Output(scored.id, TUNED, "Tired.", "test", prompt_hash(), {}, 1, 9, 9, "stop"))
        store.add_encounters([encounter(number) for number in range(10)])
    report_on(workspace, TUNED, print, "dev", metrics=("rouge",), write=False)
    with loopback_model(judge()) as served:
        judge_notes(workspace, Endpoint("judge", served.address, "other-model"), print)
    folder = workspace.runs / "run-1"
    folder.mkdir()
    data = {"name": "refs", "sha256": "0", "rows": 1}
    write_run(folder, Run("run-1", "tuned", data, {"id": "tiny"}, {}, "scribeloop", now(), status="done"))
    step = {"loss": 2.5, "lr": 1e-4, "grad_norm": 1.0, "tokens": 100, "seconds": 1.0}
    (folder / METRICS_FILE).write_text("\n".join(json.dumps({"step": number, **step}) for number in (1, 2, 3)) + "\n")
    app, port = make_app(workspace), free_port()
    launch_app(app, "127.0.0.1", port)
    ids = {"draft": next(iter(notes.values())).encounter_id, "closed": closed.review.encounter_id, "note": closed.notes[BASE].id}
    yield f"http://127.0.0.1:{port}", ids
    app.close(verbose=False)


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    return fetch_axe(tmp_path_factory.mktemp("axe"))


@pytest.fixture(scope="module")
def page(studio):
    with chromium_page(studio[0], viewport={"width": 1280, "height": 800}) as page:
        page.set_default_timeout(60_000)
        yield page


@pytest.mark.parametrize(
    "path, ready",
    [
        ("/", ".listing tbody tr"),
        ("/notes?encounter={draft}", ".plain-text:has-text('Tired since May')"),
        ("/review?encounter={closed}", ".desk[data-state=closed]"),
        ("/review?encounter=nowhere", ".desk[data-state=empty]"),
        ("/results?of-what=marks", "dialog.behind li a"),
        ("/results", ".figures .plots table"),
        ("/retrain", "#run-status:has-text('tuned is done')"),
        ("/models", ".listing tbody tr"),
        ("/report?model=tuned-model", "iframe.report-frame:not([hidden])"),
        ("/judge?note={note}", "h1:has-text('Where they differ')"),
    ],
)
def test_a_page(page, studio, axe, path, ready):
    address, ids = studio
    page.goto(address + path.format(**ids))
    page.wait_for_selector(ready)
    assert findings(page, axe) == []


def test_the_report_within_its_frame(page, studio, axe):
    """No script runs in the frame, so the checker looks at the same document outside of it."""
    page.goto(f"{studio[0]}/report?model={TUNED}")
    document = page.locator("iframe.report-frame:not([hidden])").get_attribute("srcdoc")
    page.set_content(document)
    page.evaluate(axe)
    for look in ("light", "dark"):
        page.evaluate("(look) => { document.documentElement.dataset.look = look; }", look)
        assert page.evaluate(FIND, ["html", {}]) == [], look


def test_a_review_at_work(page, studio, axe):
    """Each thing that opens on the desk: forms, sheets, search, differences, ratings, a correction, the look menu."""
    address, ids = studio
    page.goto(f"{address}/review?encounter={ids['draft']}")
    page.wait_for_selector(DRAFT)
    base = "left" if "aspirin" in page.text_content(".text-left") else "right"
    mark(page, base, "since March", "1", "m")
    mark(page, base, "Tired since March", "6")
    select(page, "transcript", "No chest pain")
    found = findings(page, axe)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    for key in ("d", "r", "/"):
        page.keyboard.press(key)
    page.keyboard.type("since")
    page.wait_for_selector(".found-count:has-text('1 of 1')")
    page.click("look-switch summary")
    found += findings(page, axe)
    page.keyboard.press("Escape")
    page.click(f".text-{base} .mk")
    page.wait_for_selector(".form:not([hidden])")
    found += findings(page, axe, ".form")
    page.keyboard.press("Escape")
    page.click(f".pane-{base} .correct")
    page.keyboard.type("Seen. ")
    wait_saved(page)
    page.click(".show-changes")
    found += findings(page, axe, ".pane-editor")
    page.click(".close-editor")
    for key in ("?", "Control+Enter", "Shift+C", "g"):
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")
        found += findings(page, axe, "dialog")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
    assert found == []


def test_practice_and_its_feedback(page, studio, axe):
    page.goto(f"{studio[0]}/practice")
    page.wait_for_selector(DRAFT)
    found = findings(page, axe)
    page.click(".submit")
    page.click("dialog .confirm")
    page.wait_for_selector(".feedback")
    assert [*found, *findings(page, axe)] == []
