"""The review page as a whole in a real Chromium against a server of its own: what only a browser shows."""

import pytest

from annotations import Encounter
from pipeline.workspace import Workspace
from tests.studio.review_page import (
    BASE,
    HOSTILE,
    OTHER,
    SELECT,
    TRANSCRIPT,
    TUNED,
    drag,
    open_review,
    select,
    sides,
    stored,
    wait_saved,
    watch,
)  # fmt: skip

# Nothing of these may reach the browser before the review is submitted.
SECRETS = ("Wombat", "Quokka", "wombat", "quokka", "hush-engine", "987.25", "43210")
# Texts whose colour stands out less than 4.5 to 1 from the nearest opaque ground: relative luminance as WCAG 2.2 defines it.
FAINT = """() => {
  const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const channels = (css) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = css;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const linear = (value) => (value / 255 <= .04045 ? value / 255 / 12.92 : ((value / 255 + .055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => .2126 * linear(red) + .7152 * linear(green) + .0722 * linear(blue);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const found = channels(getComputedStyle(at).backgroundColor);
      if (found[3] > 250) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll('.desk *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || node.closest(':disabled') || !node.checkVisibility()) continue;
    const pair = [luminance(channels(getComputedStyle(node).color)), luminance(ground(node))].sort((a, b) => b - a);
    const ratio = (pair[0] + .05) / (pair[1] + .05);
    if (ratio < 4.5) faint.push(`${node.className || node.tagName} ${ratio.toFixed(2)} ${node.textContent.slice(0, 20)}`);
  }
  return faint;
}"""
NAMELESS = """() => [...document.querySelectorAll('.desk button, .desk input, .desk textarea')]
  .filter((node) => !node.textContent.trim() && !node.ariaLabel && !node.labels?.length).length"""


def overhear(page):
    """The text of every answer that the page gets, but for Gradio's own files and its endless heartbeat."""
    told = []

    def keep(route):
        answer = route.fetch()
        told.append(answer.text())
        route.fulfill(response=answer)

    page.route(lambda url: not any(part in url for part in ("/assets/", "/static/", "/heartbeat/", "/queue/")), keep)
    return told


def test_a_whole_review_survives_a_reload_and_reveals_only_at_the_end(page, server, visit):
    told = overhear(page)
    open_review(page, server, visit)
    hostile, plain = sides(page)
    # Only one of the two models did not see the whole transcript: that would tell them apart.
    assert page.locator(".pane .warning").count() == 0

    drag(page, hostile, "👩🏽‍⚕️\r\nsince May")
    page.keyboard.press("1")
    page.keyboard.press("m")
    page.fill(".form [data-field=comment]", "never said <b>so</b>")
    page.click(".form [data-field=evidence]")
    drag_evidence = page.evaluate(SELECT, ["transcript", "Tired, since May", True])
    page.mouse.move(*drag_evidence[:2])
    page.mouse.down()
    page.mouse.move(*drag_evidence[2:], steps=4)
    page.mouse.up()
    page.wait_for_selector(".evidence-quote")
    page.keyboard.press("Escape")

    drag(page, "transcript", "No chest pain at all")
    for key in ("1", "m", "i"):
        page.keyboard.press(key)
    page.click(".form [data-field=section-subjective]")
    page.click(".missing-from button:has-text('Both')")

    page.click(".tab-ratings")
    page.locator(f"input[name=rating-{hostile}-clarity]").nth(1).check(force=True)
    page.keyboard.press("4")
    page.locator(f"input[name=rating-{plain}-clarity]").nth(5).check(force=True)
    page.click(f".prefer-{plain}")
    page.click(f".pane-{plain} .correct")
    page.keyboard.type("Seen today 🙂. ")
    page.wait_for_function("document.querySelector('.version').textContent === 'version 1'")
    wait_saved(page)

    page.reload()
    page.wait_for_selector(".desk[data-state=draft]")
    assert page.locator(".entry").count() == 3
    assert page.is_checked(f".prefer-{plain} input")
    assert page.locator(f"input[name=rating-{hostile}-clarity]").nth(3).is_checked()
    assert page.locator(f"input[name=rating-{plain}-clarity]").nth(5).is_checked()
    page.click(f".pane-{plain} .correct")
    assert page.input_value(".editor") == f"Seen today 🙂. {OTHER}"

    assert sum("levothyroxine 100" in text for text in told) >= 2 and any('name="viewport"' in text for text in told)
    assert [secret for secret in SECRETS for text in told if secret in text] == []

    page.click(".submit")
    page.wait_for_selector("dialog .missing")
    assert page.locator(".missing li").count() == 2
    page.click(".confirm")
    page.wait_for_selector(".desk[data-state=closed]")
    assert page.text_content(f".pane-{plain} .warning").startswith("This note was written from a shortened transcript: 120 words")
    written = page.text_content(f".pane-{hostile} .authorship")
    assert BASE in written and "43210 tokens" in written
    assert TUNED in page.text_content(f".pane-{plain} .authorship")

    state = stored(server, visit)
    [span] = state.spans
    assert span.quote == "👩🏽‍⚕️\r\nsince May" and span.severity == "major" and span.label == "fabrication"
    assert HOSTILE[span.start : span.end] == span.quote and span.comment == "never said <b>so</b>"
    assert TRANSCRIPT[span.evidence_start : span.evidence_end] == span.evidence_quote == "Tired, since May"
    assert [(o.quote, o.section, o.important_negative, o.severity) for o in state.omissions] == [
        ("No chest pain at all", "subjective", True, "major")
    ] * 2
    assert {o.output_id for o in state.omissions} == set(state.review.outputs)
    assert sorted((rating.value or 0) for rating in state.ratings) == [0, 4]
    assert state.review.status == "submitted" and state.review.preference == plain
    assert state.corrections[-1].text == f"Seen today 🙂. {OTHER}" and state.review.active_seconds > 0


def test_one_note_alone_and_none_at_all(page, server, visit):
    with Workspace(server.home).store() as store:
        output = store.list_outputs(visit.id)[1]
        bare = Encounter("invented", "bare", "Doctor: Hello there.", "train", synthetic=True)
        store.add_encounters([bare])
    page.goto(server.url(f"encounter={visit.id}&outputs={output.id}"))
    page.wait_for_selector(".desk[data-notes='1']")
    assert page.locator(".pane").count() == 2 and page.locator(".prefer").count() == 1
    page.click(".correct")
    assert page.input_value(".editor") == OTHER
    page.goto(server.url(f"encounter={bare.id}"))
    page.wait_for_selector(".desk[data-state=empty]")
    assert page.get_attribute(".links a >> nth=0", "href") == f"/notes?encounter={bare.id}"
    page.goto(server.url("encounter=enc-nowhere"))
    page.wait_for_selector(".desk[data-state=empty]:has-text('There is no encounter')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(chromium, server, visit, scheme):
    """WCAG AA, 4.5 to 1, for every text on the desk that is not disabled, against the nearest opaque ground."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, color_scheme=scheme)
    page = context.new_page()
    watch(page)
    open_review(page, server, visit)
    hostile, _ = sides(page)
    select(page, hostile, "since May")
    page.keyboard.press("1")
    wait_saved(page)
    faint = page.evaluate(FAINT)
    nameless = page.evaluate(NAMELESS)
    context.close()
    assert faint == [] and nameless == 0
