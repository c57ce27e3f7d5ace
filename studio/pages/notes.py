"""Writing notes: one transcript, two models, both notes appearing token by token, side by side and blind."""

import gradio as gr

from annotations import ScribeloopError
from pipeline.workspace import Workspace

from ..components.at_once import AT_ONCE
from ..components.header import header
from ..components.listing import Listing
from ..components.plain import PlainText, Said, Title
from ..desks.notes import Job, NotesDesk

WAITING = "The note will appear here."


def page(workspace: Workspace) -> None:
    desk = NotesDesk(workspace)
    header("Notes")
    with gr.Column(elem_classes="page page-wide"):
        title = Title("Write notes")
        about = Said()
        with gr.Accordion("Add a transcript of your own", open=False, visible=False) as own:
            pasted = gr.Textbox(label="Transcript", lines=10, placeholder="Doctor: …\nPatient: …")
            with gr.Row(elem_classes="filters"):
                own_title = gr.Textbox(label="Title", placeholder="For the queue")
                purpose = gr.Dropdown(
                    [("For training", "train"), ("For measuring", "dev"), ("Held out", "test")], value="train", label="Purpose"
                )
                add = gr.Button("Add to the queue", variant="secondary")
            added = Listing(visible=False)
        with gr.Row(elem_classes="filters"):
            first = gr.Dropdown([], label="One model", scale=2)
            second = gr.Dropdown([], label="The other model", scale=2)
            limit = gr.Number(512, label="Tokens at most", precision=0, minimum=16, maximum=4096, scale=1)
            long = gr.Dropdown(
                [("is refused", "refuse"), ("is shortened, visibly", "shorten")],
                value="refuse",
                label="A transcript too long",
                scale=1,
            )
        with gr.Row(elem_classes="buttons"):
            write = gr.Button("Write both notes", variant="primary")
            stop = gr.Button("Stop", variant="stop", visible=False)
        said = Said()
        ready = Listing(visible=False)
        with gr.Row():
            with gr.Column(scale=4):
                gr.Markdown("## Transcript")
                transcript = PlainText()
            with gr.Column(scale=4):
                left_head = gr.Markdown("## Note A")
                left = PlainText(WAITING)
            with gr.Column(scale=4):
                right_head = gr.Markdown("## Note B")
                right = PlainText(WAITING)
    chosen = gr.State("")
    timer = gr.Timer(0.4)
    streamed = [said, left_head, left, right_head, right, write, stop, ready]

    def arrive(request: gr.Request):
        encounter_id = request.query_params.get("encounter", "")
        models, pair = desk.models(), desk.default_pair()
        drops = [gr.Dropdown(choices=models, value=pair[at] if len(pair) > at else None) for at in (0, 1)]
        if not encounter_id:
            told = "No encounter is chosen. Take one from the queue, or add a transcript of your own below."
            return "Write notes", told, "", "", gr.Accordion(visible=True, open=True), *drops, *watch("")
        try:
            encounter = desk.encounter(encounter_id)
        except ScribeloopError as error:
            return "Write notes", str(error), "", "", gr.Accordion(visible=True), *drops, *watch("")
        size = f"{len(encounter.transcript.split()):,} words, {encounter.specialty or 'specialty not said'}"
        told = f"{size}. Which model writes on which side is left to chance and stays hidden."
        name, hidden = encounter.title or encounter.external_id, gr.Accordion(visible=False)
        return name, told, encounter_id, encounter.transcript, hidden, *drops, *watch(encounter_id)

    def watch(encounter_id: str):
        return _draw(desk.job(encounter_id), encounter_id)

    def begin(encounter_id: str, one: str, other: str, most: float, how: str):
        if not encounter_id:
            return "Choose an encounter from the queue first."
        try:
            desk.start(encounter_id, [model for model in (one, other) if model], int(most), how)
        except ScribeloopError as error:
            return str(error)
        return ""

    def add_own(text: str, name: str, split: str):
        try:
            encounter_id = desk.add_transcript(name, text, split)
        except ScribeloopError as error:
            return Listing({"columns": [""], "rows": [[str(error)]]}, visible=True)
        link = {"text": "Write its notes", "href": f"/notes?encounter={encounter_id}", "button": True}
        return Listing({"columns": ["Added to the queue", ""], "rows": [[name or "Your transcript", link]]}, visible=True)

    root = gr.context.Context.root_block
    root.load(arrive, outputs=[title, about, chosen, transcript, own, first, second, *streamed], **AT_ONCE)
    timer.tick(watch, chosen, streamed, **AT_ONCE)
    write.click(begin, [chosen, first, second, limit, long], said, show_progress="hidden").then(
        watch, chosen, streamed, **AT_ONCE
    )
    stop.click(desk.cancel, chosen, show_progress="hidden")
    add.click(add_own, [pasted, own_title, purpose], added)


def _draw(job: Job | None, encounter_id: str) -> list:
    if job is None:
        return [*[gr.skip()] * 5, gr.Button(interactive=bool(encounter_id)), gr.Button(visible=False), Listing(visible=False)]
    link = {"text": "Review them blind", "href": f"/review?encounter={encounter_id}", "button": True}
    done = {"columns": ["Both notes are stored", ""], "rows": [["The models' names are shown after you submit.", link]]}
    left, right = job.shown(0), job.shown(1)
    return [
        job.said,
        _head("A", left[1]),
        left[0] or WAITING,
        _head("B", right[1]),
        right[0] or WAITING,
        gr.Button(interactive=not job.running),
        gr.Button(visible=job.running),
        Listing(done, visible=job.status == "done"),
    ]


def _head(side: str, tokens: int) -> str:
    return f"## Note {side}" + (f" · {tokens} tokens" if tokens else "")
