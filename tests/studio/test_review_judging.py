"""Ending a review in a real Chromium: the checklist, cannot judge, notes held back, what the closed desk offers."""

import pytest

from annotations import Output, Reviews
from pipeline.workspace import Workspace
from tests.annotations.test_labels import own_labels
from tests.studio.review_page import OTHER, mark, open_review, sides, stored, wait_saved, watch
from tests.studio.test_review_page import FAINT, NAMELESS

NAMED = "SUBJECTIVE\nTired.\nI am SmolLM2, a large language model."
FOCUSED = "document.activeElement.name || document.activeElement.className"


def close_review(page):
    page.click(".submit")
    page.click("dialog .confirm")
    page.wait_for_selector(".desk[data-state=closed]")


def test_cannot_judge_asks_why_and_is_taken_back_without_a_reveal(page, server, visit):
    open_review(page, server, visit)
    page.click(".prefer-left")
    page.click(".give-up")
    page.click("dialog .confirm")
    assert page.text_content("dialog .gap") == "Choose a reason first."
    # The keyboard stands where the reason is chosen.
    assert page.evaluate(FOCUSED) == "reason"
    page.check("dialog [value=other]")
    page.click("dialog .confirm")
    assert page.text_content("dialog .gap") == "Say in a few words why."
    page.fill(".own-words", "The <b>audio</b> stops.")
    page.click("dialog .confirm")
    page.wait_for_selector(".desk[data-state=closed]")
    assert page.text_content(".outcome .reason") == "The <b>audio</b> stops."
    assert page.locator(".authorship").count() == 0 and page.locator(".finish .copy").count() == 0
    review = stored(server, visit).review
    assert (review.cannot_judge, review.preference, review.status) == ("other", None, "submitted")
    page.reload()
    page.wait_for_selector(".desk[data-state=closed]")
    page.click(".reopen")
    page.wait_for_selector(".desk[data-state=draft]")
    assert page.is_checked(".prefer-left input") and page.locator(".bar .badge", has_text="version").count() == 0
    assert stored(server, visit).review.cannot_judge is None


def test_each_line_of_the_checklist_leads_to_what_is_missing(page, server, visit):
    open_review(page, server, visit)
    hostile, plain = sides(page)
    mark(page, hostile, "👩🏽‍⚕️\r\nsince May", "1", "m")
    page.click(f".pane-{hostile} .correct")
    page.keyboard.type("Seen. ")
    page.wait_for_function("document.querySelector('.version').textContent === 'version 1'")
    page.click(".close-editor")

    def follow(text):
        page.click(".submit")
        page.locator(".gap-line", has_text=text).click()
        assert page.locator("dialog[open]").count() == 0

    letter = {"left": "A", "right": "B"}
    follow(f"Nothing is marked in note {letter[plain]}")
    assert page.evaluate("document.activeElement.closest('.pane').className") == f"pane pane-{plain}"
    follow(f"Note {letter[plain]}: 8 of 8")
    assert page.evaluate(FOCUSED) == f"rating-{plain}-factual_correctness"
    follow("which note is better")
    assert page.evaluate(FOCUSED) == "preference"
    follow("word for word")
    chosen = "(({value, selectionStart: a, selectionEnd: b}) => value.slice(a, b))(document.activeElement)"
    assert page.evaluate(chosen) == "👩🏽‍⚕️\nsince May"
    page.click(f".prefer-{plain}")
    follow(f"only note {letter[hostile]} is corrected")
    assert page.evaluate("document.activeElement.value") == OTHER


@pytest.fixture
def named(server, visit):
    """The same visit with a newer tuned note that names its model."""
    with Workspace(server.home).store() as store:
        store.add_output(Output(visit.id, "quokka", NAMED, "hush-engine", "p" * 64, {}, 1.0, 5, 5, "stop"))
    return visit


def test_a_note_that_names_its_model_is_not_in_the_page_before_the_reviewer_agrees(page, server, named):
    told = []
    page.on("response", lambda answer: "component_server" in answer.url and told.append(answer.text()))
    open_review(page, server, named)
    page.wait_for_selector(".withheld")
    assert "SmolLM2" not in page.content() and told and not any("SmolLM2" in text for text in told)
    side = page.evaluate("document.querySelector('.withheld').closest('.pane').className").removeprefix("pane pane-")
    # Neither correcting nor comparing opens it by the back door.
    page.keyboard.press("d")
    page.keyboard.press({"left": "a", "right": "b"}[side])
    page.keyboard.press("w")
    assert page.locator(".pane-editor").count() == 0 and page.locator(".paint-onlyhere i").count() == 0
    page.click(".agree")
    page.wait_for_function("!document.querySelector('.withheld')")
    assert page.text_content(f".text-{side}") == NAMED
    mark(page, side, "SmolLM2", "1")
    wait_saved(page)
    page.reload()
    page.wait_for_selector(".desk[data-state=draft]")
    assert page.text_content(f".text-{side}") == NAMED
    state = stored(server, named)
    with Workspace(server.home).store() as store:
        events = store.list_events(f"{state.review.id}/{state.spans[0].output_id}")
    assert [event.verb for event in events] == ["read_named"]


COPIED = "new Promise((tell) => document.addEventListener('copy', () => tell(getSelection().toString()), {once: true}))"


def test_the_closed_desk_tells_the_time_the_distance_and_copies_the_final_note(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    page.click(f".pane-{plain} .correct")
    page.keyboard.type("Seen 🙂. ")
    page.wait_for_function("document.querySelector('.version').textContent === 'version 1'")
    assert page.locator(".distance").count() == 0
    page.click(f".prefer-{plain}")
    close_review(page)
    # "Seen 🙂. " is eight characters and two words.
    assert page.text_content(f".pane-{plain} .distance").startswith("Corrected by 2 words, 8 characters")
    # The first review is its own median.
    time, median = page.text_content(".pace").rstrip(".").split(" at work. Your median is ")
    assert time == median
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".finish .copy")
    page.wait_for_selector(".finish .copy:has-text('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == f"Seen 🙂. {OTHER}"
    # A page that is served to another machine without https has no clipboard: the old way serves it.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(f"window.copied = {COPIED}; 0")
    page.wait_for_selector(".finish .copy:has-text('Copy the final note')")
    page.click(".finish .copy")
    page.wait_for_selector(".finish .copy:has-text('Copied')")
    assert page.evaluate("window.copied") == f"Seen 🙂. {OTHER}"


def test_the_guideline_is_one_key_away_and_text_alone(page, server, visit):
    open_review(page, server, visit)
    page.keyboard.press("g")
    page.wait_for_selector(".guideline:has-text('OMISSIONS')")
    page.keyboard.press("Escape")
    own = server.home / "guideline.md"
    own.write_text("# Ours\n\n<img src=x onerror='window.ran=9'> **Mark** what is wrong.", encoding="utf-8")
    try:
        page.keyboard.press("g")
        page.wait_for_selector(".guideline:has-text('Ours')")
        assert page.locator(".guideline p").all_text_contents()[1].startswith("<img src=x")
        assert page.locator(".guideline img").count() == 0 and page.evaluate("window.ran") is None
    finally:
        own.unlink()


def test_a_review_of_another_label_set_opens_readable_and_can_go_on(page, server, visit):
    open_review(page, server, visit)
    hostile, _ = sides(page)
    mark(page, hostile, "since May", "1")
    wait_saved(page)
    own_labels(server.home, fabrication="invention")
    try:
        page.reload()
        page.wait_for_selector(".entry")
        assert page.text_content(".entry-facts").startswith("Fabrication")
        assert page.locator(f".text-{hostile} .mk-hallucination").count() == 1
        # Its severity may still change, and the change be taken back; a new label is of the new set.
        page.click(f".text-{hostile} .mk")
        page.keyboard.press("m")
        wait_saved(page)
        page.keyboard.press("u")
        wait_saved(page)
        page.keyboard.press("1")
        wait_saved(page)
        [span] = stored(server, visit).spans
        assert (span.label, span.severity, span.label_set.split("/")[0]) == ("invention", "minor", "our-study")
        for _ in range(2):
            page.keyboard.press("u")
        wait_saved(page)
        assert stored(server, visit).spans == ()
    finally:
        (server.home / "labels.toml").unlink()


def test_a_mistake_in_the_study_s_labels_is_a_sentence_on_the_desk(page, server, visit):
    (server.home / "labels.toml").write_text("name = ", encoding="utf-8")
    try:
        page.goto(server.url(f"encounter={visit.id}"))
        page.wait_for_selector(".desk[data-state=empty]:has-text('labels.toml is not readable TOML')")
    finally:
        (server.home / "labels.toml").unlink()
    with Workspace(server.home).store() as store:
        assert Reviews(store).find(visit.id, "local") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_added_stands_out_from_its_ground_and_has_names(chromium, server, named, scheme):
    """WCAG AA, 4.5 to 1: a note held back, the changes, the versions, the checklist, the reasons, the closed bar."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    watch(page)
    open_review(page, server, named)
    seen = []

    def look():
        seen.append((page.evaluate(FAINT), page.evaluate(NAMELESS)))

    look()
    page.click(".correct")
    page.keyboard.type("Seen. ")
    page.wait_for_function("document.querySelector('.version').textContent === 'version 1'")
    page.click(".show-changes")
    page.press(".editor", "Control+End")
    for _ in range(8):
        page.keyboard.press("Backspace")
    page.wait_for_selector(".changed del")
    look()
    page.click(".show-versions")
    page.wait_for_selector(".old-version ins")
    look()
    for start in (".give-up", ".submit"):
        page.click(start)
        page.wait_for_selector("dialog[open]")
        look()
        page.keyboard.press("Escape")
    page.click(".submit")
    page.click("dialog .confirm")
    page.wait_for_selector(".desk[data-state=closed]")
    look()
    context.close()
    assert seen == [([], 0)] * 6 and page.errors == []
