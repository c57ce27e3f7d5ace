"""A read-only table whose rows lead somewhere: links, badges and plain text, all of it put in as text."""

from pathlib import Path
from typing import Any

import gradio as gr

_SCRIPT = Path(__file__).with_name("listing.js")


class Listing(gr.HTML):
    """``value`` is ``{"columns": [...], "rows": [[cell, ...], ...], "empty": str}``; a cell is text, a number, or a dict
    with ``text`` and optionally ``href`` (a path of this app), ``badge`` (plain, good, warn, bad) and ``sub`` (a second line)."""

    def __init__(self, value: dict[str, Any] | None = None, **settings: Any) -> None:
        super().__init__(
            value=value,
            html_template='<div class="listing"></div>',
            js_on_load=_SCRIPT.read_text(encoding="utf-8"),
            apply_default_css=False,
            **settings,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
