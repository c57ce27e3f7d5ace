"""A run's settings as one TOML file: all of them, saved with the run, and read again to run it anew."""

import dataclasses
import json
import tomllib
from pathlib import Path
from typing import Any

from annotations import BadInput, NotFound

from .train_config import TrainConfig

CONFIG_FILE = "config.toml"
# What a run is made from, beside its settings.
INPUTS = ("dataset", "base", "name")


def as_toml(config: TrainConfig, **inputs: str | None) -> str:
    """Every setting, defaults too, one a line; ``inputs`` (dataset, base, name) come first."""
    lines = ["# scribeloop model train --config FILE", ""]
    lines += [f"{key} = {_value(inputs[key])}" for key in INPUTS if inputs.get(key)]
    lines += ["", "[training]"]
    lines += [f"{field.name} = {_value(getattr(config, field.name))}" for field in dataclasses.fields(config)]
    return "\n".join(lines) + "\n"


def read_toml(path: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """The inputs and the training settings of a file; a setting that does not exist is found when the config is made of them."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}; write one with: scribeloop model train --show-config > {path.name}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} is not TOML ({error}); compare: scribeloop model train --show-config") from error
    unknown = set(found) - {*INPUTS, "training"}
    if unknown:
        raise BadInput(f"{path.name} has {', '.join(sorted(unknown))}; expected {', '.join(INPUTS)} and a table [training].")
    return {key: found[key] for key in INPUTS if key in found}, found.get("training", {})


def _value(value: Any) -> str:
    # JSON writes text, truth values and whole numbers as TOML does; a float keeps its point.
    return repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
