"""A transcript of 5,000 words under 200 marks: it opens, a mark is made, and only what changed is drawn again."""

from annotations import Encounter, Model, Omission, Output, Reviews, Span
from pipeline.workspace import Workspace
from tests.studio.review_page import open_review, stored, wait_saved

SENTENCE = "We talked about the left knee and the tablets in May."
TRANSCRIPT = "\n".join(f"{('Doctor', 'Patient')[turn % 2]}: {turn} {SENTENCE}" for turn in range(400))
NOTE = "\n".join(f"{line} {SENTENCE}" for line in range(60))
# Leaves a mark of our own on every line's content; a line that is drawn again loses it.
REMEMBER = "() => document.querySelectorAll('.line').forEach((line) => line.childNodes.forEach((node) => { node.seen = true; }))"
REDRAWN = "() => [...document.querySelectorAll('.line')].filter((line) => !line.firstChild.seen).length"


def places(text, number, step):
    starts = [text.index("\n", step * at) + 1 for at in range(number)]
    return [(start, start + 30 + at % 40, text[start : start + 30 + at % 40]) for at, start in enumerate(starts)]


def large_review(home):
    visit = Encounter("invented", "large", TRANSCRIPT, "train", synthetic=True)
    with Workspace(home).store() as store:
        store.add_encounters([visit])
        store.ensure_model(Model("wombat", "W", "base", "wombat", "b" * 64))
        store.ensure_model(Model("quokka", "Q", "adapter", "quokka", "a" * 64, base_id="wombat", base_sha256="b" * 64))
        outputs = [store.add_output(Output(visit.id, m, NOTE, "e", "p" * 64, {}, 1, 5, 4, "stop")) for m in ("wombat", "quokka")]
        reviews = Reviews(store)
        review = reviews.open(visit.id, "local", [output.id for output in outputs])
        evidence = places(TRANSCRIPT, 100, 200)
        for output in outputs:
            for (start, end, quote), (begin, stop, words) in zip(places(NOTE, 50, 60), evidence, strict=False):
                reviews.put_span(review.id, Span(output.id, start, end, quote, "fabrication", "minor", "", begin, stop, words))
            for start, end, quote in places(TRANSCRIPT, 50, 400):
                reviews.put_omission(review.id, Omission(output.id, start, end, quote, "plan", "major"))
    return visit


def test_a_mark_among_two_hundred(page, server):
    visit = large_review(server.home)
    assert len(TRANSCRIPT.split()) >= 5000
    open_review(page, server, visit)
    assert page.locator(".entry").count() == 200
    assert page.text_content(".text-transcript") == TRANSCRIPT
    page.keyboard.press("a")
    for _ in range(7):
        page.keyboard.press("ArrowDown")
    page.evaluate(REMEMBER)
    page.keyboard.press("1")
    wait_saved(page)
    assert page.locator(".entry").count() == 201 and len(stored(server, visit).spans) == 101
    # The marked line of the note, and no other of the 520 lines.
    assert page.evaluate(REDRAWN) == 1
    page.keyboard.press("u")
    wait_saved(page)
    assert page.locator(".entry").count() == 200 and page.evaluate(REDRAWN) <= 1
    names = page.locator(".text-left .mk[data-tag]").evaluate_all("(all) => all.map((node) => node.dataset.tag)")
    assert names == [f"A{number}" for number in range(1, 51)]
