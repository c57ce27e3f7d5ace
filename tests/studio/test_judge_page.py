"""The page on the judge in a real Chromium, and its suggestions in the review desk: shown when, held back when, answered how."""

import pytest

from annotations import LOCAL_USER, Judgements, Reviews
from pipeline.endpoints import Endpoint
from pipeline.judge import judge_notes
from pipeline.workspace import Workspace
from studio.desks.review import ReviewDesk
from studio.judge_words import JUDGE_PAGE
from tests.pipeline.invented_judge import judge
from tests.pipeline.loopback_model import loopback_model
from tests.reviewed import BASE, add_models, opened, visit
from tests.studio.desk_app import Server
from tests.studio.review_page import wait_saved


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
    page.get_by_role("link", name=JUDGE_PAGE.review).click()
    page.wait_for_selector(".desk[data-state=closed]")
    # The reviewer has marked March herself; the other six are offered, in the texts only while their list is open.
    assert page.inner_text(".tab-suggestions .count") == "6" and page.locator(".mk-suggestion").count() == 0
    side, other = ("left", "right") if "aspirin" in page.text_content(".text-left") else ("right", "left")
    name = {"left": "A", "right": "B"}[side]
    page.keyboard.press("s")
    while "Start aspirin" not in page.inner_text(".panel-suggestions .chosen"):
        page.keyboard.press("s")
    assert page.inner_text(f".text-{side} .mk-suggestion.chosen") == "Start aspirin"
    assert f"on note {name}" in page.inner_text(".form") and "So it is." in page.inner_text(".form")
    page.keyboard.press("y")
    # It is hers now, in a second version that is open to be changed, and the next one waits for its answer.
    page.wait_for_selector(".desk[data-state=draft]")
    page.wait_for_function("document.querySelector('.tab-suggestions .count').textContent === '5'")
    assert page.inner_text(f".text-{side} .mk-hallucination.mk-major >> nth=1") == "Start aspirin"
    chosen = page.inner_text(".panel-suggestions .chosen q")
    page.keyboard.press("n")
    page.wait_for_function("document.querySelector('.tab-suggestions .count').textContent === '4'")
    # Taking back what was taken over is undoing a mark; with the mouse the next one is taken over.
    page.keyboard.press("u")
    page.wait_for_function("document.querySelector('.tab-marks .count').textContent === '2'")
    wait_saved(page)
    page.locator(".panel-suggestions .entry", has_text="1. Repeat TSH.").get_by_role("button", name="Take over").click()
    page.wait_for_function("document.querySelector('.tab-suggestions .count').textContent === '3'")
    with Workspace(server.home).store() as store:
        (draft,) = Reviews(store).list_reviews(LOCAL_USER, "draft")
        state, first = Reviews(store).state(draft.id), Reviews(store).list_reviews(LOCAL_USER, "submitted")[0]
        before = Reviews(store).state(first.id)
        events = [event for event in store.list_events() if event.verb in ("take_over", "turn_down")]
        assert store.verify() == []
    assert (draft.version, first.version) == (2, 1)
    assert sorted(span.quote for span in state.spans) == ["1. Repeat TSH.", "Denies fever", "March"]
    assert sorted(span.quote for span in before.spans) == ["Denies fever", "March"]
    # Events say which suggestion became which mark, and what was turned down.
    assert [(event.verb, event.before["quote"]) for event in events] == [
        ("take_over", "Start aspirin"), ("turn_down", chosen), ("take_over", "1. Repeat TSH."),
    ]  # fmt: skip
    repeated = next(span for span in state.spans if span.label == "repetition")
    assert events[-1].after == {"review": draft.id, "mark": repeated.id}
    assert page.evaluate("window.ran") is None


def test_a_blind_first_review_has_no_word_of_the_judges(server):
    workspace = Workspace(server.home)
    with workspace.store() as store:
        second = store.list_encounters()[1]
        shown = ReviewDesk(workspace).open(second.id)
        assert Judgements(store).list_judges() and shown["review"]["status"] == "draft"
        assert shown["suggestions"] is None and "aspirin" not in str(shown | {"notes": None})
    for act in ("take_over", "turn_down"):
        mark = "span-of-the-judge"
        answer = ReviewDesk(workspace).answer({"do": act, "review": shown["review"]["id"], "mark": mark})
        assert (answer["ok"], answer["kind"]) == (False, "Refused") and "submit it first" in answer["sentence"]
    # Whoever reads another's finished review is offered nothing in it, nor is one who could not judge.
    with workspace.store() as store:
        store.add_user("ann", "Dr Ann")
        done = Reviews(store).list_reviews(LOCAL_USER, "submitted")[0]
    assert ReviewDesk(workspace, "ann").look(done.id)["suggestions"] is None
    given_up = {"do": "give_up", "review": shown["review"]["id"], "seen": 0, "reason": "field", "comment": ""}
    assert ReviewDesk(workspace).answer(given_up)["suggestions"] is None
