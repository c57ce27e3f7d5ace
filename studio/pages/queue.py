"""The first page: what waits to be reviewed."""

from html import escape

import gradio as gr

from pipeline.workspace import Workspace

from ..components.at_once import AT_ONCE
from ..components.header import header
from ..components.listing import Listing
from ..components.plain import Said
from ..desks.practice import has_practised
from ..desks.queue import PAGE_SIZE, QueueDesk
from ..words import PRACTICE, duration

TONES = {"in progress": "warn", "to review": "good", "needs notes": "plain", "reviewed": "plain"}
ACTIONS = {"in progress": "Continue", "to review": "Review", "needs notes": "Write notes", "reviewed": "Open"}
# What the sentence above the list counts, in words that suit one as well as many.
WAITING = {"in progress": "in progress", "to review": "to review", "needs notes": "waiting for notes"}
EMPTY = (
    "No encounter yet. Bring in the invented ones with the button above, or your own with: "
    "scribeloop transcripts import FILE --split train"
)
# The way to the practice visit, for whoever has not been through it; our own words, no data.
OFFER = (
    f'<p class="offer"><span>{escape(PRACTICE.offer)}</span>'
    f'<a class="link-button primary" href="/practice">{escape(PRACTICE.start)}</a></p>'
)
NONE_LIKE_THAT = "No encounter is like that. Search for fewer words, or choose All."


def page(workspace: Workspace) -> None:
    desk = QueueDesk(workspace)
    header("Queue")
    with gr.Column(elem_classes="page"):
        gr.Markdown("# Queue")
        told = Said()
        offer = gr.HTML(OFFER, visible=False, apply_default_css=False)
        with gr.Row(elem_classes="filters"):
            search = gr.Textbox(label="Search", placeholder="Title, specialty or id", scale=3)
            status = gr.Dropdown(
                [("All", "all"), *[(name.capitalize(), name) for name in TONES]], value="all", label="Status"
            )
            split = gr.Dropdown(
                [("All", "all"), ("For training", "train"), ("For measuring", "dev"), ("Held out", "test")],
                value="all",
                label="Purpose",
            )
            specialty = gr.Dropdown([("All", "all")], value="all", label="Specialty")
            load_demo = gr.Button("Bring in the demo encounters", visible=False)
        listing = Listing()
        with gr.Row(elem_classes="buttons pager"):
            back, on = gr.Button("Previous page", visible=False), gr.Button("Next page", visible=False)
            where = Said()
    start = gr.State(0)

    filters = [status, split, specialty, search]
    shown = [listing, where, back, on, start]

    def show(*chosen, start: int = 0):
        return lay_out(*desk.page(*chosen, offset=start), start)

    def lay_out(rows: list[dict], total: int, start: int = 0):
        many = total > PAGE_SIZE
        told = f"{start + 1:,} to {start + len(rows):,} of {total:,}" if many else ""
        back = gr.Button(visible=many, interactive=start > 0)
        on = gr.Button(visible=many, interactive=start + PAGE_SIZE < total)
        return _listing(rows), told, back, on, start

    def turn(pages: int):
        return lambda start, *chosen: show(*chosen, start=max(0, start + pages * PAGE_SIZE))

    def arrive():
        rows, total, counts = desk.first()
        empty = counts["encounters"] == 0
        options = [("All", "all"), *[(name.capitalize(), name) for name in desk.specialties()]]
        listing, *rest = lay_out(rows, total)
        listing["empty"] = EMPTY if empty else NONE_LIKE_THAT
        offered = gr.HTML(visible=not has_practised(workspace))
        return _told(counts), offered, gr.Dropdown(choices=options), gr.Button(visible=empty), listing, *rest

    def bring_in():
        from ..desks.demo import add_demo_encounters

        add_demo_encounters(workspace)
        return arrive()

    arrived = [told, offer, specialty, load_demo, *shown]
    gr.on([part.change for part in filters], show, filters, shown, **AT_ONCE)
    for button, pages in ((back, -1), (on, 1)):
        turned = button.click(turn(pages), [start, *filters], shown, **AT_ONCE)
        turned.then(None, js="() => { scrollTo(0, 0); }")
    load_demo.click(bring_in, outputs=arrived)
    # The page's own load event: the queue is read when it is looked at, not when the studio starts.
    gr.context.Context.root_block.load(arrive, outputs=arrived, **AT_ONCE)


def _told(counts: dict[str, int]) -> str:
    """Where this reviewer stands; only what is not nought is named."""
    waiting = [f"{counts[name]:,} {words}" for name, words in WAITING.items() if counts[name]]
    reviewed = f"{counts['submitted']:,} of {counts['encounters']:,} encounters reviewed by you"
    median = counts["median"]
    pace = "" if median is None else f" Your median time is {duration(median)} a review."
    return f"{' · '.join([reviewed, *waiting])}.{pace}"


def _listing(rows: list[dict]) -> dict:
    return {
        "columns": ["Encounter", "Specialty", "Purpose", "Status", ""],
        "rows": [_cells(row) for row in rows],
        "empty": NONE_LIKE_THAT,
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
