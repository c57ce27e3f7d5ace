"""How the desk moves under a large review: the frames while a pane is scrolled, and the time from a key to what it paints.

Only the studio is measured: what a person's hand feels here has no counterpart in the peer's API.
"""

from typing import Any

from tests.bench.painting import painter
from tests.bench.record import Record

PANES, SCROLLS, KEYS = ("transcript", "left", "right"), 120, 60
# Scrolls the pane by the height of its window in eight frames, on to the end and back, and notes what each frame took.
SCROLL = """async ([pane, times]) => {
  const box = document.querySelector(`.text-${pane}`).parentElement, took = [];
  const frame = () => new Promise(requestAnimationFrame);
  let [step, last] = [box.clientHeight / 8, await frame()];
  for (let turn = 0; turn < times; turn += 1) {
    if (box.scrollTop + step < 0 || box.scrollTop + step > box.scrollHeight - box.clientHeight) step = -step;
    box.scrollTop += step;
    const now = await frame();
    took.push(now - last);
    last = now;
  }
  return took;
}"""
# From an arrow key, by the browser's own stamp, until the frame in which the words are lit is drawn.
NOTE_KEYS = """() => {
  window.keyed = [];
  addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    const places = () => [...document.querySelectorAll(".paint i")].map((box) => box.style.cssText).join();
    const before = places();
    const look = () => setTimeout(() => {
      if (places() !== before) window.keyed.push(performance.now() - event.timeStamp);
      else if (performance.now() - event.timeStamp < 5000) requestAnimationFrame(look);
    });
    requestAnimationFrame(look);
  }, true);
}"""


def measure(address: str) -> dict[str, Any]:
    """``frame`` and ``key``: summaries in milliseconds, with the longest; ``address`` is the review's page."""
    record = Record()
    with painter(record) as browser:
        page = browser.page
        page.goto(address)
        page.wait_for_selector(".desk[data-state=draft] .entry >> nth=199")
        for pane in PANES:
            record.seconds["frame"] += [ms / 1000 for ms in page.evaluate(SCROLL, [pane, SCROLLS])]
        page.evaluate(NOTE_KEYS)
        for pane_key in ("t", "a"):
            page.keyboard.press(pane_key)
            for turn in range(KEYS // 2):
                seen = page.evaluate("window.keyed.length")
                page.keyboard.press("ArrowDown" if turn % 2 else "Shift+ArrowDown")
                page.wait_for_function("(seen) => window.keyed.length > seen", arg=seen)
        record.seconds["key"] = [ms / 1000 for ms in page.evaluate("window.keyed")]
    return {act: record.summary(act) | {"longest_ms": round(1000 * max(record.seconds[act]), 1)} for act in ("frame", "key")}
