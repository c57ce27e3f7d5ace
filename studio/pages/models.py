"""The models page: what there is, and its road into the browser."""

from urllib.parse import quote

import gradio as gr

from annotations import ScribeloopError
from pipeline.workspace import Workspace

from ..components.at_once import AT_ONCE
from ..components.header import header
from ..components.listing import Listing
from ..components.plain import Command, PlainText, Said
from ..desks.models import ModelsDesk

EMPTY = "No model yet. The demo model comes with: scribeloop serve --demo. Your own comes from the Retrain page."
KINDS = {"base": "base model", "adapter": "adapter", "merged": "merged model"}


def page(workspace: Workspace) -> None:
    desk = ModelsDesk(workspace)
    header("Models")
    with gr.Column(elem_classes="page"):
        gr.Markdown("# Models\nEvery model that writes notes here, and its page for the browser.")
        listing = Listing()
        gr.Markdown("## Into the browser")
        with gr.Row(elem_classes="filters"):
            model = gr.Dropdown([], label="Model", scale=2)
        command = Command()
        with gr.Row(elem_classes="buttons"):
            build = gr.Button("Build the browser site", variant="primary")
            serve = gr.Button("Open the site", variant="secondary")
            publish = gr.Button("Publish the champion’s site", variant="secondary", visible=False)
        said = Said()
        link = Listing(visible=False)
        log = PlainText(visible=False)
    timer = gr.Timer(3)

    def arrive():
        rows = desk.rows()
        ids = [row["model"].id for row in rows if row["model"].kind != "merged"]
        tuned = [row["model"].id for row in rows if row["model"].kind == "adapter"]
        chosen = tuned[-1] if tuned else (ids[0] if ids else None)
        place = desk.place()
        label = f"Publish {place[0]}, the champion" if place else ""
        return _listing(rows), gr.Dropdown(choices=ids, value=chosen), gr.Button(label, visible=place is not None)

    def watch(model_id: str | None):
        text = desk.log(model_id) if model_id else ""
        return _listing(desk.rows()), PlainText(text, visible=bool(text))

    def begin(model_id: str | None) -> str:
        if not model_id:
            return "Choose a model first."
        try:
            return desk.build(model_id)
        except ScribeloopError as error:
            return str(error)

    def send() -> str:
        try:
            return desk.publish()
        except ScribeloopError as error:
            return str(error)

    def open_site(model_id: str | None):
        if not model_id:
            return "Choose a model first.", gr.skip()
        try:
            address = desk.address(model_id)
        except ScribeloopError as error:
            return str(error), Listing(visible=False)
        rows = [[f"{model_id} is served on this machine.", {"text": "Open it in a new tab", "href": address, "button": True}]]
        return "", Listing({"columns": ["Site", ""], "rows": rows}, visible=True)

    root = gr.context.Context.root_block
    root.load(arrive, outputs=[listing, model, publish], **AT_ONCE)
    timer.tick(watch, model, [listing, log], **AT_ONCE)
    model.change(lambda chosen: desk.command(chosen) if chosen else "", model, command, **AT_ONCE)
    build.click(begin, model, said).then(watch, model, [listing, log], **AT_ONCE)
    publish.click(send, outputs=said).then(watch, model, [listing, log], **AT_ONCE)
    serve.click(open_site, model, [said, link])


def _listing(rows: list[dict]) -> dict:
    heads = ["Model", "Kind", "Notes", "Report", "Browser site"]
    return {"columns": heads, "rows": [_cells(row) for row in rows], "empty": EMPTY}


def _cells(row: dict) -> list:
    model, site = row["model"], row["site"]
    under = f"on {model.base_id}" if model.kind == "adapter" else f"weights {model.weights_sha256[:12]}"
    if row["build"] == "building":
        state = {"text": "being built", "badge": "warn"}
    elif site:
        variants = ", ".join(one["name"] for one in site["variants"])
        state = {"text": "ready", "badge": "good", "sub": f"{site['bytes'] / 1e6:,.0f} MB, for {variants}"}
    elif row["build"] == "ended":
        state = {"text": "not built", "badge": "bad", "sub": "The log below says why."}
    else:
        state = {"text": "none", "badge": "plain"}
    report = {"text": "Report", "href": f"/report?model={quote(model.id)}"} if row["report"] else ""
    return [{"text": model.name, "sub": under}, KINDS[model.kind], f"{row['notes']:,}", report, state]
