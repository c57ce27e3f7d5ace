"""A real headless Chromium for tests, with WebGPU on SwiftShader and a watch on every request."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exports.checking import open_chromium

# Noted by the page itself at every change: looking from outside may miss what a fast machine writes between two looks.
_GROWTH = """([selector, at]) => {
  const lengths = window.lengths = new Set();
  const note = () => lengths.add(document.querySelectorAll(selector)[at]?.textContent.length ?? 0);
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def watch_growth(page: Any, selector: str, at: int = 0) -> None:
    """From now on the page notes every length that the text of the element has."""
    page.evaluate(_GROWTH, [selector, at])


def growth(page: Any) -> list[int]:
    """The different lengths so far, shortest first."""
    return sorted(page.evaluate("[...window.lengths]"))


def go(page: Any, address: str) -> None:
    """Open another page once the answers that this one waits for are there: Gradio complains of those that leaving breaks off."""
    deadline = time.monotonic() + 60
    while page.awaited and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    page.goto(address)


@contextmanager
def chromium_page(address: str, **settings: Any) -> Iterator[Any]:
    """A Playwright page that may reach ``address`` and nothing else: ``page.foreign`` lists the requests that were refused,
    ``page.complaints`` what the console and uncaught errors said, ``page.awaited`` holds Gradio's unanswered
    requests. ``settings`` go to ``new_context``."""
    with open_chromium() as browser:
        context = browser.new_context(**settings)
        page = context.new_page()
        page.foreign, page.complaints, page.awaited = [], [], set()

        def gate(route: Any) -> None:
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                page.foreign.append(route.request.url)
                route.abort()

        context.route("**/*", gate)
        # Gradio's events: asked for by a join, answered by a stream that ends with the last answer.
        page.on("request", lambda request: "/queue/" in request.url and page.awaited.add(request))
        for ended in ("requestfinished", "requestfailed"):
            page.on(ended, lambda request: page.awaited.discard(request))
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page
