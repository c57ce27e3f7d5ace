"""The results page's one component: choices, numbers, plots with their tables, and the encounters behind each number.

As on the review desk, the skeleton is fixed: the script fetches everything with ``server.act`` and puts it in as text. Its parts
are files beside this one, joined in the order below into one scope; how nodes are made it shares with the desk.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr

from exports.scripts import plain_script

from ...results_words import BEHIND, PAGE, PLOTS, SAVING

HERE = Path(__file__).parent
PARTS = ("address", "svg", "plots", "tables", "saving", "behind", "main")
WORDS = {"page": PAGE, "plots": PLOTS, "behind": BEHIND, "saving": SAVING}


class Figures(gr.HTML):
    """``act`` takes one request of the page (a dict with ``do``) and returns the answer, both plain JSON values."""

    def __init__(self, act: Callable[[dict[str, Any]], dict[str, Any]], **settings: Any) -> None:
        super().__init__(
            html_template=f'<div class="figures"><p class="empty-state" role="status">{PAGE.loading}</p></div>',
            js_on_load=script(),
            apply_default_css=False,
            server_functions=[act],
            elem_id="figures",
            **settings,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def script() -> str:
    """The parts in order, after the words that they show."""
    words = json.dumps({name: asdict(group) for name, group in WORDS.items()})
    parts = [plain_script("dom"), *((HERE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)]
    return "\n".join(["'use strict';", f"const words = {words};", *parts])
