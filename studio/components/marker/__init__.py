"""The review desk's one component: texts, marks, ratings, corrections, drawn and kept by its own script.

The skeleton is fixed and no data goes through a template: the script fetches everything with ``server.act`` and puts it in by
``textContent``. The script's parts are files beside this one, and some that it shares with the browser site, joined in the order
below into one scope.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from exports.scripts import plain_script

from ...words import DESK, desk_words

# What the desk shares with the browser site.
SHARED = ("text", "sentences", "diff", "dom")
PARTS = (
    *SHARED, "keys", "saver", "marks", "history", "pane", "places", "cursor", "mark_steps", "find",
    "differences", "leftoff", "form", "span_form", "omission_form", "lists", "ratings", "rating_keys", "blinding", "editor",
    "versions", "copying", "checklist", "finish", "giving_up", "practice", "suggestions", "neighbours", "bindings", "guideline",
    "main",
)  # fmt: skip
HERE = Path(__file__).parent


class Marker(gr.HTML):
    """``act`` takes one request of the page (a dict with ``do``) and returns the answer, both plain JSON values."""

    def __init__(self, act: Callable[[dict[str, Any]], dict[str, Any]], **settings: Any) -> None:
        super().__init__(
            html_template=f'<div class="desk" data-state="loading"><p class="empty-state" role="status">{DESK.loading}</p></div>',
            js_on_load=script(),
            apply_default_css=False,
            server_functions=[act],
            elem_id="marker",
            **settings,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def script() -> str:
    """The parts in order, after the words that they show."""
    return "\n".join(["'use strict';", f"const words = {json.dumps(desk_words())};", *map(part, PARTS)])


def part(name: str) -> str:
    return plain_script(name) if name in SHARED else (HERE / f"{name}.js").read_text(encoding="utf-8")
