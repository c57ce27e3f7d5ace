"""The review page in a real Chromium against a server process of its own: what only a browser shows."""

import shutil

import pytest

from annotations import Encounter, Model, Output, Reviews
from pipeline.workspace import Workspace
from tests.studio.desk_app import Server

FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
TRANSCRIPT = (
    "Doctor: Good morning 🙂 how is the thyroid?\nPatient: Tired, since May. No chest pain at all.\n"
    'Doctor: BP <120, ${window.ran=1} and {{7*7}}.\nPatient: <img src=x onerror="window.ran=2"> fine.'
)
HOSTILE = (
    "SUBJECTIVE\r\nFatigue 👩🏽‍⚕️\r\nsince May. BP <120 & HR >60.\n<script>window.ran=3</script> ${window.ran=4} ${7*7} {{7*7}} "
    "`tick` \\u0041\ne\u0301te\u0301 naïve שלום עולם end.\nPLAN\n1. Repeat TSH &lt;soon&gt; <b>bold</b>\n"
)
OTHER = "SUBJECTIVE\nFatigue since March.\nPLAN\n1. Start levothyroxine 100 µg."
# Nothing of these may reach the browser before the review is submitted.
BASE, TUNED = "Wombat-1B-Plain", "Quokka-1B-Tuned"
SECRETS = ("Wombat", "Quokka", "wombat", "quokka", "hush-engine", "987.25", "43210")
LOCAL = ("http://127.0.0.1", "data:", "blob:")

SELECT = """([pane, quote, collapse]) => {
  const root = document.querySelector('.text-' + pane), at = root.textContent.indexOf(quote);
  if (at < 0) throw new Error('no such words: ' + quote);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), range = document.createRange();
  let seen = 0, begun = false, node;
  while ((node = walker.nextNode())) {
    if (!begun && seen + node.length > at) { range.setStart(node, at - seen); begun = true; }
    if (begun && seen + node.length >= at + quote.length) { range.setEnd(node, at + quote.length - seen); break; }
    seen += node.length;
  }
  range.startContainer.parentElement.scrollIntoView({block: 'center'});
  if (collapse) { const all = [...range.getClientRects()].filter((box) => box.width > 0), a = all[0], z = all.at(-1);
    return [a.left + 1, a.top + a.height / 2, z.right - 1, z.top + z.height / 2]; }
  const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range);
  document.body.dispatchEvent(new PointerEvent('pointerup', {bubbles: true, altKey: true}));
}"""

LANES_OF_THE_NARROWEST = """() => {
  let node = [...document.querySelectorAll('.mk')].find((mark) => mark.textContent === '<120' && !mark.querySelector('.mk'));
  const lanes = [];
  for (; node?.classList.contains('mk'); node = node.parentElement) lanes.push(node.style.getPropertyValue('--lane').trim());
  return lanes.sort();
}"""
LEAVE = """() => {
  const leaving = new Event('beforeunload', {cancelable: true});
  window.dispatchEvent(leaving);
  return leaving.defaultPrevented;
}"""
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


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("review") / "home").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page that records complaints and requests that leave this machine; a test that has either fails."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    watch(page)
    yield page
    context.close()
    assert page.errors == [] and page.foreign == []


def watch(page):
    page.errors, page.foreign = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("request", lambda request: request.url.startswith(LOCAL) or page.foreign.append(request.url))
    page.set_default_timeout(20000)


@pytest.fixture
def visit(server, request):
    """An encounter of this test's own, with a hostile note of a base model and a plain one of a tuned model."""
    with Workspace(server.home).store() as store:
        looks = {"specialty": "<b>endocrinology</b>", "title": "${7*7} <i>Tired</i>", "synthetic": True}
        visit = Encounter("invented", request.node.name, TRANSCRIPT, "train", **looks)
        store.add_encounters([visit])
        store.ensure_model(Model("wombat", BASE, "base", "wombat", "b" * 64))
        store.ensure_model(Model("quokka", TUNED, "adapter", "quokka", "a" * 64, base_id="wombat", base_sha256="b" * 64))
        for model, text, short in (("wombat", HOSTILE, 0), ("quokka", OTHER, 120)):
            store.add_output(Output(visit.id, model, text, "hush-engine", "p" * 64, {}, 987.25, 5, 43210, "stop", short))
    return visit


def open_review(page, server, visit):
    page.goto(server.url(f"encounter={visit.id}"))
    page.wait_for_selector(".desk[data-state=draft], .desk[data-state=closed]")


def stored(server, visit):
    with Workspace(server.home).store() as store:
        reviews = Reviews(store)
        found = reviews.find(visit.id, "local")
        assert store.verify() == []
        return reviews.state(found.id)


def sides(page):
    """Which side the hostile note and the plain one stand on."""
    return ("left", "right") if "Fatigue since March" in page.text_content(".text-right") else ("right", "left")


def drag(page, pane, quote):
    """Select words as a hand does: press at the first, let go after the last."""
    from_x, from_y, to_x, to_y = page.evaluate(SELECT, [pane, quote, True])
    page.mouse.move(from_x, from_y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()
    page.wait_for_selector(".form:not([hidden])")


def select(page, pane, quote):
    """Select exactly these characters, with Alt held, so that nothing snaps to words."""
    page.evaluate(SELECT, [pane, quote, False])
    page.wait_for_selector(".form:not([hidden])")


def wait_saved(page):
    page.wait_for_function("document.querySelector('.saving')?.dataset.tone === 'good'")


def mark(page, pane, quote, *keys):
    select(page, pane, quote)
    for key in keys:
        page.keyboard.press(key)
    page.keyboard.press("Escape")


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
    assert page.text_content(f".pane-{plain} .warning").startswith("This note was written from a shortened transcript: 120 words")

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


def test_work_is_kept_while_the_server_is_gone_and_saved_when_it_is_back(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    server.stop()
    mark(page, plain, "March", "1")
    page.wait_for_selector(".saving[data-tone=bad]:has-text('Not saved')")
    mark(page, plain, "levothyroxine", "1")
    assert page.evaluate(LEAVE) is True
    server.start()
    wait_saved(page)
    page.wait_for_function("document.querySelector('.saving').textContent.startsWith('Saved ')")
    assert page.evaluate(LEAVE) is False
    assert [span.quote for span in stored(server, visit).spans] == ["March", "levothyroxine"]


def test_an_answer_that_is_lost_on_its_way_does_not_save_twice(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    lost = []

    def lose_one(route):
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    page.route("**/component_server/", lose_one)
    mark(page, plain, "March", "1")
    page.wait_for_selector(".saving[data-tone=bad]")
    wait_saved(page)
    assert lost == [200] and [span.quote for span in stored(server, visit).spans] == ["March"]


def test_two_tabs_do_not_overwrite_each_other_silently(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    other = page.context.new_page()
    watch(other)
    open_review(other, server, visit)
    mark(other, plain, "March", "1")
    wait_saved(other)
    mark(page, plain, "levothyroxine", "2")
    page.wait_for_selector(".saving:has-text('another tab')")
    assert len(stored(server, visit).spans) == 1
    page.click(".saving button:has-text('Reload and add my change')")
    wait_saved(page)
    assert [span.quote for span in stored(server, visit).spans] == ["March", "levothyroxine"]
    assert page.locator(".entry").count() == 2


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
