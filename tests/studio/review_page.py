"""The review page in a real Chromium: texts that break careless offsets, and the hands of a reviewer."""

from annotations import Reviews
from pipeline.workspace import Workspace

TRANSCRIPT = (
    "Doctor: Good morning 🙂 how is the thyroid?\nPatient: Tired, since May. No chest pain at all.\n"
    'Doctor: BP <120, ${window.ran=1} and {{7*7}}.\nPatient: <img src=x onerror="window.ran=2"> fine.'
)
HOSTILE = (
    "SUBJECTIVE\r\nFatigue 👩🏽‍⚕️\r\nsince May. BP <120 & HR >60.\n<script>window.ran=3</script> ${window.ran=4} ${7*7} {{7*7}} "
    "`tick` \\u0041\ne\u0301te\u0301 naïve שלום עולם end.\nPLAN\n1. Repeat TSH &lt;soon&gt; <b>bold</b>\n"
)
OTHER = "SUBJECTIVE\nFatigue since March.\nPLAN\n1. Start levothyroxine 100 µg."
BASE, TUNED = "Wombat-1B-Plain", "Quokka-1B-Tuned"
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


def watch(page):
    page.errors, page.foreign = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("request", lambda request: request.url.startswith(LOCAL) or page.foreign.append(request.url))
    page.set_default_timeout(20000)


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
