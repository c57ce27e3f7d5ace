"""A training in a job of the Hugging Face Hub: the same run, the same ``pipeline.train``, on a machine rented by the minute.

The run's process here packs a workspace that holds nothing but this run into a private repository that the user named, starts a
job that trains there, follows it, and takes the adapter back. When this process dies the job goes on, and resuming the run finds
it again. In the job ``python -m pipeline.hf_jobs RUN_FOLDER REPO`` trains, logs how far it is, and sends what it made.
"""

import dataclasses
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from annotations import BadInput, Damaged, Model, Refused, Unavailable, now

from .dataset_files import DatasetFiles, read_dataset
from .run_files import ADAPTER, CHECKPOINTS, EVAL_FILE, METRICS_FILE, RUN_FILE, Run, read_run, write_run
from .splits import covered
from .together import launcher
from .versions import versions
from .weights import weights_sha256
from .workspace import Workspace

ON = "hf-jobs"
FLAVOR, TIMEOUT, IMAGE = "a10g-small", "4h", "python:3.12"
NEEDED = (
    "accelerate", "datasets", "filelock", "huggingface_hub", "numpy", "peft", "platformdirs", "psutil", "rapidfuzz", "scipy",
    "sqlite-utils", "torch", "transformers", "trl",
)  # fmt: skip
ROOMS = ("annotations", "pipeline")
SOONEST, LATEST = 0.5, 10.0  # seconds between two questions to the Hub: soon at first, then ever more rarely
ENDED = ("COMPLETED", "CANCELED", "ERROR", "DELETED")
# What a job's log says for this process: its record, and new lines of its files of figures.
SAYS_RUN, SAYS_LINE = "@run ", "@line "
TOLD = (
    "step", "steps", "epoch", "tokens_seen", "tokens_per_second", "loss", "eval_loss", "lr", "grad_norm", "eta_seconds",
    "peak_memory_mb", "gpu_memory_mb",
)  # fmt: skip


def elsewhere(repo: str | None, flavor: str | None = None, timeout: str | None = None) -> dict[str, Any]:
    """What a run records of where it trains; BadInput or Unavailable when it cannot be that."""
    from huggingface_hub import get_token

    if not repo or not re.fullmatch(r"[\w.-]+/[\w.-]+", repo):
        raise BadInput(f"A job needs a private repository of yours; expected one like --repo me/training, and got {repo!r}.")
    timeout = timeout or TIMEOUT
    if not re.fullmatch(r"\d+[smhd]", timeout):
        raise BadInput(f"--timeout is {timeout!r}; expected a number and s, m, h or d, such as {TIMEOUT}.")
    if not get_token():
        raise Unavailable("Jobs on the Hub need a login there: set HF_TOKEN, or run: hf auth login")
    return {"on": ON, "repo": repo, "flavor": flavor or FLAVOR, "timeout": timeout, "image": IMAGE}


def check_invented(rows: int, encounters: list[Any]) -> None:
    """Refused when one of the encounters of ``rows`` rows is not known to be invented: those stay on this machine."""
    real = [one.id for one in encounters if one.real]
    if real:
        raise Refused(
            f"{len(real)} of {rows} rows are of encounters that are not marked as invented, such as {real[0]}, and those do not "
            "leave this machine. Train here (leave --on out), or on a dataset of invented encounters only."
        )


def train_elsewhere(recorder: Any, data: DatasetFiles, base: Model, stop: Callable[[], bool]) -> bool:
    """Train the recorder's run in a job and put the adapter into its folder; False when it was stopped."""
    from huggingface_hub import HfApi

    api, run = HfApi(), recorder.run
    namespace = run.elsewhere["repo"].split("/")[0]
    job = run.elsewhere.get("job")
    if job is None or api.inspect_job(job_id=job, namespace=namespace).status.stage in ("CANCELED", "ERROR", "DELETED"):
        print(f"Sending the run to {run.elsewhere['repo']}", flush=True)
        with _parcel(recorder.workspace, run, data, base) as folder:
            commit = _send(api, run, folder)
        started = _start(api, run, commit)
        run = dataclasses.replace(run, elsewhere=run.elsewhere | {"job": started.id, "url": started.url})
        recorder.set(elsewhere=run.elsewhere, step=0)
        print(f"Job {started.url}", flush=True)
    stage, message = _follow(api, namespace, recorder, stop)
    if stage == "STOPPED":
        return False
    _take_back(api, recorder, stage, message)
    return True


@contextmanager
def _parcel(workspace: Workspace, run: Run, data: DatasetFiles, base: Model) -> Iterator[Path]:
    """A folder with our source, its requirements, and a workspace that knows this run, its data, its base, and no more."""
    names = [run.dataset["name"], *([run.replay["name"]] if run.replay else [])]
    ids = {row.encounter_id for name in names for row in read_dataset(workspace, name).rows}
    with workspace.store() as store:
        learnt = [store.get_encounter(id) for id in sorted(ids)]
        measured = [one for one in covered(store.list_encounters(split="dev"), "dev-a") if one.reference and not one.real]
    check_invented(len(data.rows), learnt)
    with tempfile.TemporaryDirectory(prefix="scribeloop-job-") as made:
        folder, there = Path(made), Workspace(Path(made) / "workspace")
        with there.store() as store:
            store.add_encounters([*learnt, *measured])
            # Relative: the job works in this workspace's folder, wherever that will be.
            store.ensure_model(dataclasses.replace(base, path="models/base"))
        for name in names:
            shutil.copytree(workspace.datasets / name, there.datasets / name)
        shutil.copytree(base.path, there.models / "base", ignore=shutil.ignore_patterns(".cache"))
        (there.runs / run.id).mkdir()
        write_run(there.runs / run.id, dataclasses.replace(run, elsewhere=None, status="queued", pid=None, step=0))
        for room in ROOMS:
            source = Path(__file__).resolve().parents[1] / room
            shutil.copytree(source, folder / "source" / room, ignore=shutil.ignore_patterns("__pycache__", "demo"))
        pinned = [f"{name}=={found.split('+')[0]}" for name, found in versions(*NEEDED).items()]
        (folder / "requirements.txt").write_text("\n".join(pinned) + "\n", encoding="utf-8")
        yield folder


def _send(api: Any, run: Run, folder: Path) -> str:
    """Put the parcel below the run's id into the repository, which must be private; the id of the commit."""
    repo = run.elsewhere["repo"]
    api.create_repo(repo, repo_type="dataset", private=True, exist_ok=True)
    if not api.repo_info(repo, repo_type="dataset").private:
        raise Refused(f"The repository {repo} is public; make it private, or name another with --repo.")
    sent = api.upload_folder(
        repo_id=repo, repo_type="dataset", folder_path=folder, path_in_repo=run.id, commit_message=f"Training run {run.id}",
    )  # fmt: skip
    return sent.oid


def _start(api: Any, run: Run, commit: str) -> Any:
    from huggingface_hub import get_token

    where, here = run.elsewhere, run.id
    fetch = (
        "from huggingface_hub import snapshot_download as fetch; "
        f"fetch({where['repo']!r}, repo_type='dataset', revision={commit!r}, allow_patterns='{here}/*', local_dir='.')"
    )
    script = "\n".join(
        (
            "set -e",
            f"python -m pip install -q huggingface_hub=={versions('huggingface_hub')['huggingface_hub']}",
            f'python -c "{fetch}"',
            f"python -m pip install -q -r {here}/requirements.txt",
            f"cd {here}/workspace",
            f"PYTHONPATH=../source exec python -m pipeline.hf_jobs runs/{here} {where['repo']}",
        )
    )
    return api.run_job(
        image=where["image"], command=["bash", "-c", script], flavor=where["flavor"], timeout=where["timeout"],
        secrets={"HF_TOKEN": get_token()}, namespace=where["repo"].split("/")[0], name=f"scribeloop-{here}",
    )  # fmt: skip


def _follow(api: Any, namespace: str, recorder: Any, stop: Callable[[], bool]) -> tuple[str, str]:
    """Keep the record true until the job has ended: its stage and what the Hub says of it. STOPPED when it was told to stop."""
    job, said, reader, pause = recorder.run.elsewhere["job"], SimpleQueue(), None, SOONEST

    def read() -> None:
        for line in api.fetch_job_logs(job_id=job, namespace=namespace, follow=True):
            said.put(line)

    while True:
        status = api.inspect_job(job_id=job, namespace=namespace).status
        if status.stage in ENDED and reader:
            reader.join(timeout=10)
        _hear(recorder, said)
        if status.stage in ENDED:
            return status.stage, status.message or ""
        if stop():
            api.cancel_job(job_id=job, namespace=namespace)
            return "STOPPED", ""
        if status.stage == "RUNNING" and not (reader and reader.is_alive()):
            reader = threading.Thread(target=read, daemon=True)
            reader.start()
        recorder.set()
        until, pause = time.monotonic() + pause, min(LATEST, 1.3 * pause)
        while time.monotonic() < until and not stop():
            time.sleep(0.2)


def _hear(recorder: Any, said: SimpleQueue) -> None:
    """What the job said becomes the run's log, figures and progress; a log that is read again tells nothing twice."""
    while not said.empty():
        line = said.get()
        if line.startswith(SAYS_RUN):
            recorder.progress(**json.loads(line.removeprefix(SAYS_RUN)))
        elif line.startswith(SAYS_LINE):
            name, _, text = line.removeprefix(SAYS_LINE).partition(" ")
            path = recorder.folder / Path(name).name
            if path.name in (METRICS_FILE, EVAL_FILE) and text not in _lines(path):
                with path.open("a", encoding="utf-8") as stream:
                    stream.write(text + "\n")
        else:
            print(line.rstrip(), flush=True)


def _take_back(api: Any, recorder: Any, stage: str, message: str) -> None:
    """Put the job's results into the run's folder. Unavailable, with the job's own last sentence, when there is no adapter."""
    from huggingface_hub import snapshot_download

    run = recorder.run
    with tempfile.TemporaryDirectory(prefix="scribeloop-job-") as made:
        snapshot_download(
            run.elsewhere["repo"], repo_type="dataset", allow_patterns=f"{run.id}/workspace/runs/*", local_dir=made
        )  # fmt: skip
        found = Path(made) / run.id / "workspace" / "runs" / run.id
        told = json.loads((found / RUN_FILE).read_text(encoding="utf-8"))
        if stage != "COMPLETED" or not told["adapter"]:
            why = told["error"] or message or "it said no more"
            raise Unavailable(f"The job ended as {stage} ({why}); its log is at {run.elsewhere['url']}")
        if weights_sha256(found / ADAPTER) != told["adapter"]["sha256"]:
            raise Damaged(f"The adapter in {run.elsewhere['repo']} is not the one that the job made; resume the run to fetch it.")
        for name in (METRICS_FILE, EVAL_FILE):
            if (found / name).exists():
                shutil.copyfile(found / name, recorder.folder / name)
        shutil.rmtree(recorder.folder / ADAPTER, ignore_errors=True)
        shutil.copytree(found / ADAPTER, recorder.folder / ADAPTER)
    recorder.set(versions=told["versions"], **{name: told[name] for name in TOLD if name != "eta_seconds"})


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def main(folder: Path, repo: str) -> int:
    """In the job: train, tell how far it is, send what came of it."""
    from huggingface_hub import HfApi

    # What was long on its way is not forgotten: see ``read_run``.
    stored = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    run = write_run(folder, Run(**stored | {"heartbeat": now()}))
    command = launcher(sys.executable, run.config.get("processes", 1))
    trainer = subprocess.Popen([*command, "-m", "pipeline.train", str(folder)])
    said: dict[str, int] = {}
    while trainer.poll() is None:
        _tell(folder, said)
        time.sleep(0.5)
    _tell(folder, said)
    HfApi().upload_folder(
        repo_id=repo, repo_type="dataset", folder_path=folder, path_in_repo=f"{run.id}/workspace/runs/{run.id}",
        ignore_patterns=[f"{CHECKPOINTS}/*"], commit_message=f"Results of training run {run.id}",
    )  # fmt: skip
    return trainer.returncode


def _tell(folder: Path, said: dict[str, int]) -> None:
    run = read_run(folder)
    if said.get("step") != run.step:
        said["step"] = run.step
        print(SAYS_RUN + json.dumps({name: getattr(run, name) for name in TOLD}), flush=True)
    for name in (METRICS_FILE, EVAL_FILE):
        lines = [line for line in _lines(folder / name) if line.endswith("}")]
        for line in lines[said.get(name, 0) :]:
            print(f"{SAYS_LINE}{name} {line}", flush=True)
        said[name] = len(lines)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
