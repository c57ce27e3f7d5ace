"""Label Studio's side: its project with the same texts, marks and ratings, and the acts through its API.

It runs as it comes: its own server, SQLite, Django's settings for it (rollback journal, synchronous FULL). Its page saves each
change as a draft that holds all regions so far, so that is what a mark is here.
"""

import itertools
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from annotations import PREFERENCES, SEVERITIES, load_labels
from tests.bench.content import Mark, Visit, marks_in, visits
from tests.bench.record import Record

SIDES = ("left", "right")
TOKEN = "0123456789abcdef0123456789abcdef01234567"
USER, FILLER, PASSWORD = "bench@localhost.local", "filler@localhost.local", "bench-password-1"
BATCH = 100
# Nothing of the benchmark leaves the machine.
ENVIRONMENT = {"COLLECT_ANALYTICS": "False", "LATEST_VERSION_CHECK": "False", "SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": ""}


def command(binaries: Path, data: Path, port: int) -> list[str]:
    return [
        str(binaries / "label-studio"), "start", "--no-browser", "--port", str(port), "--internal-host", "127.0.0.1",
        "--data-dir", str(data), "--username", USER, "--password", PASSWORD, "--user-token", TOKEN,
        "--enable-legacy-api-token", "--log-level", "WARNING",
    ]  # fmt: skip


def client(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, headers={"Authorization": f"Token {TOKEN}"}, timeout=300)


def label_config() -> str:
    """The review desk's questions: errors with severity and comment on both notes, ratings of both, the preference."""
    labels = load_labels()
    parts = ['<Header value="$title"/>', '<Text name="transcript" value="$transcript"/>']
    for side in SIDES:
        errors = "".join(f'<Label value="{name}"/>' for name in labels.errors)
        parts += [
            f'<Labels name="error_{side}" toName="{side}">{errors}</Labels>',
            f'<Text name="{side}" value="${side}"/>',
            f'<Choices name="severity_{side}" toName="{side}" perRegion="true">{_choices(SEVERITIES)}</Choices>',
            f'<TextArea name="comment_{side}" toName="{side}" perRegion="true"/>',
            *(f'<Rating name="{name}_{side}" toName="{side}" maxRating="5"/>' for name in labels.dimensions),
        ]
    return f'<View>{"".join(parts)}<Choices name="preference" toName="transcript">{_choices(PREFERENCES)}</Choices></View>'


def _choices(values: tuple[str, ...]) -> str:
    return "".join(f'<Choice value="{value}"/>' for value in values)


def fill(api: httpx.Client, count: int) -> None:
    """A project with all visits, each with one finished annotation of somebody else."""
    filler = _ok(api.post("/api/users/", json={"email": FILLER, "username": "filler", "password": PASSWORD})).json()["id"]
    project = {"title": "bench", "label_config": label_config(), "maximum_annotations": 2}
    id = _ok(api.post("/api/projects/", json=project)).json()["id"]
    remaining = visits(count)
    while batch := list(itertools.islice(remaining, BATCH)):
        _ok(api.post(f"/api/projects/{id}/import", json=[task(one, filler) for one in batch]))


def task(one: Visit, filler: int) -> dict[str, Any]:
    result = []
    for side, note, marks, ratings in zip(SIDES, one.notes, one.marks, one.ratings, strict=True):
        for number, mark in enumerate(marks):
            result += region(f"{side}{number:06}", side, note, mark)
        result += [rating(side, name, value) for name, value in ratings.items()]
    result.append(preference(one.preference))
    data = {"title": one.title, "transcript": one.transcript, "left": one.notes[0], "right": one.notes[1]}
    return {"data": data, "annotations": [{"result": result, "completed_by": filler}]}


def region(id: str, side: str, note: str, mark: Mark) -> list[dict[str, Any]]:
    """One mark as Label Studio keeps it: the label, and beside it severity and comment, with the same id and place."""
    place = {"start": mark.start, "end": mark.end, "text": note[mark.start : mark.end]}
    parts: list[tuple[str, str, dict]] = [("error", "labels", {"labels": [mark.label]})]
    if mark.severity:
        parts.append(("severity", "choices", {"choices": [mark.severity]}))
    if mark.comment:
        parts.append(("comment", "textarea", {"text": [mark.comment]}))
    return [
        {"id": id, "from_name": f"{name}_{side}", "to_name": side, "type": kind, "value": place | value}
        for name, kind, value in parts
    ]


def rating(side: str, dimension: str, value: int) -> dict[str, Any]:
    value = {"rating": value}
    return {"id": f"{dimension}{side}", "from_name": f"{dimension}_{side}", "to_name": side, "type": "rating", "value": value}


def preference(value: str) -> dict[str, Any]:
    value = {"choices": [value]}
    return {"id": "preference", "from_name": "preference", "to_name": "transcript", "type": "choices", "value": value}


def pages(address: str) -> Callable[[int], str]:
    """Where a visit's labelling page is."""
    with client(address) as api:
        project, first = _project(api), _first_task(api)
    return lambda number: f"{address}/projects/{project}/data?task={first + number}"


def cookies(address: str) -> list[dict[str, str]]:
    """What a browser holds after its user has signed in."""
    with httpx.Client(base_url=address, timeout=300) as browser:
        browser.get("/user/login/")
        form = {"email": USER, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        _ok(browser.post("/user/login/", data=form, headers={"Referer": address}))
        return [{"name": name, "value": value, "url": address} for name, value in browser.cookies.items()]


def _project(api: httpx.Client) -> int:
    return _ok(api.get("/api/projects/")).json()["results"][0]["id"]


def _first_task(api: httpx.Client) -> int:
    return _ok(api.get("/api/tasks", params={"project": _project(api), "page_size": 1})).json()["tasks"][0]["id"]


class Reviewer:
    """One reviewer's page, with a connection of its own. ``marks`` is how many regions its review grows to."""

    def __init__(self, address: str, record: Record, marks: int) -> None:
        self.api, self.record = client(address), record
        self.project = _project(self.api)
        self.regions = [[]] * marks

    def next(self) -> None:
        """What its labelling stream asks for, and the empty draft that the page begins with."""
        answer = self._ask("next", "POST", f"/api/dm/actions?id=next_task&project={self.project}", {})
        self._begin(answer)

    def open(self, number: int) -> None:
        """The task of this visit."""
        self._begin(self._ask("open", "GET", f"/api/tasks/{_first_task(self.api) + number}?project={self.project}"))

    def mark(self) -> None:
        """One more region (after the last the first again, changed), saved with all those that are there."""
        side, note = next(self.sides)
        at = next(self.places)
        mark = marks_in(self.dice, note, self.transcript, 1)[0]
        self.regions[at] = region(f"region{at:04}", side, note, mark)
        draft = {"result": [part for parts in self.regions for part in parts], "lead_time": 60.0}
        self._ask("mark", "PATCH", f"/api/drafts/{self.draft}?project={self.project}", draft)

    def submit(self) -> None:
        result = [part for parts in self.regions for part in parts]
        result += [rating(side, name, 4) for side in SIDES for name in load_labels().dimensions] + [preference("left")]
        given = {"result": result, "lead_time": 300.0, "draft_id": self.draft, "project": self.project}
        self._ask("submit", "POST", f"/api/tasks/{self.task}/annotations/?project={self.project}", given)

    def queue(self) -> None:
        """The first page of its data manager."""
        self._ask("queue", "GET", f"/api/tasks?project={self.project}&page=1&page_size=50")

    def _begin(self, task: dict[str, Any]) -> None:
        self.task, data = task["id"], task["data"]
        self.transcript, self.dice = data["transcript"], random.Random(task["id"])
        self.sides = itertools.cycle((side, data[side]) for side in SIDES)
        self.places, self.regions = itertools.cycle(range(len(self.regions))), [[]] * len(self.regions)
        draft = {"result": [], "lead_time": 1.0, "project": self.project}
        self.draft = self._ask("begin", "POST", f"/api/tasks/{self.task}/drafts?project={self.project}", draft)["id"]

    def _ask(self, act: str, method: str, path: str, given: dict | None = None) -> dict[str, Any]:
        with self.record.timed(act):
            return _ok(self.api.request(method, path, json=given)).json()


def durability(data: Path) -> dict[str, Any]:
    """What its connections use: nothing in its settings changes SQLite's defaults, so a plain connection shows them."""
    connection = sqlite3.connect(data / "label_studio.sqlite3")
    try:
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    finally:
        connection.close()


def _ok(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise RuntimeError(f"Label Studio answered {answer.status_code} to {answer.request.url}: {answer.text[:500]}")
    return answer
