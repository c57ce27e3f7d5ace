"""The README's commands: those marked to run are executed, all others must be real commands with real options."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from studio.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(<!-- run -->\n)?```\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for _, block in BLOCKS for line in block.splitlines() if line.startswith("scribeloop ")]


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


def test_every_file_that_the_readme_links_to_is_there():
    root = Path(__file__).parents[1]
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (root / target).exists(), target
