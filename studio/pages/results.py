"""The results page: what reviewers found, in numbers that open what they count."""

from typing import Any

import gradio as gr

from pipeline.workspace import Workspace

from ..components.figures import Figures
from ..components.header import header
from ..desks.results import ResultsDesk
from ..results_words import PAGE


def page(workspace: Workspace) -> None:
    """Draw the page; what is chosen and which number is open stand in the address."""
    desk = ResultsDesk(workspace)

    def act(request: dict[str, Any]) -> dict[str, Any]:
        return desk.answer(request)

    header("Results")
    with gr.Column(elem_classes="page page-wide"):
        gr.Markdown(f"# {PAGE.title}")
        Figures(act)
