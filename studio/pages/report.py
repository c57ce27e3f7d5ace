"""The report page: what ``scribeloop model evaluate`` found of a model, the same as in its file."""

import gradio as gr

from annotations import ScribeloopError
from pipeline.report import as_html
from pipeline.reporting import read_report
from pipeline.workspace import Workspace

from ..components.header import header
from ..components.plain import Said
from ..components.report import Report

NONE_CHOSEN = "No model is chosen. Open a report from the Models page."


def page(workspace: Workspace) -> None:
    """Draw the page; the model is in the address, ``/report?model=ID``."""
    header("Models")
    with gr.Column(elem_classes="page"):
        said = Said()
        frame = Report()

    def arrive(request: gr.Request):
        model_id = request.query_params.get("model", "")
        if not model_id:
            return NONE_CHOSEN, ""
        try:
            # Links in it begin at the studio's own root.
            return "", as_html(read_report(workspace, model_id), studio="")
        except ScribeloopError as error:
            return str(error), ""

    gr.context.Context.root_block.load(arrive, outputs=[said, frame], show_progress="hidden")
