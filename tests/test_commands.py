"""The command line as a contract: help, examples, speed, exit codes, --json."""

import json
import shlex
import subprocess
import sys
import time

import click
import pytest

from studio.cli import main


def commands(group: click.Group = main, path: str = "scribeloop"):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def scribeloop(*words: str, **more) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "studio.cli", *words], capture_output=True, text=True, timeout=120, **more)


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_has_help_an_example_home_and_json(path, command):
    assert command.help and len(command.help) > 15
    example = (command.epilog or "").split("Example:")[-1].strip()
    assert example.startswith(path), f"{path} shows the example {example!r}"
    options = {name for option in command.params for name in option.opts}
    assert {"--home", "--json"} <= options
    assert all(option.help for option in command.params if isinstance(option, click.Option)), f"{path} has an option without help"


def test_every_example_parses():
    for path, command in commands():
        words = shlex.split(command.epilog.split("Example:")[-1].strip())[len(path.split()) :]
        command.make_context(path, words)


def test_help_answers_without_the_heavy_libraries():
    code = "import sys, studio.cli; print([m for m in ('torch', 'transformers', 'gradio', 'datasets') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert found.stdout.strip() == "[]", found.stderr


def test_help_answers_quickly():
    # Best of three: the contract is one second on an idle machine; a machine busy with other tests is given three.
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        assert scribeloop("--help").returncode == 0
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 3


def test_a_failure_the_user_can_mend_is_one_sentence_and_status_1(tmp_path):
    found = scribeloop("dataset", "show", "nowhere", "--home", str(tmp_path))
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.startswith("Error: ") and "nowhere" in found.stderr and "Traceback" not in found.stderr


def test_wrong_usage_is_status_2():
    assert scribeloop("notes", "generate", "--limit", "many").returncode == 2


def test_json_is_one_document_and_nothing_else(tmp_path):
    found = scribeloop("db", "status", "--home", str(tmp_path), "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["users"] == 1


def test_verify_and_backup(tmp_path):
    home = ["--home", str(tmp_path / "home")]
    assert json.loads(scribeloop("db", "verify", "--json", *home).stdout) == {"ok": True, "problems": []}
    copy = tmp_path / "copy.db"
    assert json.loads(scribeloop("db", "backup", str(copy), "--json", *home).stdout)["bytes"] == copy.stat().st_size
    assert scribeloop("db", "backup", str(copy), *home).returncode == 1
