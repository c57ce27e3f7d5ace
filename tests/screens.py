"""``python -m tests.screens``: pictures of every page, light and dark, on a small and a large screen, into docs/screens.

The two notes are the demo models' own, written the first time (which takes some minutes) and kept in the home; what is done to
them for the pictures is done to a copy. The results page shows reviews thrown by chance, since one review makes no figure.
"""

import argparse
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotations import Omission, Output, Rating, Reviews, Span, load_labels
from exports.datasets import build_dataset
from pipeline.demo import demo_encounters
from pipeline.endpoints import Endpoint
from pipeline.judge import judge_notes
from pipeline.models import resolve_base, resolve_demo_adapter
from pipeline.notes import generate
from pipeline.reporting import report_on
from pipeline.workspace import Workspace
from studio.desks.demo import prepare_demo
from tests.chromium import chromium_page
from tests.pipeline.invented_judge import judge
from tests.pipeline.loopback_model import loopback_model
from tests.reviewed import BASE, add_models, many_reviews, opened, visit
from tests.studio.desk_app import free_port

# Where a page is, and what stands on it when it is whole.
PAGES = {
    "queue": ("/", ".listing tbody tr"),
    "notes": ("/notes?encounter={visit}", ".plain-text:has-text('sheep')"),
    "practice": ("/practice", ".desk[data-state=draft]"),
    "review": ("/review?encounter={visit}", ".desk[data-state=draft]"),
    "closed": ("/review?encounter={visit}", ".desk[data-state=closed]"),
    "results": ("/results", ".figures .plots table"),
    "retrain": ("/retrain", ".command:has-text('train references')"),
    "models": ("/models", ".listing tbody tr"),
    "report": ("/report?model={model}", "iframe.report-frame:not([hidden])"),
    "judge": ("/judge?note={note}", "h1:has-text('Where they differ')"),
}
SIZES = {1280: 800, 1920: 1080}
SCHEMES = ("light", "dark")
COLOURS = 255
VISIT = "endo-02-pump-sheep"
# What a reviewer finds in the note of the demo's adapter, with the words of the visit that show it. A machine that decodes
# otherwise may have written other words; those that are not there are left out.
ERRORS = (
    ("31-year-old man", "contextual", "minor", "She is a woman.", None),
    ("no insulin injection", "fabrication", "major", "", "Just the aspart."),
    ("Medications: None.", "negation", "major", "Insulin aspart by pump.", "Still aspart in the pump, nothing else?"),
    ("4 cm thick", "fabrication", "minor", "", "a rubbery lump about 4 centimetres across"),
    ("10, 12, 14, 16, 18, 20, 22, 24", "repetition", "minor", "", None),
)
OMISSIONS = (
    ("Your night basal, ten at night to six, is 1.0 unit an hour. We'll make it 0.8.", "plan", "major"),
    ("No driving until I've seen you", "plan", "major"),
)
# What a reviewer finds beside the judge, a visit each.
JUDGED = (
    ("Denies fever", "negation", "minor"), ("Start aspirin", "fabrication", "major"), ("TSH 9", "fabrication", "minor"),
)  # fmt: skip
RATINGS = (2, 1, 2, 2, 4, 2, 3, 1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, default=Path("build/screens"), help="where the demo and its two notes are kept")
    parser.add_argument("--folder", type=Path, default=Path("docs/screens"), help="where the pictures go")
    asked = parser.parse_args()
    home = Workspace(asked.home.resolve())
    _write_notes(home)
    asked.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        shutil.copytree(home.home, Path(folder) / "demo", ignore=shutil.ignore_patterns("cache"))
        with _studio(Path(folder) / "demo") as (workspace, address):
            review = _review(workspace)
            model = resolve_demo_adapter(workspace, print).id
            report_on(workspace, model, print, "dev", write=False)
            for name in ("queue", "notes", "practice", "retrain", "models", "review"):
                _take(asked.folder, address, name)
            _take(asked.folder, address, "report", model=model)
            with workspace.store() as store:
                Reviews(store).submit(review)
            _take(asked.folder, address, "closed")
        with _studio(Path(folder) / "results") as (workspace, address):
            with workspace.store() as store:
                many_reviews(store, 60)
            _take(asked.folder, address, "results")
        with _studio(Path(folder) / "judge") as (workspace, address):
            note = _judged(workspace)
            _take(asked.folder, address, "judge", note=note)


def _visit() -> str:
    return next(one.id for one in demo_encounters() if one.external_id == VISIT)


def _write_notes(workspace: Workspace) -> None:
    prepare_demo(workspace, print)
    models = [resolve_base(workspace, None, print).id, resolve_demo_adapter(workspace, print).id]
    generate(workspace, models, print, encounter_ids=[_visit()], max_new_tokens=320)


@contextmanager
def _studio(home: Path) -> Iterator[tuple[Workspace, str]]:
    from studio.app import launch_app, make_app

    home.mkdir(exist_ok=True)
    with Workspace(home).kept_open() as workspace:
        app, port = make_app(workspace), free_port()
        launch_app(app, "127.0.0.1", port)
        yield workspace, f"http://127.0.0.1:{port}"
        app.close(verbose=False)


def _review(workspace: Workspace) -> str:
    """A review at work: marks in both notes, omissions, the ratings of one note; and a dataset for the retrain page."""
    build_dataset(workspace, "references", "references")
    with workspace.store() as store:
        outputs = {output.model_id: output for output in store.list_outputs(_visit())}
        base, tuned = sorted(outputs.values(), key=lambda output: store.get_model(output.model_id).kind != "base")
        reviews, transcript = Reviews(store), store.get_encounter(_visit()).transcript
        opened = reviews.open(_visit(), "local", [base.id, tuned.id])
        review = opened.id
        for quote, label, severity, comment, evidence in ERRORS:
            _mark(reviews, review, tuned, quote, label, severity, comment, *(_place(transcript, evidence) if evidence else ()))
        sentence = base.text.split("\n\n")[1].split(". ")[0]
        _mark(reviews, review, base, f"{sentence}.", "fabrication", "minor")
        for quote, label, severity in OMISSIONS:
            at, end, _ = _place(transcript, quote)
            reviews.put_omission(review, Omission(tuned.id, at, end, quote, label, severity, "assessment_and_plan"))
        for dimension, value in zip(load_labels().dimensions, RATINGS, strict=True):
            reviews.rate(review, Rating(tuned.id, dimension, value))
        reviews.prefer(review, "left" if opened.left == tuned.id else "right")
        reviews.add_seconds(review, 214)
    return review


def _judged(workspace: Workspace) -> str:
    """Reviews of four visits beside a judge that answers by rule; the note whose marks are shown."""
    with workspace.store() as store:
        add_models(store)
        visits = [visit(store, number, "dev", specialty) for number, specialty in enumerate(("cardiology", "neurology", None), 1)]
        for notes, (quote, label, severity) in zip(visits, JUDGED, strict=True):
            desk = opened(store, notes, "local")
            desk.error(BASE, "March", "contextual", "major", "May, not March.")
            desk.error(BASE, quote, label, severity)
            desk.submit(180)
    with loopback_model(judge()) as served:
        judge_notes(workspace, Endpoint("judge", served.address, "invented-judge"), print)
    return visits[0][BASE].id


def _place(text: str, quote: str) -> tuple[int, int, str]:
    at = text.index(quote)
    return at, at + len(quote), quote


def _mark(reviews: Reviews, review: str, note: Output, quote: str, label: str, severity: str, *more: Any) -> None:
    if quote in note.text:
        reviews.put_span(review, Span(note.id, *_place(note.text, quote), label, severity, *more))


def _take(folder: Path, address: str, name: str, **names: str) -> None:
    """A picture of this page in each size and light; ``names`` stand in its address."""
    path, ready = PAGES[name]
    for width, height in SIZES.items():
        for scheme in SCHEMES:
            settings = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "reduced_motion": "reduce"}
            with chromium_page(address, **settings) as page:
                page.goto(address + path.format(visit=_visit(), **names))
                page.wait_for_selector(ready)
                if name == "review":
                    _read_ratings(page)
                page.wait_for_timeout(500)
                _keep(folder / f"{name}-{width}-{scheme}.png", page.screenshot())


def _read_ratings(page: Any) -> None:
    page.click(".tab-ratings")
    page.hover(".ratings tbody tr:nth-child(2) td:last-child label")


def _keep(path: Path, picture: bytes) -> None:
    """With few colours, so that it stays small."""
    from PIL import Image

    # By the space that colours span, not by how often they occur: a badge must not lose its own.
    by_space = Image.Quantize.MAXCOVERAGE
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    whole.quantize(COLOURS, by_space, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
