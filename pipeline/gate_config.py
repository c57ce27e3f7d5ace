"""What the promotion gate is told: ``gate.toml`` of the workspace, or the one that ships."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import BadInput, one_of

from .splits import MEASURED
from .workspace import Workspace

SHIPPED = Path(__file__).with_name("gate.toml")
SOURCES = ("references", "reviews", "judge", "hints")


@dataclass(frozen=True)
class Named:
    """A measure and where it comes from; ``margin`` is for safety measures, in the measure's own unit."""

    measure: str
    source: str
    margin: float | None = None

    def __post_init__(self) -> None:
        one_of(self.source, SOURCES, f"The source of the gate's measure {self.measure!r}")
        if self.margin is not None and not self.margin >= 0:
            raise BadInput(f"The margin of {self.measure!r} is {self.margin}; expected 0 or more.")


@dataclass(frozen=True)
class GateConfig:
    """``general_margin`` is in nats per token above the base model's loss."""

    split: str
    primary: Named
    safety: tuple[Named, ...]
    general_margin: float
    path: Path


def gate_config(workspace: Workspace) -> GateConfig:
    """The gate's settings; BadInput names the file and what is wrong with it."""
    own = workspace.home / "gate.toml"
    path = own if own.exists() else SHIPPED
    try:
        return parse_gate(tomllib.loads(path.read_text(encoding="utf-8")), path)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{path} cannot be used as the gate's settings ({type(error).__name__}: {error}); the one that ships, {SHIPPED}, "
            "shows what is expected."
        ) from error


def parse_gate(settings: dict[str, Any], path: Path) -> GateConfig:
    known = {"split", "primary", "safety", "general"}
    if set(settings) - known:
        raise BadInput(f"{path} has {', '.join(sorted(set(settings) - known))}; the gate knows {', '.join(sorted(known))}.")
    one_of(settings["split"], tuple(name for name in MEASURED if name != "test"), f"The split in {path}")
    safety = tuple(Named(one["measure"], one["source"], one["margin"]) for one in settings["safety"])
    return GateConfig(settings["split"], Named(**settings["primary"]), safety, float(settings["general"]["margin"]), path)
