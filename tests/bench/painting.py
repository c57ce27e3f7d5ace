"""From the address to the painted page, in headless Chromium, by the page's own clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exports.checking import find_chromium
from tests.bench.content import Visit
from tests.bench.record import Record

LIMIT_MS = 120_000
# No name but the machine's own resolves, so that a page which asks for fonts or counters elsewhere is told so at once.
FLAGS = (
    "--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
# Asks at every frame whether all the words are there, and notes when the frame after that is drawn.
WATCH = """
(words) => {
  const drawn = () => { window.painted = performance.now(); };
  const look = () => {
    const text = document.body ? document.body.textContent : "";
    requestAnimationFrame(words.every((word) => text.includes(word)) ? () => setTimeout(drawn) : look);
  };
  look();
}
"""


class Painter:
    """One tab of a reviewer's browser, with the cache that it fills from page to page."""

    def __init__(self, page: Any, record: Record) -> None:
        self.page, self.record = page, record

    def paint(self, act: str, address: str, words: list[str]) -> None:
        """Note the time from the start of the navigation to the frame in which all the words are drawn."""
        self.page.goto(address, wait_until="commit", timeout=LIMIT_MS)
        self.page.evaluate(WATCH, words)
        self.page.wait_for_function("window.painted", timeout=LIMIT_MS)
        self.record.seconds[act].append(self.page.evaluate("window.painted") / 1000)


@contextmanager
def painter(record: Record) -> Iterator[Painter]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        try:
            yield Painter(browser.new_page(viewport={"width": 1280, "height": 800}), record)
        finally:
            browser.close()


def last_words(one: Visit) -> list[str]:
    """The end of each text of a visit: when they are there, all of it is."""
    return [text.splitlines()[-1][-40:] for text in (one.transcript, *one.notes)]
