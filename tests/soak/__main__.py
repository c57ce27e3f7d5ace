"""``python -m tests.soak``: run the long trials, print what each found, and keep it as JSON in build/soak.

Exit status 1 when one did not hold. A new module in this folder with a function ``trial_...`` takes part by being there.
"""

import argparse
import importlib
import json
import pkgutil
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import psutil

import tests.soak as soak
from pipeline.versions import versions

PREFIX = "trial_"


def main() -> int:
    asked = _asked()
    chosen = {name: trial for name, trial in trials().items() if not asked.only or asked.only in name}
    if not chosen:
        print(f"No trial is called {asked.only!r}; there are {', '.join(trials())}.", file=sys.stderr)
        return 2
    record = {"date": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "size": asked.size, **facts(), "trials": {}}
    print(f"{record['date']}, {record['commit']}, {record['machine']}, {asked.size}\n")
    for name, trial in chosen.items():
        started = time.monotonic()
        found = trial(asked.size)
        seconds = round(time.monotonic() - started, 1)
        record["trials"][name] = {**asdict(found), "seconds": seconds}
        print(
            f"{name}: {'held' if found.held else 'DID NOT HOLD'} in {seconds} s. {found.claim}\n{as_markdown(found.rows)}\n",
            flush=True,
        )
    asked.folder.mkdir(parents=True, exist_ok=True)
    path = asked.folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(f"Kept in {path}.")
    return 0 if all(one["held"] for one in record["trials"].values()) else 1


def trials() -> dict[str, Callable[[str], soak.Found]]:
    """Every trial of every module here, by its name without the prefix."""
    modules = [importlib.import_module(f"{soak.__name__}.{found.name}") for found in pkgutil.iter_modules(soak.__path__)]
    return {
        name.removeprefix(PREFIX): trial
        for module in modules
        for name, trial in sorted(vars(module).items())
        if name.startswith(PREFIX) and callable(trial)
    }


def facts() -> dict[str, str | dict[str, str]]:
    """The commit (with a + where files were changed since), the machine and the libraries."""
    said = [
        subprocess.run(["git", *words], capture_output=True, text=True, check=False).stdout.strip()
        for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain"))
    ]
    memory = psutil.virtual_memory().total / 2**30
    return {
        "commit": (said[0] or "no commit") + "+" * bool(said[1]),
        "machine": f"{psutil.cpu_count()} cores, {memory:.0f} GB, {platform.machine()}, Python {platform.python_version()}",
        "versions": versions("numpy", "scipy", "torch", "transformers"),
    }


def as_markdown(rows: list[dict]) -> str:
    if not rows:
        return ""
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([str(row[head]) for head in heads] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.split("\n")[0])
    parser.add_argument("--size", choices=soak.SIZES, default="small", help="small: seconds each, to see that it works")
    parser.add_argument("--only", help="only trials whose name holds this")
    parser.add_argument("--folder", type=Path, default=Path("build/soak"), help="where results are kept")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
