"""``python -m tests.rehearsal``: three rounds of the loop on ACI-Bench and MTS-Dialog, where reference notes are the corrections.

Each seed of each arm is a workspace and a process of its own; on a GPU they share it. What is done is found again, so the same
command goes on after a kill. ``--tiny`` does all of it with a tiny Llama and invented visits in a minute.
"""

import argparse
import dataclasses
import json
import os
import platform
import shlex
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from annotations import Encounter
from pipeline.models import resolve_base
from pipeline.train_config import TrainConfig, config_from
from pipeline.transcripts import read_encounters
from pipeline.workspace import Workspace
from tests.rehearsal import rounds, scores

# One third of the visits per round, learnt from with as much of the original data.
DEFAULTS = {"rank": 32, "alpha": 64, "lr": 6e-4, "epochs": 8.0, "batch": 4, "replay": rounds.ORIGINAL, "replay_share": 0.5}
TINY = {"rank": 4, "alpha": 8, "max_steps": 2, "threads": 1}


def main() -> int:
    asked = _asked()
    if asked.only:
        return worker(asked)
    arms = {name: _config(asked, text) for name, text in _arms(asked).items()}
    started = time.monotonic()
    failed = [] if asked.score_only else run_workers(asked, list(arms))
    result = report(asked, arms, (time.monotonic() - started) / 60)
    print(scores.as_markdown(result))
    for name in failed:
        print(f"{name} did not end: {_tail(asked.work / f'{name}.log')}")
    return 1 if failed else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="the folder that holds aci-bench/ and mts-dialog/")
    parser.add_argument("--base", default="smollm2-135m", help="the base model: an id, or a folder")
    parser.add_argument("--bert", help="BERTScore's encoder: a folder or a name; left out without it")
    parser.add_argument("--work", type=Path, default=Path("build/rehearsal"), help="where the workspaces are kept")
    parser.add_argument("--out", type=Path, help="where the report goes (default: --work)")
    parser.add_argument("--arm", action="append", metavar="NAME:KEY=VALUE,...", help="a configuration; may be repeated")
    parser.add_argument("--seeds", type=int, nargs="+", default=[17, 18, 19])
    parser.add_argument("--rounds", type=int, nargs="+", default=[1, 2, 3], help="which of them to do")
    parser.add_argument("--of", type=int, default=3, help="into how many rounds the visits are dealt")
    parser.add_argument("--most", type=int, default=1024, help="the longest note, in tokens")
    parser.add_argument("--at-once", type=int, default=20, help="notes written in one batch")
    parser.add_argument("--parallel", type=int, default=1, help="workers at a time")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop waiting, and report what is there, after this long")
    parser.add_argument("--score-only", action="store_true", help="only score the notes that are there")
    parser.add_argument("--tiny", action="store_true", help="a tiny Llama and invented visits, to see that it works")
    parser.add_argument("--only", metavar="ARM,SEED", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.tiny and not asked.data and not asked.score_only:
        parser.error("name the folder with the data sets (--data), or say --tiny")
    asked.work, asked.out = asked.work.resolve(), (asked.out or asked.work).resolve()
    return asked


def _arms(asked: argparse.Namespace) -> dict[str, str]:
    return dict(arm.partition(":")[::2] for arm in asked.arm or ["main:"])


def _config(asked: argparse.Namespace, text: str) -> TrainConfig:
    settings = DEFAULTS | TINY if asked.tiny else DEFAULTS
    kinds = {field.name: type(field.default) for field in dataclasses.fields(TrainConfig)}
    given = {key: kinds[key](value) for key, _, value in (word.partition("=") for word in text.split(",") if word)}
    return config_from(settings | given)


def run_workers(asked: argparse.Namespace, arms: list[str]) -> list[str]:
    """Every arm and seed, so many at a time; the names of those that failed or were not done in time."""
    asked.work.mkdir(parents=True, exist_ok=True)
    base = str(_base(asked))
    waiting = [f"{arm},{seed}" for seed in asked.seeds for arm in arms]
    living: dict[str, subprocess.Popen] = {}
    failed, limit, spoken = [], time.monotonic() + asked.minutes * 60, 0.0
    while (waiting or living) and time.monotonic() < limit:
        while waiting and len(living) < asked.parallel:
            name = waiting.pop(0)
            living[name] = _start(name, asked.work, base)
        for name in [name for name, process in living.items() if process.poll() is not None]:
            if living.pop(name).returncode:
                failed.append(name.replace(",", "-"))
        time.sleep(0.5)
        if time.monotonic() - spoken > 30:
            spoken = time.monotonic()
            for name in living:
                print(f"{name}: {_tail(asked.work / (name.replace(',', '-') + '.log'))}", flush=True)
    for process in living.values():
        process.kill()
    return failed + [name.replace(",", "-") for name in [*living, *waiting]]


def _start(name: str, work: Path, base: str) -> subprocess.Popen:
    plain = name.replace(",", "-")
    # Trainings wait for each other by a lock in the user's state folder; here each worker is a machine of its own.
    environment = os.environ | {"XDG_STATE_HOME": str(work / f"{plain}.state"), "PYTHONUNBUFFERED": "1"}
    with (work / f"{plain}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.rehearsal", *sys.argv[1:], "--base", base, "--only", name], env=environment, stdout=log,
            stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip


def worker(asked: argparse.Namespace) -> int:
    arm, _, seed = asked.only.partition(",")
    config = dataclasses.replace(_config(asked, _arms(asked)[arm]), seed=int(seed))
    most = 24 if asked.tiny else asked.most
    workspace = rounds.homes(asked.work, arm, int(seed))
    rounds.rehearse(workspace, encounters(asked), asked.base, config, asked.rounds, asked.of, most, asked.at_once)
    return 0


def encounters(asked: argparse.Namespace) -> list[Encounter]:
    """The visits of train and valid, and the original data; invented ones for ``--tiny``."""
    if asked.tiny:
        from tests.invented import encounter

        made = [encounter(n, "dev" if n > 6 else "train") for n in range(10)]
        return [dataclasses.replace(one, source=rounds.VISITS if n % 2 else rounds.ORIGINAL) for n, one in enumerate(made)]
    found = []
    for name in ("train", "valid"):
        found += read_encounters(asked.data / "aci-bench" / f"{name}.csv", source=rounds.VISITS)
    table = asked.data / "mts-dialog" / "MTS-Dialog-TrainingSet.csv"
    return found + [one for one in read_encounters(table, source=rounds.ORIGINAL) if one.reference]


def _base(asked: argparse.Namespace) -> Path:
    """The folder of the base model, fetched and converted once for all workers."""
    if not asked.tiny:
        return Path(resolve_base(Workspace(asked.work / "base"), asked.base, print).path)
    from tests.tiny import make_tiny_llama

    folder = asked.work / "tiny-llama"
    return folder if folder.exists() else make_tiny_llama(folder)


def report(asked: argparse.Namespace, arms: dict[str, TrainConfig], minutes: float) -> dict:
    """Score what there is and write ``notes.jsonl``, ``rehearsal.json`` and ``rehearsal.md``."""
    path = asked.out / "notes.jsonl"
    if asked.score_only and path.exists():
        before = json.loads((asked.out / "rehearsal.json").read_text(encoding="utf-8"))
        notes = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        before, notes = _gathered(asked, arms, minutes), []
        for arm, seed in _homes(asked, arms):
            notes += rounds.collected(rounds.homes(asked.work, arm, seed), arm, seed)
    known = {one.id: one for one in encounters(asked)}
    measures = scores.score(notes, known, asked.bert, rounds.homes(asked.work, next(iter(arms)), asked.seeds[0]))
    result = before | {"summary": scores.summary(notes, measures)}
    scores.write_report(result, asked.out)
    path.write_text("".join(json.dumps(note, ensure_ascii=False) + "\n" for note in notes), encoding="utf-8")
    return result


def _gathered(asked: argparse.Namespace, arms: dict[str, TrainConfig], minutes: float) -> dict:
    runs = [
        {"arm": arm, "seed": seed} | run
        for arm, seed in _homes(asked, arms)
        for run in rounds.facts_of_runs(rounds.homes(asked.work, arm, seed))
    ]
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "minutes": minutes, "runs": runs,
        "command": shlex.join(["python", "-m", "tests.rehearsal", *sys.argv[1:]]),
        "arms": {name: dataclasses.asdict(config) for name, config in arms.items()},
    }  # fmt: skip


def _homes(asked: argparse.Namespace, arms: dict[str, TrainConfig]) -> list[tuple[str, int]]:
    return [(arm, seed) for arm in arms for seed in asked.seeds if (asked.work / f"{arm}-{seed}" / "studio.db").exists()]


def machine() -> str:
    import torch

    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
    return f"{os.cpu_count()} cores, {platform.machine()}, torch {torch.__version__}"


def _tail(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    return lines[-1] if lines else "nothing said yet"


if __name__ == "__main__":
    sys.exit(main())
