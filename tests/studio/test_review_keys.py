"""The review desk by keyboard alone in a real Chromium: the tests press keys, and read the database."""

import pytest

from annotations import load_labels
from tests.studio.review_page import HOSTILE, OTHER, TRANSCRIPT, mark, open_review, sides, stored, wait_saved

KEY = {"left": "a", "right": "b"}
LANES_OF_THE_NARROWEST = """() => {
  let node = [...document.querySelectorAll('.mk')].find((mark) => mark.textContent === '<120' && !mark.querySelector('.mk'));
  const lanes = [];
  for (; node?.classList.contains('mk'); node = node.parentElement) lanes.push(node.style.getPropertyValue('--lane').trim());
  return lanes.sort();
}"""
# What the desk leaves to the browser: nothing prevents the key's own effect.
LEFT_ALONE = """([key, more, selector]) => (selector ? document.querySelector(selector) : document.body)
  .dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true, ...more}))"""


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def said(page):
    """The words under the cursor, as a screen reader hears them."""
    return page.text_content(".announcer")


def reach(page, quote):
    """Put the cursor on these words with keys: by word to the first one, then stretched to the last."""
    press(page, "Home", "ArrowRight")
    for _ in range(200):
        while quote.startswith(said(page)) and said(page) != quote:
            press(page, "Shift+ArrowRight")
        if said(page) == quote:
            return
        press(page, "ArrowRight")
    raise AssertionError(f"The cursor never stood on {quote!r}.")


def test_a_full_review_with_keys_alone(page, server, visit):
    open_review(page, server, visit)
    hostile, plain = sides(page)
    # An error: its label, how grave, a comment, its evidence, its extent.
    press(page, KEY[hostile], "ArrowDown", "ArrowDown")
    assert said(page) == "since May."
    press(page, "1", "m", "c")
    page.keyboard.type("never said; u?1")
    press(page, "Enter", "e", "ArrowDown", "Shift+ArrowLeft")
    assert said(page) == "Tired, since May"
    press(page, "Enter", "Shift+ArrowLeft", "x", "Shift+ArrowLeft", "Shift+ArrowLeft", "u", "u", "Shift+U")
    # The next one: the cursor goes on from there.
    press(page, "ArrowDown")
    assert said(page) == "BP <120 & HR >60."
    press(page, "6", "Delete", "ArrowDown", "ArrowUp", "6")
    # An omission, from both notes.
    press(page, "t", "ArrowDown", "1", "m", "i", "4", "Enter")
    # All ratings of both notes, the preference, a correction.
    press(page, "r", *"12345543", *"0" * 8, "Escape", "Shift+B", "Shift+T")
    press(page, KEY[plain], "w")
    page.keyboard.type("Seen today 🙂. ")
    page.wait_for_function("document.querySelector('.version').textContent === 'version 1'")
    press(page, "Escape", "w")
    wait_saved(page)
    press(page, "Control+Enter")
    page.wait_for_selector("dialog[open]:has-text('Nothing is missing')")
    press(page, "Tab", "Enter")
    page.wait_for_selector(".desk[data-state=closed]")

    state = stored(server, visit)
    error, repetition = state.spans
    assert (error.quote, error.label, error.severity) == ("👩🏽‍⚕️\r\nsince May", "fabrication", "major")
    assert HOSTILE[error.start : error.end] == error.quote and error.comment == "never said; u?1"
    assert TRANSCRIPT[error.evidence_start : error.evidence_end] == error.evidence_quote == "Tired, since May"
    assert (repetition.quote, repetition.label, repetition.severity) == ("BP <120 & HR >60.", "repetition", "minor")
    assert [(o.quote, o.label, o.severity, o.section, o.important_negative) for o in state.omissions] == [
        ("No chest pain at all.", "current_issues", "major", "subjective", True)
    ] * 2
    assert {o.output_id for o in state.omissions} == set(state.review.outputs)
    of = {output: [r.value for r in state.ratings if r.output_id == output] for output in state.review.outputs}
    assert sorted(of[state.review.left]) == sorted([1, 2, 3, 4, 5, 5, 4, 3]) and of[state.review.right] == [None] * 8
    assert state.review.preference == "tie" and state.review.status == "submitted"
    assert state.corrections[-1].text == f"Seen today 🙂. {OTHER}"


def test_hostile_texts_are_marked_exactly_with_keys(page, server, visit):
    open_review(page, server, visit)
    hostile, _ = sides(page)
    quotes = ["👩🏽‍⚕️\r\nsince", "BP <120", "<script>", "${7*7}", "{{7*7}}", "e\u0301te\u0301", "שלום עולם", "&lt;soon&gt;"]
    press(page, KEY[hostile])
    for quote in quotes:
        # The semicolon is no part of a word, so it takes a step by character.
        reach(page, quote.removesuffix(";"))
        press(page, *["Alt+Shift+ArrowRight"] * quote.endswith(";"), "2", "Escape")
    # Within a word, a character at a time.
    reach(page, "Fatigue")
    press(page, "Enter", "Alt+Shift+ArrowLeft", "x", "Alt+Shift+ArrowRight", "3", "Escape")
    wait_saved(page)
    assert page.evaluate(f"document.querySelector('.text-{hostile}').textContent") == HOSTILE
    assert sorted(span.quote for span in stored(server, visit).spans) == sorted([*quotes, "atigu"])
    assert page.evaluate("window.ran") is None


def test_overlapping_and_nested_marks_with_keys(page, server, visit):
    open_review(page, server, visit)
    hostile, _ = sides(page)
    press(page, KEY[hostile])
    for quote, key in (("since May. BP <120", "1"), ("BP <120 & HR", "6"), ("<120", "9"), ("since May. BP <120", "4")):
        reach(page, quote)
        press(page, key, "Escape")
    wait_saved(page)
    assert [(span.quote, span.label) for span in stored(server, visit).spans] == [
        ("since May. BP <120", "fabrication"), ("BP <120 & HR", "repetition"), ("<120", "inference"),
        ("since May. BP <120", "contextual"),
    ]  # fmt: skip
    assert page.evaluate(LANES_OF_THE_NARROWEST) == ["0", "1", "2", "3"]


def test_a_mark_is_resized_with_keys_and_with_buttons_and_never_vanishes(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    press(page, KEY[plain], "ArrowDown", "3")
    page.click(".form .nudge[data-field='end-1']")
    page.click(".form .nudge[data-field=start1]", modifiers=["Alt"])
    wait_saved(page)
    assert stored(server, visit).spans[0].quote == "atigue since March"
    press(page, *["Shift+ArrowLeft"] * 9)
    wait_saved(page)
    # The one word that is left stays.
    assert stored(server, visit).spans[0].quote == "atigue"
    press(page, *["u"] * 20)
    wait_saved(page)
    assert stored(server, visit).spans == ()
    press(page, *["Shift+U"] * 20)
    wait_saved(page)
    assert stored(server, visit).spans[0].quote == "atigue"


def test_stepping_through_marks_and_to_the_evidence_and_back(page, server, visit):
    open_review(page, server, visit)
    hostile, plain = sides(page)
    mark(page, plain, "March", "1")
    mark(page, hostile, "since May", "2")
    mark(page, "transcript", "No chest pain", "1", "a")
    press(page, ".", "e", "t", "ArrowDown", "Enter")
    wait_saved(page)
    seen = []
    for key in (".", ".", ".", ",", ","):
        press(page, key)
        seen.append(page.locator(".text .mk.chosen").all_text_contents()[-1])
    assert len(set(seen[:3])) == 3 and seen[3:] == [seen[1], seen[0]]
    [linked] = [span for span in stored(server, visit).spans if span.evidence_quote]
    press(page, "Escape", "t", "Home", "ArrowDown", "v")
    assert page.locator(f".text-transcript .mk.chosen[data-id={linked.id}]").count() > 0
    press(page, "v")
    assert page.locator(f".text-transcript .mk-evidence.lit[data-id={linked.id}]").count() > 0
    # The mouse over one side lights the other, and off it none.
    press(page, "Escape", "Escape")
    for here, there in ((".note-panes", "transcript"), (".text-transcript", "note")):
        page.hover(f"{here} .mk[data-id={linked.id}]")
        assert page.locator(f".mk.lit[data-id={linked.id}]").count() >= 2, f"the {there} stays dark"
        page.hover(".bar h1")
        assert page.locator(".mk.lit").count() == 0


@pytest.mark.parametrize("key", ["ArrowDown", "1", "r", "/", "Delete", "u"])
def test_keys_with_ctrl_or_in_a_field_stay_the_browsers(page, server, visit, key):
    open_review(page, server, visit)
    _, plain = sides(page)
    press(page, KEY[plain], "ArrowDown", "1", "c")
    assert page.evaluate(LEFT_ALONE, [key, {}, ".form [data-field=comment]"]) is True
    press(page, "Escape", "Escape")
    assert page.evaluate(LEFT_ALONE, [key, {"ctrlKey": True}, None]) is True
    assert page.evaluate(LEFT_ALONE, [key, {"altKey": True}, None]) is True
    wait_saved(page)
    assert len(stored(server, visit).spans) == 1


def tab_to(page, selector):
    for _ in range(80):
        press(page, "Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}.")


def test_keys_of_one_character_can_be_switched_off_and_the_rest_suffices(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    page.click("look-switch summary")
    page.click("look-switch .look-keys-off")
    press(page, "Escape", "ArrowDown")
    page.reload()
    page.wait_for_selector(".desk[data-state=draft]")
    # WCAG 2.1.4: not one of them does anything any more.
    press(page, *"?abtrldwgxv/+-0123456789,.u", "Shift+A", "Shift+C", "Shift+X")
    assert page.locator("dialog, .form:not([hidden]), .find:not([hidden]), .pane-editor:not([hidden])").count() == 0
    tab_to(page, f".pane-{plain} .scroll")
    press(page, "Home", "ArrowDown", "Enter")
    tab_to(page, ".form [data-field=label-negation]")
    press(page, "Enter", "Escape")
    wait_saved(page)
    state = stored(server, visit)
    assert [(span.quote, span.label) for span in state.spans] == [("Fatigue since March.", "negation")]
    assert state.review.preference is None and state.ratings == ()
    page.click(".bar .tools button:has-text('?')")
    assert "switched off" in page.text_content("dialog .warning")
    press(page, "Escape")
    page.click("look-switch summary")
    page.click("look-switch .look-keys-on")
    press(page, "Escape", "Escape", "r")
    assert page.is_visible(".panel-ratings")


def test_the_sheet_of_keys_and_ratings_to_and_fro(page, server, visit):
    open_review(page, server, visit)
    press(page, "?")
    assert page.locator("dialog[open] .keys tr").count() > 25
    press(page, "Escape", "r", "ArrowDown", "2", "ArrowUp", "ArrowUp", "b", "5", "r", "t", "ArrowDown")
    assert said(page) == "Tired, since May."
    wait_saved(page)
    state = stored(server, visit)
    values = {(rating.output_id, rating.dimension): rating.value for rating in state.ratings}
    first, second = load_labels().dimensions[:2]
    assert values == {(state.review.left, second): 2, (state.review.right, first): 5}
