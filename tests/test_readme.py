"""The README's commands: all are real commands with real options. The marked blocks, and that of stronger models against a server
on the loopback, are executed as they stand; for each of the others a test is named that runs it on a tiny model."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.workspace import Workspace
from studio.cli import main
from tests.pipeline.invented_judge import judge
from tests.pipeline.loopback_model import loopback_model
from tests.reviewed import few_reviews

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(<!-- run -->\n)?```\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for _, block in BLOCKS for line in block.splitlines() if line.startswith("scribeloop ")]
UNMARKED = [block.splitlines() for mark, block in BLOCKS if not mark and block.startswith("scribeloop ")]
STRONGER = next(lines for lines in UNMARKED if lines[0].startswith("scribeloop endpoint add"))
# They take minutes with the models that the README names. The tests run them with a tiny one.
RUN_BY = {
    "notes generate": "test_walk.py",
    "serve": "studio/test_serve.py",
    "reviews list": "studio/test_review_commands.py",
    "dataset build": "test_walk.py",
    "model train": "test_walk.py",
    "model evaluate": "pipeline/test_evaluate.py",
    "score": "pipeline/test_score_files.py",
    "model promote": "pipeline/test_gate.py",
    "browser build": "test_walk.py",
    "browser check": "test_walk.py",
    "browser serve": "test_walk.py",
    "reviews import": "exports/test_page_work.py",
    "publish browser": "exports/test_publish.py",
    "publish space": "studio/test_space.py",
    "publish model": "exports/test_publish.py",
    "publish dataset": "exports/test_publish.py",
}


def test_the_first_two_commands_are_the_makefiles():
    first = BLOCKS[0][1].split()
    assert first[:2] == ["make", "studio"]
    makefile = (Path(__file__).parents[1] / "Makefile").read_text()
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in ("studio", "test"))


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_readme_exists(line):
    command, words = main, shlex.split(line)[1:]
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    command.make_context(line, words)


def test_the_marked_commands_run(tmp_path):
    lines = [line for mark, block in BLOCKS if mark for line in block.splitlines()]
    assert len(lines) >= 5
    for line in lines:
        words = [sys.executable, "-m", "studio.cli", *shlex.split(line)[1:]]
        # What the commands write goes beside the home, not into the project.
        environment = os.environ | {"SCRIBELOOP_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[1])}
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, f"{line}: {done.stderr}"


def test_the_block_of_stronger_models_runs(tmp_path):
    """Its lines as they stand, but for the server's address, on a home with notes and reviews."""
    with Workspace(tmp_path).store() as store:
        few_reviews(store)
    with loopback_model(judge()) as served:
        for line in STRONGER:
            words = shlex.split(line.replace("http://127.0.0.1:8000/v1", served.address))[1:]
            done = CliRunner().invoke(main, [*words, "--home", str(tmp_path)])
            assert done.exit_code == 0, f"{line}: {done.output}"
    assert served.requests, "the judge was asked"


def test_each_other_command_is_run_by_a_test():
    others = [line for lines in UNMARKED if lines is not STRONGER for line in lines]
    assert {_names(line) for line in others} == set(RUN_BY)
    for command, file in RUN_BY.items():
        text = (Path(__file__).parent / file).read_text(encoding="utf-8")
        assert all(f'"{word}"' in text for word in command.split()), f"{file} does not run {command}"


def _names(line: str) -> str:
    """The command of a line without its options: ``model train`` of ``scribeloop model train round1 --follow``."""
    command, words = main, shlex.split(line)[1:]
    names = []
    while isinstance(command, click.Group):
        names.append(words.pop(0))
        command = command.commands[names[-1]]
    return " ".join(names)


def test_every_file_that_the_readme_links_to_is_there():
    root = Path(__file__).parents[1]
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (root / target).exists(), target
