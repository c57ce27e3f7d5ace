"""The page on the judge in a real Chromium: what it shows, what it holds back, and how a person takes a mark over."""

import pytest

from annotations import LOCAL_USER, Reviews
from pipeline.endpoints import Endpoint
from pipeline.judge import judge_notes
from pipeline.workspace import Workspace
from studio.judge_words import JUDGE_PAGE
from tests.pipeline.invented_judge import judge
from tests.pipeline.loopback_model import loopback_model
from tests.reviewed import BASE, add_models, opened, visit
from tests.studio.desk_app import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A studio with two judged visits, of which the local reviewer has submitted the first."""
    server = Server(tmp_path_factory.mktemp("judge") / "home", ("judge", "review")).start()
    workspace = Workspace(server.home)
    with workspace.store() as store:
        add_models(store)
        first, _ = visit(store, 1, "dev"), visit(store, 2, "dev")
        desk = opened(store, first, LOCAL_USER)
        desk.error(BASE, "Denies fever", "negation", "minor", "<b onclick=window.ran=1>${7*7}</b>")
        desk.error(BASE, "March", "contextual", "major")
        desk.submit(30)
    with loopback_model(judge()) as served:
        judge_notes(workspace, Endpoint("judge", served.address, "other-model"), print)
    yield server
    server.stop()


def test_differences_are_shown_after_the_first_review_and_a_mark_is_taken_over_by_a_person(page, server):
    page.goto(server.url("", "judge"))
    page.wait_for_selector(".listing tbody tr")
    rows = page.eval_on_selector_all(".listing tbody tr", "all => all.map((n) => [...n.children].map((cell) => cell.innerText))")
    # The visit that is not reviewed is not there; its notes are only counted. The tuned note has a repetition and an omission of
    # the judge's, the base's note three marks of the judge's alone, one of the reviewer's alone, and March by both.
    counts = {row[0].split("\n")[1]: row[1:4] for row in rows}
    assert counts == {"base-model · cardiology": ["1", "4", "1"], "tuned-model · cardiology": ["0", "2", "0"]}
    assert JUDGE_PAGE.waiting.format(n=2) in page.inner_text(".said >> nth=0")
    page.locator(".listing tbody tr", has_text="base-model").get_by_role("link").click()
    page.wait_for_selector("h1:has-text('Where they differ')")
    marks = page.locator(".listing").nth(1)
    assert all(words in marks.inner_text() for words in ("Denies fever", "${7*7}", "Wrong context, major"))
    page.get_by_role("button", name=JUDGE_PAGE.take).click()
    page.wait_for_selector(f".said:has-text('{JUDGE_PAGE.taken[:30]}')")
    with Workspace(server.home).store() as store:
        drafts = Reviews(store).list_reviews(LOCAL_USER, "draft")
        state = Reviews(store).state(drafts[0].id)
    # The first mark of the judge's alone, the others being hers too, stands beside her own two in the second version.
    assert drafts[0].version == 2 and sorted(span.quote for span in state.spans) == ["Denies fever", "March", "Start aspirin"]
    page.get_by_role("button", name=JUDGE_PAGE.down).click()
    page.wait_for_selector(f".said:has-text('{JUDGE_PAGE.turned_down[:20]}')")
    assert page.evaluate("window.ran") is None
