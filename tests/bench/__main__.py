"""``python -m tests.bench``: fill both sides, measure both, say how they compare.

What is slow is kept in the folder and found again: the two filled databases and Label Studio's environment. The full size needs
about 4 GB of disk there, a quiet machine, Chromium, and PyPI for the first run.
"""

import argparse
import dataclasses
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import report
from tests.bench.sides import LABEL_STUDIO, SIZES, filled_label_studio, filled_studio, measure_label_studio, measure_studio


def main() -> None:
    asked = _asked()
    size, folder = SIZES[asked.size], asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if asked.prepare:
        filled_studio(folder, size)
        filled_label_studio(folder, size, asked.port + 1)
        return
    started = time.monotonic()
    found = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "size_name": asked.size, "size": dataclasses.asdict(size)}
    found["facts"] = report.facts()
    found["scribeloop"] = measure_studio(folder, size, asked.port)
    found |= _label_studio(asked, folder)
    found["minutes"] = (time.monotonic() - started) / 60
    report.write(found, folder, asked.page)
    print(report.as_markdown(found))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--size", choices=SIZES, default="small", help="small: 200 encounters, to see that it works")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="where databases and environment are kept")
    parser.add_argument("--page", type=Path, help="also write the report to this Markdown file")
    parser.add_argument("--port", type=int, default=7960, help="the studio's; Label Studio takes the next one")
    parser.add_argument("--prepare", action="store_true", help="only install Label Studio and fill both databases")
    parser.add_argument("--studio-only", action="store_true", help="leave Label Studio out")
    return parser.parse_args()


def _label_studio(asked: argparse.Namespace, folder: Path) -> dict:
    nothing = {"label_studio": None, "label_studio_package": LABEL_STUDIO}
    if asked.studio_only:
        return nothing | {"label_studio_missing": "it was left out by --studio-only."}
    try:
        return nothing | {"label_studio": measure_label_studio(folder, SIZES[asked.size], asked.port + 1)}
    except subprocess.CalledProcessError as error:
        print(f"Label Studio cannot be installed here: {error}", file=sys.stderr)
        return nothing | {"label_studio_missing": "it could not be installed on this machine."}


if __name__ == "__main__":
    main()
