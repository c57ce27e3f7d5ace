"""From the address to the painted page, in headless Chromium, by the page's own clock."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.content import Visit
from tests.bench.record import Record

LIMIT_MS = 120_000
# No name but the machine's own resolves, so that a page which asks for fonts or counters elsewhere is told so at once.
FLAGS = (
    "--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
# Runs before the page's own scripts: asks at every frame whether all the words are there, and notes when the next one is drawn.
WATCH = """
((words) => {
  const drawn = () => { window.painted = performance.now(); };
  const look = () => {
    const text = document.body ? document.body.textContent : "";
    requestAnimationFrame(words.every((word) => text.includes(word)) ? () => setTimeout(drawn) : look);
  };
  look();
})(%s);
"""


class Painter:
    """One reviewer's browser. Its cache is kept from page to page, as a reviewer's is, and the first page is not counted."""

    def __init__(self, context: Any, record: Record) -> None:
        self.context, self.record = context, record

    def paint(self, act: str, address: str, words: list[str]) -> None:
        page = self.context.new_page()
        page.add_init_script(WATCH % json.dumps(words))
        page.goto(address, wait_until="commit", timeout=LIMIT_MS)
        page.wait_for_function("window.painted", timeout=LIMIT_MS)
        self.record.seconds[act].append(page.evaluate("window.painted") / 1000)
        page.close()


@contextmanager
def painter(record: Record) -> Iterator[Painter]:
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield Painter(browser.new_context(viewport={"width": 1280, "height": 800}), record)
        finally:
            browser.close()


def last_words(one: Visit) -> list[str]:
    """The end of each text of a visit: when they are there, all of it is."""
    return [text.splitlines()[-1][-40:] for text in (one.transcript, *one.notes)]
