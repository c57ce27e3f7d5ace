"""The loopback Hub with jobs: each is a real process of this machine, in a folder of its own, whose log is told as it comes."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.hub import TOKEN, Hub, HubHandler, hub_server


class Job:
    """One process; ``spec`` is what the client asked for."""

    def __init__(self, id: str, spec: dict, folder: Path, address: str) -> None:
        self.id, self.spec, self.folder = id, spec, folder
        self.lines: list[str] = []
        self.cancelled = False
        folder.mkdir(parents=True)
        # As in a container: nothing of this machine's settings but the interpreter, whose packages are those of the image.
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder), "HF_ENDPOINT": address,
            "HF_HUB_DISABLE_XET": "1", "PIP_NO_INDEX": "1", "XDG_STATE_HOME": str(folder / "state"),
        } | spec["environment"] | spec["secrets"]  # fmt: skip
        self.process = subprocess.Popen(
            spec["command"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        self.lines += (line.rstrip("\n") for line in self.process.stdout)
        self.process.wait()

    @property
    def stage(self) -> str:
        if self.process.poll() is None:
            return "RUNNING"
        return "CANCELED" if self.cancelled else "COMPLETED" if self.process.returncode == 0 else "ERROR"

    def cancel(self) -> None:
        self.cancelled = True
        os.killpg(self.process.pid, 9)
        self.process.wait()

    def as_json(self) -> dict:
        owner = {"id": "1", "name": "clinic", "type": "user"}
        shown = {key: self.spec[key] for key in ("command", "arguments", "environment", "flavor", "dockerImage")}
        return shown | {"id": self.id, "owner": owner, "status": {"stage": self.stage, "message": None}, "createdAt": None}


class _Handler(HubHandler):
    jobs: dict[str, Job]

    def _route(self, method: str) -> None:
        parts = urlsplit(self.path).path.strip("/").split("/")
        if parts[:2] != ["api", "jobs"]:
            return super()._route(method)
        body = self._body()
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._answer(401, {"error": "Invalid credentials"})
        if len(parts) == 3:
            id = f"job{len(self.jobs)}"
            self.jobs[id] = Job(id, json.loads(body), self.hub.folder / "jobs" / id, self.hub.address)
            return self._answer(200, self.jobs[id].as_json())
        job = self.jobs[parts[3]]
        if parts[4:] == ["logs"]:
            return self._log(job)
        if parts[4:] == ["cancel"]:
            job.cancel()
        return self._answer(200, job.as_json())

    def _log(self, job: Job) -> None:
        """Server-sent events until the process has ended."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        told = 0
        while True:
            ended = job.process.poll() is not None
            for line in job.lines[told:]:
                self.wfile.write(f"data: {json.dumps({'data': line, 'timestamp': ''})}\n\n".encode())
                told += 1
            self.wfile.flush()
            if ended and told == len(job.lines):
                return
            threading.Event().wait(0.1)


@contextmanager
def jobs_hub(folder: Path) -> Iterator[tuple[Hub, dict[str, Job]]]:
    """The Hub, and its jobs by id; those that still run at the end are killed."""
    jobs: dict[str, Job] = {}
    with hub_server(folder, type("Handler", (_Handler,), {"jobs": jobs})) as hub:
        try:
            yield hub, jobs
        finally:
            for job in jobs.values():
                if job.stage == "RUNNING":
                    job.cancel()
