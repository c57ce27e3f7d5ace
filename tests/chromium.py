"""A real headless Chromium for tests, with WebGPU on SwiftShader and a watch on every request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exports.checking import open_chromium


@contextmanager
def chromium_page(address: str, **settings: Any) -> Iterator[Any]:
    """A Playwright page that may reach ``address`` and nothing else: ``page.foreign`` lists the requests that were refused,
    ``page.complaints`` what the console and uncaught errors said. ``settings`` go to ``new_context``."""
    with open_chromium() as browser:
        context = browser.new_context(**settings)
        page = context.new_page()
        page.foreign, page.complaints = [], []

        def gate(route: Any) -> None:
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                page.foreign.append(route.request.url)
                route.abort()

        context.route("**/*", gate)
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page
