"""The settings of a training: checked, said as a command, kept as a file."""

import dataclasses

import pytest

from annotations import BadInput
from pipeline.runs import train_command
from pipeline.train_config import TrainConfig, config_from


def test_settings_are_checked():
    assert config_from({"rank": 8}) == TrainConfig(rank=8)
    wrong = (({"rnak": 8}, "rnak"), ({"lr": 0}, "lr is 0"), ({"schedule": "step"}, "cosine"), ({"warmup": 1.5}, "1.5"))
    for settings, message in wrong:
        with pytest.raises(BadInput, match=message):
            config_from(settings)


def test_the_command_says_what_differs_from_the_defaults():
    config = TrainConfig(epochs=1, lr=1e-4, schedule="linear")
    assert train_command("refs", "tiny", TrainConfig()) == "scribeloop model train refs --base tiny"
    assert train_command("refs", "tiny", config, "mine") == (
        "scribeloop model train refs --base tiny --name mine --lr 0.0001 --set schedule=linear --epochs 1"
    )


def test_all_settings_are_one_file_that_can_be_read_again(workspace, tmp_path):
    from click.testing import CliRunner

    from pipeline.train_toml import as_toml, read_toml
    from studio.cli import main

    config = TrainConfig(lr=1e-5, epochs=2, rslora=False, replay="old", replay_share=0.25)
    path = tmp_path / "run.toml"
    path.write_text(as_toml(config, dataset="refs", base="tiny", name='a "name"'), encoding="utf-8")
    inputs, settings = read_toml(path)
    assert inputs == {"dataset": "refs", "base": "tiny", "name": 'a "name"'}
    assert config_from(settings) == config and set(settings) == {field.name for field in dataclasses.fields(TrainConfig)}
    # An option goes before the file, the file before the default.
    words = ["model", "train", "--config", str(path), "--show-config", "--epochs", "5", "--home", str(workspace.home)]
    shown = CliRunner().invoke(main, words)
    assert "epochs = 5.0" in shown.stdout and "rslora = false" in shown.stdout and 'dataset = "refs"' in shown.stdout
    path.write_text("[training]\nrnak = 3\n")
    refused = CliRunner().invoke(main, words)
    assert refused.exit_code == 1 and "no training setting rnak" in refused.stderr
