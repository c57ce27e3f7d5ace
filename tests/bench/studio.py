"""The studio's side: the requests of its pages, as a browser sends them."""

import itertools
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import httpx

from annotations import load_labels, new_id, open_store
from studio.results_words import PLOTS, SAVING
from tests.bench.content import marks_in, visit
from tests.bench.fill import encounter
from tests.bench.record import Record

SIDES = ("left", "right")
# The results page holds them once its figures are drawn.
RESULTS_WORDS = [PLOTS.by_type, PLOTS.ratings, SAVING.title]
ENVIRONMENT = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}


def command(home: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "studio.cli", "serve", "--home", str(home), "--port", str(port)]


class Reviewer:
    """One reviewer's page, with a connection of its own. ``marks`` is how many marks its review grows to."""

    def __init__(self, address: str, record: Record, marks: int) -> None:
        self.api, self.record = httpx.Client(base_url=address, timeout=300), record
        self.marker, self.figures = self._component("/review", "marker"), self._component("/results", "figures")
        self.ids = [""] * marks
        self.following: str | None = None

    def next(self) -> None:
        """The encounter that the last submission named; at first the one that the queue shows first."""
        self._open("next", self.following or self._first())

    def open(self, number: int) -> None:
        self._open("open", encounter(visit(number)).id)

    def mark(self) -> None:
        """One more mark; after the last the first again, changed."""
        side = next(self.sides)
        at = next(self.places)
        note = self.shown["notes"][side]["text"]
        found = marks_in(self.dice, note, self.shown["encounter"]["transcript"], 1)[0]
        place = {"start": found.start, "end": found.end, "quote": note[found.start : found.end]}
        evidence = None
        if found.evidence:
            start, end = found.evidence
            evidence = {"start": start, "end": end, "quote": self.shown["encounter"]["transcript"][start:end]}
        said = {"label": found.label, "severity": found.severity, "comment": found.comment, "evidence": evidence}
        self._act("mark", {"do": "mark", "side": side, "mark": {"id": self.ids[at]} | place | said})

    def submit(self) -> None:
        """Ratings and preference come before it, each an act; only the submission itself is noted as one."""
        for side, name in itertools.product(SIDES, load_labels().dimensions):
            self._act("rate", {"do": "rate", "side": side, "dimension": name, "value": 4})
        self._act("prefer", {"do": "prefer", "preference": "left"})
        self.following = self._act("submit", {"do": "submit"})["next"]

    def queue(self) -> None:
        """The queue's first page: what its load event asks for."""
        self._load("queue", "/")

    def results(self) -> None:
        """All figures over everything, as the page asks for them when it opens."""
        self.session = new_id("session")
        self._ask("results", {"do": "figures", "chosen": {}}, self.figures)

    def config(self, path: str) -> dict[str, Any]:
        """What the page says of itself: its components and events."""
        page = self.api.get(path)
        page.raise_for_status()
        return json.loads(re.search(r"window\.gradio_config = (\{.*?\});\s*</script>", page.text, re.DOTALL)[1])

    def _first(self) -> str:
        shown = self._load("queue", "/")
        links = [cell["href"] for part in shown if isinstance(part, dict) and "rows" in part for cell in _links(part["rows"])]
        return links[0].partition("=")[2]

    def _open(self, act: str, encounter_id: str) -> None:
        # Each review is a page of its own in the browser, and Gradio makes a new session for it.
        self.session = new_id("session")
        self.shown = self._ask(act, {"do": "open", "encounter": encounter_id})
        self.dice = random.Random(encounter_id)
        self.sides, self.places = itertools.cycle(SIDES), itertools.cycle(range(len(self.ids)))
        self.ids = [new_id("span") for _ in self.ids]

    def _act(self, act: str, request: dict[str, Any]) -> dict[str, Any]:
        review = self.shown["review"]
        answer = self._ask(act, request | {"review": review["id"], "seen": review["revision"], "seconds": 2.5})
        review["revision"] = answer.get("revision", review["revision"])
        return answer

    def _component(self, path: str, name: str) -> int:
        return next(one["id"] for one in self.config(path)["components"] if one["props"].get("elem_id") == name)

    def _ask(self, act: str, request: dict[str, Any], component: int | None = None) -> dict[str, Any]:
        body = {"data": request, "component_id": component or self.marker, "fn_name": "act", "session_hash": self.session}
        with self.record.timed(act):
            reply = self.api.post("/gradio_api/component_server/", json=body)
            reply.raise_for_status()
            answer = reply.json()
            if not answer["ok"]:
                raise RuntimeError(answer["sentence"])
        return answer

    def _load(self, act: str, path: str) -> list[Any]:
        """Do what the page does when it has loaded."""
        [event] = [one["id"] for one in self.config(path)["dependencies"] if any(on == "load" for _, on in one["targets"])]
        body = {"data": [], "event_data": None, "fn_index": event, "trigger_id": None, "session_hash": new_id("session")}
        with self.record.timed(act):
            reply = self.api.post("/gradio_api/run/predict", json=body)
            reply.raise_for_status()
            return reply.json()["data"]


def _links(rows: list[list]) -> list[dict]:
    return [cell for row in rows for cell in row if isinstance(cell, dict) and "href" in cell]


def facts(database: Path) -> dict[str, Any]:
    """How many marks there are, and what connections use, asked of one that is opened as the studio opens it."""
    store = open_store(database)
    try:
        durability = {name: store.db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
        return {"durability": durability, "marks": store.counts()["spans"]}
    finally:
        store.close()
