"""The two sides of the benchmark, measured one after the other with the same acts in the same order."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from annotations import migrations, open_store, sha256
from pipeline.demo import FILE as DEMO_ENCOUNTERS
from tests.bench import content, fill, label_studio, smooth, studio
from tests.bench.content import REVIEWERS, visit
from tests.bench.painting import last_words, painter
from tests.bench.record import Record, Reviewer, crowd, walk
from tests.bench.server import serving
from tests.large import large_review

LABEL_STUDIO = "label-studio==1.23.2"
# How many marks a review of the crowd grows to; after that they are changed in turn.
MARKS = 30


@dataclass(frozen=True)
class Size:
    """``visits`` in the database; then ``reviews`` of ``marks`` marks by one reviewer, ``pages`` painted in a browser, and
    ``seconds`` of ``clients`` reviewers at once."""

    visits: int
    reviews: int
    marks: int
    pages: int
    clients: int
    seconds: float


SIZES = {"small": Size(200, 5, 5, 3, 20, 3.0), "full": Size(10_000, 40, 15, 20, 20, 20.0)}


def filled_studio(folder: Path, size: Size) -> Path:
    """The studio's database, made the first time."""
    filled = folder / f"studio-{size.visits}-{_made_by(fill, migrations)}.db"
    if not filled.exists():
        fill.fill(filled, size.visits)
    return filled


def measure_studio(folder: Path, size: Size, port: int) -> dict[str, Any]:
    """Work on a copy, measure."""
    filled, home = filled_studio(folder, size), _emptied(folder / "studio-home")
    shutil.copy(filled, home / "studio.db")
    address, stored = f"http://127.0.0.1:{port}", studio.facts(home / "studio.db")
    with serving(studio.command(home, port), address, folder / "studio.log", **studio.ENVIRONMENT):
        found = _measure(lambda record, marks: studio.Reviewer(address, record, marks), size)
        found["alone"] |= _results(address)
        painted = _paint(size, lambda number: f"{address}/review?encounter={fill.encounter(visit(number)).id}")
        # Only now: a review that is begun would be the first to open.
        moved = smooth.measure(f"{address}/review?encounter={_add_large(home / 'studio.db')}")
    return found | {"painted": painted, "smooth": moved} | stored


def _add_large(database: Path) -> str:
    """The id of one more encounter, the largest that is measured."""
    with closing(open_store(database)) as store:
        return large_review(store).id


def filled_label_studio(folder: Path, size: Size, port: int) -> Path:
    """Label Studio's data folder, made the first time, through its own API."""
    filled, data = folder / f"label-studio-{size.visits}-{_made_by(label_studio)}", folder / "label-studio-filling"
    if not filled.exists():
        with _label_studio(folder, _emptied(data), port) as address, label_studio.client(address) as api:
            label_studio.fill(api, size.visits)
        data.rename(filled)
    return filled


def measure_label_studio(folder: Path, size: Size, port: int) -> dict[str, Any]:
    """Work on a copy, measure."""
    filled, data = filled_label_studio(folder, size, port), _emptied(folder / "label-studio-home")
    shutil.copytree(filled, data, dirs_exist_ok=True)
    with _label_studio(folder, data, port) as address:
        found = _measure(lambda record, marks: label_studio.Reviewer(address, record, marks), size)
        painted = _paint(size, label_studio.pages(address), label_studio.cookies(address))
    return found | {"painted": painted, "durability": label_studio.durability(data)}


@contextmanager
def _label_studio(folder: Path, data: Path, port: int) -> Iterator[str]:
    """Label Studio at work on this data, at the address given."""
    address = f"http://127.0.0.1:{port}"
    command = label_studio.command(_installed(folder), data, port)
    with serving(command, f"{address}/health", folder / "label-studio.log", **label_studio.ENVIRONMENT):
        yield address


def _measure(reviewer: Callable[[Record, int], Reviewer], size: Size) -> dict[str, Any]:
    alone, together = Record(), Record()
    walk(reviewer(alone, size.marks), size.reviews, size.marks)
    reviewers = [reviewer(together, MARKS) for _ in range(size.clients)]
    saves = crowd(reviewers, _free(size, size.clients), size.seconds)
    return {
        "alone": {act: alone.summary(act) for act in alone.seconds},
        "together": {"clients": size.clients, "saves_per_second": round(saves, 1)} | together.summary("mark"),
    }


def _results(address: str, times: int = 7) -> dict[str, Any]:
    """The figures over everything, at the server and painted, each time counted anew because a review was submitted before; by
    itself, the first count of a server that has just begun."""
    reviewer, record = studio.Reviewer(address, Record(), 1), Record()
    reviewer.results()
    first = reviewer.record.seconds.pop("results")[0]
    with painter(record) as browser:
        for turn in range(times):
            reviewer.next()
            reviewer.submit()
            reviewer.results()
            reviewer.next()
            reviewer.submit()
            browser.paint("results_painted" if turn else "first", f"{address}/results", studio.RESULTS_WORDS)
    painted = record.summary("results_painted") | {"first_ms": round(1000 * first, 1)}
    return {"results": reviewer.record.summary("results"), "results_painted": painted}


def _paint(size: Size, address: Callable[[int], str], cookies: list[dict] | None = None) -> dict[str, Any]:
    """Pages opened one after the other by the same browser, the first of them uncounted."""
    record = Record()
    with painter(record) as browser:
        browser.page.context.add_cookies(cookies or [])
        for turn, number in enumerate(_free(size, size.clients + size.pages + 1)[size.clients :]):
            browser.paint("painted" if turn else "first", address(number), last_words(visit(number)))
    return record.summary("painted") | {"first_ms": record.summary("first")["p50_ms"]}


def _free(size: Size, count: int) -> list[int]:
    """Visits from the end that the measured reviewer has not begun; the walk takes them from the beginning."""
    free = (number for number in range(size.visits - 1, -1, -1) if visit(number).reviewer != REVIEWERS[0])
    return list(islice(free, count))


def _made_by(*modules: ModuleType) -> str:
    """A stamp of what a filled database comes from, so that a change of it fills a new one."""
    files = [content.__file__, DEMO_ENCOUNTERS, *(module.__file__ for module in modules)]
    return sha256("".join(sha256(Path(file).read_bytes()) for file in files))[:8]


def _installed(folder: Path) -> Path:
    """Label Studio in an environment of its own below the build folder."""
    binaries = folder / "label-studio-env" / "bin"
    if not (binaries / "label-studio").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(binaries.parent)], check=True)
        subprocess.run([str(binaries / "pip"), "install", "--quiet", LABEL_STUDIO], check=True)
    return binaries


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
