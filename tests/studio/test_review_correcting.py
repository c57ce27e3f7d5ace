"""Correcting a note in a real Chromium: what changed, older versions, the time in the editor."""

from tests.studio.review_page import HOSTILE, OTHER, open_review, sides, stored, wait_saved

VERSION = "document.querySelector('.version').textContent === 'version {}'"
PIECES = "[...document.querySelector('.changed').childNodes].map((node) => [node.nodeName, node.textContent])"


def correct(page, side):
    page.click(f".pane-{side} .correct")
    page.wait_for_selector(".editor")


def kept(page, number):
    page.wait_for_function(VERSION.format(number))
    wait_saved(page)


def test_the_changes_are_shown_word_by_word_and_follow_the_typing(page, server, visit):
    open_review(page, server, visit)
    hostile, _ = sides(page)
    correct(page, hostile)
    page.click(".show-changes")
    assert page.text_content(".changed") == "The correction says the same as the note."
    text = page.input_value(".editor")
    # A text field has one kind of line end; that is no change.
    assert text == HOSTILE.replace("\r\n", "\n")
    page.fill(".editor", text.replace("Repeat TSH", "Repeat FT4"))
    page.wait_for_selector(".changed ins")
    changed = [(kind, text.strip()) for kind, text in page.evaluate(PIECES) if kind != "#text"]
    assert changed == [("DEL", "TSH"), ("INS", "FT4")]
    joined = "".join(text for kind, text in page.evaluate(PIECES) if kind != "INS")
    assert joined == HOSTILE.replace("\r\n", "\n") and page.evaluate("window.ran") is None
    page.click(".show-changes")
    assert page.locator(".below").is_hidden()


def test_an_older_version_is_opened_and_taken_back_as_a_new_one(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    correct(page, plain)
    page.click(".show-versions")
    page.wait_for_selector(".below:has-text('the first pause in typing makes version 1')")
    for number, text in enumerate(("First. ", "Second. "), 1):
        page.fill(".editor", text + OTHER)
        kept(page, number)
    page.wait_for_selector("[data-version='2'][aria-pressed=true]")
    assert page.locator(".take-back").count() == 0
    page.click("[data-version='1']")
    assert page.text_content(".old-version ins") == "First. "
    page.click(".take-back")
    kept(page, 3)
    assert page.input_value(".editor") == f"First. {OTHER}"
    # Taking back is an edit like any other: the field's own undo takes it back again.
    page.keyboard.press("Control+z")
    page.click(".show-changes")
    kept(page, 4)
    assert [c.text.split()[0] for c in stored(server, visit).corrections] == ["First.", "Second.", "First.", "Second."]


def test_the_time_in_the_editor_leaves_out_pauses_and_other_panes(page, server, visit):
    page.clock.install()
    open_review(page, server, visit)
    _, plain = sides(page)
    correct(page, plain)
    page.keyboard.type("a")
    page.clock.fast_forward(20_000)
    page.keyboard.type("b")
    page.wait_for_function("document.querySelector('.version').textContent.startsWith('version')")
    # Longer than half a minute counts as away.
    page.clock.fast_forward(100_000)
    page.keyboard.type("c")
    page.clock.fast_forward(5_000)
    # In the transcript, and back.
    page.click(".pane-transcript .scroll")
    page.clock.fast_forward(25_000)
    page.click(".editor")
    page.keyboard.type("d")
    page.clock.fast_forward(10_000)
    wait_saved(page)
    page.click(".close-editor")
    wait_saved(page)
    counted = sum(correction.active_seconds for correction in stored(server, visit).corrections)
    # 20 s between two keys are in it. Had the pause of 100 s or the 25 s elsewhere been counted, it would be 45 or more.
    assert 20 <= counted < 45
    assert stored(server, visit).review.active_seconds > counted


def test_a_closed_correction_can_be_read_compared_and_copied_but_not_changed(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    correct(page, plain)
    page.fill(".editor", f"Seen. {OTHER}")
    kept(page, 1)
    page.click(".submit")
    page.click("dialog .confirm")
    page.wait_for_selector(".desk[data-state=closed]")
    correct(page, plain)
    assert page.get_attribute(".editor", "readonly") == ""
    page.click(".show-versions")
    page.wait_for_selector("[data-version='1']")
    assert page.text_content(".old-version ins") == "Seen. " and page.locator(".take-back").count() == 0
