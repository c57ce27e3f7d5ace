"""The models of this workspace and their browser sites: list, build, serve."""

import contextlib
import json
import shlex
import subprocess
import sys
import threading
from typing import Any

from annotations import BadInput, Model, Promotions
from exports.browser import list_sites
from exports.publishing import find_target
from exports.serving import serving
from pipeline.reporting import find_report
from pipeline.run_files import process_alive
from pipeline.workspace import Workspace


class ModelsDesk:
    """A build is a process of its own that writes a log, so it survives the studio; a served site lives as long as the studio."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._open = contextlib.ExitStack()
        self._addresses: dict[str, str] = {}
        self._lock = threading.Lock()

    def rows(self) -> list[dict[str, Any]]:
        """Every model with the number of its notes, whether there is a report on it, and its site if there is one."""
        sites = {site["id"]: site for site in list_sites(self.workspace)}
        with self.workspace.store() as store:
            models = store.list_models()
            notes = store.notes_by_model()
        return [
            {
                "model": m, "notes": notes.get(m.id, 0), "site": sites.get(m.id), "build": self.build_state(m),
                "report": find_report(self.workspace, m) is not None,
            }
            for m in models
        ]  # fmt: skip

    def command(self, model_id: str) -> str:
        return shlex.join(["scribeloop", "browser", "build", model_id])

    def build(self, model_id: str) -> str:
        """Start building the site of a model unless that is going on already; says what happens now."""
        return self._start(model_id, ["browser", "build", model_id]) or (
            f"Building the site of {model_id}; it takes a few minutes and goes on when this page is closed."
        )

    def place(self) -> tuple[str, str] | None:
        """The champion's id and, in words, where its site would be published and who sees it; None when either is missing."""
        with self.workspace.store() as store:
            champion = Promotions(store).champion()
        target = find_target(self.workspace, "browser")
        return (champion.id, f"{target.place}, for {target.visibility}") if champion and target else None

    def publish(self) -> str:
        """Start building the champion's site and publishing it; says what happens now."""
        found = self.place()
        if found is None:
            raise BadInput("Promote a model, and publish its site once with: scribeloop publish browser champion")
        id, place = found
        return self._start(id, ["publish", "browser", id, "--build", "--upload"]) or (
            f"Publishing the site of {id} to {place}; it takes a few minutes and goes on when this page is closed."
        )

    def _start(self, model_id: str, words: list[str]) -> str:
        """Run a command that builds the model's site; a sentence when one is running already."""
        with self._lock, self.workspace.store() as store:
            model = store.get_model(model_id)
            if self.build_state(model) == "building":
                return f"The site of {model_id} is being built already."
            words = [sys.executable, "-m", "studio.cli", *words, "--home", str(self.workspace.home)]
            with (self.workspace.browser / f"{model_id}.log").open("w") as log:
                # A session of its own, and a file for its words: closing the studio neither ends it nor stalls it.
                child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            threading.Thread(target=child.wait, daemon=True).start()
            import psutil

            note = {"pid": child.pid, "process_started": psutil.Process(child.pid).create_time()}
            self._note(model_id).write_text(json.dumps(note))
        return ""

    def build_state(self, model: Model) -> str:
        """``building``, ``ended`` (the log says how), or an empty string when none was started."""
        try:
            note = json.loads(self._note(model.id).read_text())
        except (FileNotFoundError, ValueError):
            return ""
        return "building" if process_alive(note["pid"], note["process_started"]) else "ended"

    def log(self, model_id: str, lines: int = 30) -> str:
        path = self.workspace.browser / f"{model_id}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def address(self, model_id: str) -> str:
        """Serve the site (once) on a free port of this machine and give its address."""
        with self._lock:
            if model_id not in self._addresses:
                self._addresses[model_id] = self._open.enter_context(serving(self.workspace, model_id))
            return self._addresses[model_id]

    def _note(self, model_id: str):
        return self.workspace.browser / f".{model_id}.build.json"
