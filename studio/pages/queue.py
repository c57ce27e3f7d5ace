"""The first page: what waits to be reviewed."""

import gradio as gr

from pipeline.workspace import Workspace

from ..components.header import header
from ..components.listing import Listing
from ..components.plain import Said
from ..desks.queue import QueueDesk

TONES = {"in progress": "warn", "to review": "good", "needs notes": "plain", "reviewed": "plain"}
ACTIONS = {"in progress": "Continue", "to review": "Review", "needs notes": "Write notes", "reviewed": "Open"}
EMPTY = (
    "No encounter yet. Bring in the invented ones with the button above, or your own with: "
    "scribeloop transcripts import FILE --split train"
)


def page(workspace: Workspace) -> None:
    desk = QueueDesk(workspace)
    header("Queue")
    with gr.Column(elem_classes="page"):
        gr.Markdown("# Queue")
        told = Said()
        with gr.Row(elem_classes="filters"):
            search = gr.Textbox(label="Search", placeholder="Title, specialty or id", scale=3)
            split = gr.Dropdown(
                [("All", "all"), ("For training", "train"), ("For measuring", "dev"), ("Held out", "test")],
                value="all",
                label="Purpose",
            )
            specialty = gr.Dropdown([("All", "all")], value="all", label="Specialty")
            load_demo = gr.Button("Bring in the demo encounters", visible=False)
        listing = Listing()

    filters = [split, specialty, search]

    def show(*chosen):
        return _listing(desk.rows(*chosen))

    def arrive():
        counts = desk.progress()
        told = f"{counts['reviewed']} of {counts['encounters']} encounters reviewed by you."
        options = [("All", "all"), *[(name.capitalize(), name) for name in desk.specialties()]]
        return told, gr.Dropdown(choices=options), gr.Button(visible=counts["encounters"] == 0), _listing(desk.rows())

    def bring_in():
        from ..desks.demo import add_demo_encounters

        add_demo_encounters(workspace)
        return arrive()

    arrived = [told, specialty, load_demo, listing]
    gr.on([part.change for part in filters], show, filters, listing, show_progress="hidden")
    load_demo.click(bring_in, outputs=arrived)
    # The page's own load event: the queue is read when it is looked at, not when the studio starts.
    gr.context.Context.root_block.load(arrive, outputs=arrived, show_progress="hidden")


def _listing(rows: list[dict]) -> dict:
    return {
        "columns": ["Encounter", "Specialty", "Purpose", "Status", ""],
        "rows": [_cells(row) for row in rows],
        "empty": EMPTY,
    }


def _cells(row: dict) -> list:
    encounter = row["encounter"]
    path = "/notes" if row["status"] == "needs notes" else "/review"
    hard = ", ".join(tag.replace("-", " ") for tag in encounter.meta.get("hard", []))
    return [
        {"text": encounter.title or encounter.external_id, "sub": f"{row['words']:,} words" + (f" · {hard}" if hard else "")},
        (encounter.specialty or "not said").capitalize(),
        row["purpose"],
        {"text": row["status"], "badge": TONES[row["status"]]},
        {"text": ACTIONS[row["status"]], "href": f"{path}?encounter={encounter.id}", "button": True},
    ]
