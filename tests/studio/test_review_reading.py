"""Reading on the desk in a real Chromium: searching, comparing, coming back to where one was, sizes and light."""

import pytest

from annotations import Encounter, Output
from pipeline.workspace import Workspace
from tests.studio.review_page import OTHER, mark, open_review, sides, stored, wait_saved

LINES = 120
TOP = """(pane) => {
  const edge = document.querySelector('.pane-' + pane + ' .scroll').getBoundingClientRect().top + 1;
  const lines = [...document.querySelectorAll('.text-' + pane + ' .line')];
  return lines.findIndex((line) => line.getBoundingClientRect().bottom > edge);
}"""
PAINTED = "(name) => [...document.querySelectorAll('.paint-' + name + ' i')].filter((box) => box.offsetWidth > 0).length"
GROUND = "getComputedStyle(document.querySelector('.desk')).backgroundColor"


@pytest.fixture
def long_visit(server, visit):
    """The same two models on a transcript that does not fit on the screen."""
    turns = [f"{('Doctor', 'Patient')[turn % 2]}: Turn {turn}. Straße ICE {turn * 7} ends here." for turn in range(LINES)]
    long = Encounter("invented", f"{visit.external_id} long", "\n".join(turns), "train", synthetic=True)
    with Workspace(server.home).store() as store:
        store.add_encounters([long])
        for model, text in (("wombat", OTHER), ("quokka", OTHER.replace("March", "May").replace("100 µg", "50 µg daily"))):
            store.add_output(Output(long.id, model, text, "e", "p" * 64, {}, 1, 5, 4, "stop"))
    return long


def top(page, pane="transcript"):
    return page.evaluate(TOP, pane)


def test_finding_in_the_transcript_and_going_back(page, server, long_visit):
    open_review(page, server, long_visit)
    page.keyboard.press("t")
    for _ in range(40):
        page.keyboard.press("j")
    before, words = top(page), page.text_content(".announcer")
    assert before > 5
    page.keyboard.press("/")
    page.keyboard.type("tURN 1")
    # Turn 1, 10 to 19 and 100 to 119: the first behind what is on the screen comes first.
    page.wait_for_selector(".found-count:has-text('12 of 31')")
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".found-count:has-text('11 of 31')")
    assert top(page) < 20 and page.evaluate(PAINTED, "found") == 31 and page.evaluate(PAINTED, "foundnow") == 1
    page.keyboard.press("Escape")
    assert top(page) == before and page.text_content(".announcer") == words and page.evaluate(PAINTED, "found") == 0
    # Or one stays at what was found, and marks it.
    page.keyboard.press("/")
    page.keyboard.type("straße ice 770")
    page.keyboard.press("Enter")
    page.wait_for_selector(".found-count:has-text('1 of 1')")
    page.keyboard.press("ArrowDown")
    for key in ("2", "Enter"):
        page.keyboard.press(key)
    wait_saved(page)
    assert [omission.quote for omission in stored(server, long_visit).omissions] == ["Straße ICE 770"] * 2
    page.keyboard.press("/")
    page.keyboard.type("<b>")
    page.wait_for_selector(".found-count:has-text('not found')")


def test_a_reload_restores_scroll_cursor_and_tab(page, server, long_visit):
    open_review(page, server, long_visit)
    page.keyboard.press("t")
    for _ in range(60):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    words, before = page.text_content(".announcer"), top(page)
    page.click(".tab-ratings")
    page.reload()
    page.wait_for_selector(".desk[data-state=draft]")
    assert top(page) == before > 10
    assert page.is_visible(".panel-ratings") and page.evaluate(PAINTED, "reading") > 0
    # The cursor stands on the same words: they are what is marked.
    page.keyboard.press("1")
    page.keyboard.press("b")
    wait_saved(page)
    assert [omission.quote for omission in stored(server, long_visit).omissions] == [words]
    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert "Turn" not in kept and "Fatigue" not in kept and long_visit.id not in kept


def test_the_places_of_old_reviews_are_forgotten(page, server, visit):
    open_review(page, server, visit)
    old = {f"rev-{number}": {"when": number, "tops": {}, "reading": {"at": {}}} for number in range(500)}
    page.evaluate("(old) => localStorage.setItem('scribeloop.places', JSON.stringify(old))", old)
    page.keyboard.press("t")
    page.reload()
    page.wait_for_selector(".desk[data-state=draft]")
    kept = page.evaluate("Object.keys(JSON.parse(localStorage.getItem('scribeloop.places')))")
    assert len(kept) == 60 and "rev-499" in kept and "rev-0" not in kept


def test_differences_are_shown_in_both_notes_beside_the_marks(page, server, long_visit):
    open_review(page, server, long_visit)
    left = page.text_content(".text-left")
    mark(page, "left", "Fatigue since", "1")
    page.keyboard.press("d")
    # March or May; 100 or 50 µg daily.
    counts = {"left": "2" if "March" in left else "3", "right": "3" if "March" in left else "2"}
    for side, count in counts.items():
        assert f"Overlined: {count} words" in page.text_content(f".pane-{side} .differing")
    assert page.evaluate(PAINTED, "onlyhere") >= 4
    assert page.text_content(".text-left") == left and page.locator(".text-left .mk").count() == 1
    page.keyboard.press("d")
    assert page.evaluate(PAINTED, "onlyhere") == 0 and page.text_content(".pane-left .differing") == ""


def test_text_size_and_light_are_remembered(page, server, visit):
    open_review(page, server, visit)
    size = "parseFloat(getComputedStyle(document.querySelector('.text-left')).fontSize)"
    ground, before = page.evaluate(GROUND), page.evaluate(size)
    page.keyboard.press("+")
    page.click("look-switch summary")
    page.click("look-switch .look-theme-dark")
    dark = page.evaluate(GROUND)
    assert page.evaluate(size) > before and dark != ground
    page.reload()
    page.wait_for_selector(".desk[data-state=draft]")
    assert page.evaluate(size) > before and page.evaluate(GROUND) == dark
    # The system's own change no longer matters, until it is asked to.
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    assert page.evaluate(GROUND) == dark
    page.click("look-switch summary")
    page.click("look-switch .look-theme-system")
    assert page.evaluate(GROUND) == ground
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{GROUND} === {dark!r}")
    page.keyboard.press("Escape")
    assert not page.is_visible(".look-menu")


def test_the_next_encounter_by_key_and_back(page, server, visit, long_visit):
    open_review(page, server, visit)
    seen = [page.url]
    for key in ("Shift+N", "Shift+P"):
        with page.expect_navigation():
            page.keyboard.press(key)
        page.wait_for_selector(".desk[data-state=draft]")
        seen.append(page.url)
    assert seen[0] == seen[2] != seen[1] and sides(page)
