"""What the benchmark found, as JSON and as a page for people."""

import json
import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

# The acts, what each is, and the goal: the most milliseconds that 95 of 100 may take.
ACTS = {
    "queue": ("The first 50 of the queue", None),
    "next": ("Open the next review, at the server", 70),
    "mark": ("A mark acknowledged", 40),
    "rate": ("A rating acknowledged", 40),
    "submit": ("Submit the review", None),
    "results": ("The results page after a submission, at the server", 1000),
    "results_painted": ("The results page after a submission, painted in Chromium", 1000),
    "painted": ("The next review painted in Chromium", 800),
}
SAVES_PER_SECOND, CROWD_MS, CROWD_RATIO = 75, 500, 10


def facts() -> dict[str, Any]:
    """The machine and the versions."""
    packages = {name: version(name) for name in ("gradio", "fastapi", "uvicorn", "sqlite-utils", "playwright")}
    return {
        "machine": f"{os.cpu_count()} cores of {_processor()}, {_gibibytes():.0f} GiB, {platform.system()}",
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": packages,
    }


def _gibibytes() -> float:
    return psutil.virtual_memory().total / 2**30


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def as_markdown(found: dict[str, Any]) -> str:
    """The whole report; a missing side or act is an empty cell, never a guess."""
    facts, size, ours, theirs = found["facts"], found["size"], found["scribeloop"], found["label_studio"]
    packages = ", ".join(f"{name} {number}" for name, number in facts["packages"].items())
    lines = [
        "# Speed, beside Label Studio",
        "",
        f"{found['date']}, `make bench` (`python -m tests.bench --size {found['size_name']}`, {found['minutes']:.0f} minutes). "
        f"{facts['machine']}, load {facts['load_before']} at the start; Python {facts['python']}, SQLite {facts['sqlite']}, "
        f"{packages}; {found['label_studio_package']} in its own environment.",
        "",
        f"{size['visits']:,} encounters, {2 * size['visits']:,} notes and {ours['marks']:,} marks on each side, the same texts "
        f"and places. One reviewer does {size['reviews']} reviews of {size['marks']} marks over HTTP; then {size['clients']} "
        f"reviewers save marks for {size['seconds']:.0f} s, each in a review of its own that grows to 30 marks; then Chromium "
        f"opens {size['pages']} reviews, one after the other, with a warm cache.",
        "",
        "| act | goal, p95 | Scribeloop p50 / p95 | Label Studio p50 / p95 | times faster, p50 / p95 |",
        "|---|---|---|---|---|",
        *(_act_row(act, ours, theirs) for act in ACTS if _summary(ours, act)),
        *_crowd_rows(ours["together"], theirs and theirs["together"]),
        *_smooth_rows(ours.get("smooth")),
        "",
        *_notes(ours, theirs, found),
    ]
    return "\n".join(lines) + "\n"


def missed(found: dict[str, Any]) -> list[str]:
    """The goals that were not met, one line each."""
    ours, theirs = found["scribeloop"], found["label_studio"]
    gaps = []
    for act, (name, goal) in ACTS.items():
        mine, other = _summary(ours, act), _summary(theirs, act)
        if mine is None:
            gaps.append(f"{name}: not measured.")
        elif goal and mine["p95_ms"] > goal:
            gaps.append(f"{name}: p95 {mine['p95_ms']} ms, goal {goal} ms.")
        if mine and other and mine["p95_ms"] > other["p95_ms"]:
            gaps.append(f"{name}: p95 {mine['p95_ms']} ms, Label Studio {other['p95_ms']} ms.")
    together = ours["together"]
    if together["saves_per_second"] < SAVES_PER_SECOND or together["p95_ms"] > CROWD_MS or together["failed"]:
        gaps.append(f"Together: {together}, goal {SAVES_PER_SECOND} saves per second with p95 under {CROWD_MS} ms.")
    if theirs and together["saves_per_second"] < CROWD_RATIO * theirs["together"]["saves_per_second"]:
        gaps.append(f"Together: {together['saves_per_second']} saves per second are less than ten times Label Studio's.")
    return gaps


def _summary(side: dict[str, Any] | None, act: str) -> dict[str, float] | None:
    if side is None:
        return None
    return side["painted"] if act == "painted" else side["alone"].get(act)


def _act_row(act: str, ours: dict[str, Any], theirs: dict[str, Any] | None) -> str:
    name, goal = ACTS[act]
    mine, other = _summary(ours, act), _summary(theirs, act)
    ratio = f"{other['p50_ms'] / mine['p50_ms']:.1f} / {other['p95_ms'] / mine['p95_ms']:.1f}" if other else ""
    return f"| {name} | {f'{goal} ms' if goal else ''} | {_pair(mine)} | {_pair(other)} | {ratio} |"


def _pair(summary: dict[str, float] | None) -> str:
    if summary is None:
        return ""
    failed = f" ({summary['failed']} failed)" if summary["failed"] else ""
    return f"{summary['p50_ms']:.0f} / {summary['p95_ms']:.0f} ms{failed}"


def _crowd_rows(mine: dict[str, Any], other: dict[str, Any] | None) -> list[str]:
    many = f"{mine['clients']} reviewers at once"
    saves, theirs = mine["saves_per_second"], other["saves_per_second"] if other else ""
    waits = f"{other['p50_ms'] / mine['p50_ms']:.1f} / {other['p95_ms'] / mine['p95_ms']:.1f}" if other else ""
    ratio = f"{saves / theirs:.1f}" if other else ""
    return [
        f"| {many}: marks saved per second | {SAVES_PER_SECOND} | {saves} | {theirs} | {ratio} |",
        f"| {many}: a mark acknowledged | {CROWD_MS} ms | {_pair(mine)} | {_pair(other)} | {waits} |",
    ]


def _smooth_rows(smooth: dict[str, Any] | None) -> list[str]:
    """The largest review; neither has a goal in milliseconds or a peer."""
    names = {"frame": "a frame while scrolling", "key": "from a key to the painted selection"}
    return [
        f"| 5,000 words, 200 marks: {name} (longest {smooth[act]['longest_ms']:.0f} ms) |  | {_pair(smooth[act])} |  |  |"
        for act, name in names.items()
        if smooth
    ]


def _notes(ours: dict[str, Any], theirs: dict[str, Any] | None, found: dict[str, Any]) -> list[str]:
    """What a reader must know to judge the table."""
    return [
        f"- Durable on both sides: Scribeloop {_durable(ours)}"
        + (f"; Label Studio {_durable(theirs)} (Django's and SQLite's defaults)." if theirs else "."),
        "- A mark is one request there as here: the studio gets the one mark, Label Studio's page saves a draft with all regions "
        "so far. Ratings are saved one by one here; there they travel with the submission.",
        "- `next` is the request of each side's own labelling page (here the opened review, there `next_task`); the list is the "
        "data of the first page of 50, without the page's HTML. The first page of all, with a cold cache: "
        f"Scribeloop {ours['painted']['first_ms']:.0f} ms"
        + (f", Label Studio {theirs['painted']['first_ms']:.0f} ms." if theirs else "."),
        f"- The {ours['together']['clients']} reviewers at once are as many connections of one user, on both sides.",
        f"- The machine's load in the minute before the run was {found['facts']['load_before']}. Where others still worked "
        "beside it, only the ratios say something.",
        "- Label Studio's community edition has no results page, so that row has no ratio. The studio keeps what an earlier "
        f"count read; the first count after its start took {ours['alone']['results_painted']['first_ms']:.0f} ms.",
        *([] if theirs else [f"- Label Studio was not measured: {found['label_studio_missing']}"]),
        *(f"- Goal missed: {gap}" for gap in missed(found)),
    ]


def _durable(side: dict[str, Any]) -> str:
    levels = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
    return f"journal {side['durability']['journal_mode']}, synchronous {levels[side['durability']['synchronous']]}"


def write(found: dict[str, Any], folder: Path, page: Path | None) -> None:
    """``result-SIZE.json`` and ``.md`` into the folder, and the page where one is wanted."""
    text = as_markdown(found)
    (folder / f"result-{found['size_name']}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False))
    (folder / f"result-{found['size_name']}.md").write_text(text)
    if page:
        page.write_text(text)
