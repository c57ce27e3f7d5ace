"""Marking in a real Chromium: every text exact, every mark kept, every act taken back."""

from annotations import load_labels
from tests.studio.pure_script import call
from tests.studio.review_page import HOSTILE, TRANSCRIPT, drag, mark, open_review, sides, stored, wait_saved

LANES_OF_THE_NARROWEST = """() => {
  let node = [...document.querySelectorAll('.mk')].find((mark) => mark.textContent === '<120' && !mark.querySelector('.mk'));
  const lanes = [];
  for (; node?.classList.contains('mk'); node = node.parentElement) lanes.push(node.style.getPropertyValue('--lane').trim());
  return lanes.sort();
}"""

WITHOUT_COLOUR = """(all) => all.map((node) => ({
  words: node.textContent, tag: node.dataset.tag, thick: parseFloat(getComputedStyle(node).textDecorationThickness),
  shown: getComputedStyle(node, '::after').content !== 'none',
}))"""


def test_hostile_texts_are_shown_verbatim_and_marked_exactly(page, server, visit):
    open_review(page, server, visit)
    hostile, _ = sides(page)
    assert page.evaluate(f"document.querySelector('.text-{hostile}').textContent") == HOSTILE
    assert page.evaluate("document.querySelector('.text-transcript').textContent") == TRANSCRIPT
    assert page.text_content(".bar h1") == "${7*7} <i>Tired</i>"
    quotes = [
        "<script>window.ran=3</script>",
        "${7*7}",
        "{{7*7}}",
        "BP <120",
        "e\u0301te\u0301",
        "שלום עולם",
        "&lt;soon&gt;",
        "atigu",
    ]
    quotes.append("👩🏽‍⚕️\r\nsince")
    for quote in quotes:
        mark(page, hostile, quote, "2")
    wait_saved(page)
    assert page.evaluate(f"document.querySelector('.text-{hostile}').textContent") == HOSTILE
    assert sorted(span.quote for span in stored(server, visit).spans) == sorted(quotes)
    assert page.locator(".entry q").all_text_contents()[0]
    assert page.evaluate("window.ran") is None


def test_a_selection_snaps_to_words_and_keeps_joined_signs_whole(page, server, visit):
    open_review(page, server, visit)
    hostile, _ = sides(page)
    drag(page, hostile, "tigu")
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    # Half a person with skin colour and profession: all of her is taken.
    mark(page, hostile, "👩🏽", "1")
    wait_saved(page)
    assert sorted(span.quote for span in stored(server, visit).spans) == ["Fatigue", "👩🏽‍⚕️"]


def test_overlapping_and_nested_marks_are_each_kept_and_shown(page, server, visit):
    open_review(page, server, visit)
    hostile, _ = sides(page)
    for quote, key in (("since May. BP <120", "1"), ("BP <120 & HR", "6"), ("<120", "9"), ("since May. BP <120", "4")):
        mark(page, hostile, quote, key)
    wait_saved(page)
    spans = stored(server, visit).spans
    assert [(span.quote, span.label, span.severity) for span in spans] == [
        ("since May. BP <120", "fabrication", "minor"), ("BP <120 & HR", "repetition", "minor"),
        ("<120", "inference", None), ("since May. BP <120", "contextual", "minor"),
    ]  # fmt: skip
    # The words that all four cover stand in four nested underlines, each in a lane of its own.
    depth = page.evaluate(LANES_OF_THE_NARROWEST)
    assert depth == ["0", "1", "2", "3"]


def test_types_and_severities_differ_without_colour(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    # Two types of one group and colour, and one of them in both severities.
    for quote, keys in (("Fatigue", "1"), ("March", "2"), ("levothyroxine", "1m")):
        mark(page, plain, quote, *keys)
    wait_saved(page)
    drawn = page.eval_on_selector_all(f".text-{plain} .mk", WITHOUT_COLOUR)
    # Behind the words stand the name that the list has too, and the type.
    side = {"left": "A", "right": "B"}[plain]
    assert [(one["words"], one["tag"]) for one in drawn] == [
        ("Fatigue", f"{side}1 fab"), ("March", f"{side}2 neg"), ("levothyroxine", f"{side}3 fab"),
    ]  # fmt: skip
    assert all(one["shown"] for one in drawn)
    minor, _, major = [one["thick"] for one in drawn]
    assert major >= 2 * minor > 0
    assert page.locator(".entry .tag").all_text_contents() == [f"{side}{number}" for number in (1, 2, 3)]


def test_a_studys_own_types_get_short_names_that_differ():
    titles = ["Wrong context", "Wrong side", "Dose", "Do", "Déjà vu", "Dose"]
    # Words that lack at most two letters are left whole; what begins alike is told apart by a letter more; of two that are called
    # the same nothing can tell one from the other.
    expected = ["wrong c", "wrong s", "dose", "do", "déjà", "dose"]
    others = [[*titles[:at], *titles[at + 1 :]] for at in range(len(titles))]
    assert call("marks", "shortened", *([title, other] for title, other in zip(titles, others, strict=True))) == expected
    labels = load_labels().data
    for kind in ("error", "omission"):
        titles = [label["title"] for label in labels[kind]]
        shorts = call("marks", "shortened", *([title, [other for other in titles if other != title]] for title in titles))
        assert len(set(shorts)) == len(titles) and all(len(short) <= 5 for short in shorts)


def test_undo_redo_delete_and_keys_that_stay_silent_while_typing(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    mark(page, plain, "March", "1")
    page.click(f".text-{plain} .mk")
    page.keyboard.press("3")
    page.keyboard.press("m")
    page.keyboard.press("c")
    page.keyboard.type("1u?n")
    page.keyboard.press("Enter")
    wait_saved(page)
    [span] = stored(server, visit).spans
    assert (span.label, span.severity, span.comment) == ("causality", "major", "1u?n")
    page.keyboard.press("Delete")
    wait_saved(page)
    assert stored(server, visit).spans == ()
    for _ in range(3):
        page.keyboard.press("u")
    wait_saved(page)
    [span] = stored(server, visit).spans
    assert (span.label, span.severity, span.comment) == ("causality", "minor", "")
    page.keyboard.press("Shift+U")
    wait_saved(page)
    assert stored(server, visit).spans[0].severity == "major"
    page.keyboard.press("?")
    assert page.locator("dialog[open] .keys tr").count() > 5
