"""Retraining: choose a dataset, see the command, start it, watch it; the run goes on without the page."""

import gradio as gr

from annotations import ScribeloopError
from pipeline.run_files import Run
from pipeline.train_config import TrainConfig
from pipeline.workspace import Workspace

from ..components.at_once import AT_ONCE
from ..components.header import header
from ..components.listing import Listing
from ..components.plain import Command, PlainText, Said
from ..desks.retrain import RetrainDesk

TONES = {"running": "warn", "queued": "warn", "done": "good", "failed": "bad", "interrupted": "bad", "cancelled": "plain"}
ADVICE = "No run yet. Build a dataset above, then start one; it goes on when this page is closed."


def page(workspace: Workspace) -> None:
    desk = RetrainDesk(workspace)
    defaults = TrainConfig()
    header("Retrain")
    with gr.Column(elem_classes="page"):
        gr.Markdown("# Retrain\nTurn corrected notes into a dataset, and the dataset into an adapter.")
        with gr.Accordion("Build a dataset", open=False):
            with gr.Row(elem_classes="filters"):
                source = gr.Dropdown(
                    [("Submitted corrections", "reviews"), ("Reference notes", "references")], value="reviews", label="From"
                )
                new_name = gr.Textbox(label="Name", placeholder="round1")
                build = gr.Button("Build", variant="secondary")
            built = Said()
        with gr.Row(elem_classes="filters"):
            dataset = gr.Dropdown([], label="Dataset", scale=2)
            base = gr.Dropdown([], label="Base model", scale=2)
            name = gr.Textbox(label="Name of the new model", placeholder="chosen for you", scale=2)
        with gr.Row(elem_classes="filters"):
            epochs = gr.Number(defaults.epochs, label="Epochs", minimum=0.1)
            rank = gr.Number(defaults.rank, label="LoRA rank", minimum=1, precision=0)
            rate = gr.Number(defaults.lr, label="Learning rate", minimum=0)
        command = Command()
        with gr.Row(elem_classes="buttons"):
            start = gr.Button("Start training", variant="primary")
            cancel = gr.Button("Cancel the run", variant="stop", visible=False)
            resume = gr.Button("Resume the run", variant="secondary", visible=False)
            again = gr.Button("Take its settings for a new run", variant="secondary", visible=False)
        said = Said()
        status = Said(elem_id="run-status")
        made_by = Command()
        curve = gr.LinePlot(
            x="step", y="loss", color="of", title="Loss per step", color_title=" ", height=240, visible=False
        )  # fmt: skip
        with gr.Accordion("Steps as a table", open=False, visible=False) as steps_box:
            steps = Listing()
        with gr.Accordion("A note after each epoch", open=False, visible=False) as samples_box:
            samples = PlainText()
        with gr.Accordion("Log", open=False, visible=False) as log_box:
            log = PlainText()
        gr.Markdown("## Runs")
        listing = Listing()
        with gr.Row(elem_classes="filters"):
            beside = gr.Dropdown([], label="Compare the run above with", info="Settings that differ, and what came of each.")
        compared = Listing(visible=False)
    chosen = gr.State("")
    timer = gr.Timer(2)

    settings = [dataset, base, name, epochs, rank, rate]
    seen = [status, made_by, curve, steps_box, steps, samples_box, samples, log_box, log, cancel, resume, again, listing]

    def arrive(request: gr.Request):
        found = desk.runs()
        wanted = request.query_params.get("run") or (found[0].id if found else "")
        options, bases = desk.datasets(), desk.bases()
        first = options[0][1] if options else None
        others = [(run.name, run.id) for run in found if run.id != wanted]
        return (
            gr.Dropdown(choices=options, value=first), gr.Dropdown(choices=bases, value=bases[0]),
            gr.Dropdown(choices=others, value=None, visible=bool(others)), wanted, *watch(wanted),
        )  # fmt: skip

    def watch(run_id: str):
        run = desk.get(run_id) if run_id else None
        rows = [_row(one) for one in desk.runs()]
        table = {"columns": ["Run", "Dataset", "Status", "Step", "Loss"], "rows": rows, "empty": ADVICE}
        if run is None:
            return "", "", *[gr.skip()] * 6, "", *[gr.Button(visible=False)] * 3, table
        points, told = desk.curve(run.id), desk.epochs(run.id)
        return (
            _status(run),
            run.command,
            gr.LinePlot(_frame(points, told), visible=len(points) > 1, y_lim=_limits(points, told)),
            gr.Accordion(visible=len(points) > 1),
            _steps(points),
            gr.Accordion(visible=bool(told)),
            _samples(told),
            gr.Accordion(visible=True),
            desk.log(run.id),
            gr.Button(visible=run.alive),
            gr.Button(visible=run.status in ("interrupted", "cancelled", "failed")),
            gr.Button(visible=True),
            table,
        )

    def compare(run_id: str, other: str | None):
        return gr.update(value=desk.compare(run_id, other), visible=True) if run_id and other else gr.update(visible=False)

    def begin(*values):
        if not values[0]:
            return gr.skip(), "Choose a dataset first; build one above from submitted corrections or reference notes."
        try:
            return desk.start(*values).id, ""
        except ScribeloopError as error:
            return gr.skip(), str(error)

    def change(verb: str):
        def run_verb(run_id: str) -> str:
            from pipeline import runs

            try:
                getattr(runs, verb)(workspace, run_id)
            except ScribeloopError as error:
                return str(error)
            return ""

        return run_verb

    def take(run_id: str):
        run = desk.get(run_id)
        return [run.dataset["name"], run.base["id"], "", *(run.config[key] for key in ("epochs", "rank", "lr"))]

    def make(name: str, source: str):
        told = desk.build(name, source)
        options = desk.datasets()
        made = name.strip() if name.strip() in [value for _, value in options] else gr.skip()
        return told, gr.Dropdown(choices=options, value=made)

    root = gr.context.Context.root_block
    root.load(arrive, outputs=[dataset, base, beside, chosen, *seen], **AT_ONCE)
    timer.tick(watch, chosen, seen, **AT_ONCE)
    gr.on([part.change for part in settings], desk.command, settings, command, **AT_ONCE)
    build.click(make, [new_name, source], [built, dataset])
    start.click(begin, settings, [chosen, said], show_progress="hidden").then(watch, chosen, seen, **AT_ONCE)
    beside.change(compare, [chosen, beside], compared, **AT_ONCE)
    again.click(take, chosen, settings, **AT_ONCE)
    cancel.click(change("cancel_run"), chosen, said).then(watch, chosen, seen, **AT_ONCE)
    resume.click(change("resume_run"), chosen, said).then(watch, chosen, seen, **AT_ONCE)


def _frame(points: list[dict], told: list[dict]):
    """What was learnt from, step by step, and what was only measured, once an epoch."""
    import pandas

    rows = [(one["step"], one["loss"], "learnt") for one in points] + [(one["step"], one["eval_loss"], "dev-a") for one in told]
    return pandas.DataFrame(rows, columns=["step", "loss", "of"])


def _limits(points: list[dict], told: list[dict]) -> list[float] | None:
    """A little room above and below, so that no line is cut at the edge."""
    losses = [one["loss"] for one in points] + [one["eval_loss"] for one in told]
    if not losses:
        return None
    room = 0.05 * (max(losses) - min(losses)) or 0.1
    return [min(losses) - room, max(losses) + room]


def _steps(points: list[dict]) -> dict:
    """The latest steps first, as many as one looks at."""
    heads = {"step": "Step", "loss": "Loss", "lr": "Rate", "grad_norm": "Gradient", "tokens": "Tokens", "seconds": "Seconds"}
    heads |= {"memory_mb": "Memory, MB"}
    rows = [[_cell(point.get(key)) for key in heads] for point in reversed(points[-50:])]
    return {"columns": list(heads.values()), "rows": rows, "empty": "No step yet."}


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}" if value < 1000 else f"{value:.0f}"


def _samples(told: list[dict]) -> str:
    """The latest epoch first: the loss on visits that are not learnt from, and how a note for one of them begins."""
    return "\n\n".join(
        f"After step {one['step']} (epoch {one['epoch']:g}), loss on dev-a: {one['eval_loss']:.3f}\n{one['sample'] or ''}"
        for one in reversed(told)
    )


def _status(run: Run) -> str:
    """One paragraph on where the run is; the sentences of an error are the run's own."""
    parts = [f"{run.name} is {run.status}"]
    if run.status == "queued":
        parts = [f"{run.name} waits until the training before it has ended"]
    parts += [f"step {run.step} of {run.steps} ({100 * run.step / run.steps:.0f} %)"] if run.steps else []
    parts += [f"{span(run.eta_seconds)} to go"] if run.alive and run.eta_seconds is not None else []
    parts += [f"loss {run.loss:.3f}"] if run.loss is not None else []
    parts += [f"on dev-a {run.eval_loss:.3f}"] if run.eval_loss is not None else []
    parts += [f"rate {run.lr:.2g}"] if run.lr is not None and run.alive else []
    parts += [f"gradient {run.grad_norm:.2g}"] if run.grad_norm is not None and run.alive else []
    parts += [f"{run.tokens_per_second:.0f} tokens/s"] if run.tokens_per_second else []
    parts += [f"{run.peak_memory_mb / 1000:.1f} GB at most"] if run.peak_memory_mb else []
    parts += [f"{run.gpu_memory_mb / 1000:.1f} GB of the GPU's"] if run.gpu_memory_mb else []
    text = " · ".join(parts)
    if run.error:
        text += f"\n{run.error}"
    if run.status == "done":
        text += "\nThe new model is on the Models page, ready to write notes and to go into the browser."
    return text


def _row(run: Run) -> list:
    return [
        {"text": run.name, "href": f"/retrain?run={run.id}", "sub": run.created[:16].replace("T", " ")},
        run.dataset["name"],
        {"text": run.status, "badge": TONES.get(run.status, "plain")},
        f"{run.step} of {run.steps}" if run.steps else "",
        "" if run.loss is None else f"{run.loss:.3f}",
    ]


def span(seconds: float) -> str:
    """A stretch of time as people say it: 40 s, 12 min, 1 h 5 min."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
