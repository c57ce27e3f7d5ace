"""The smallest build of each variant that stays close enough to its model: settings are tried from the smallest on."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from annotations import sha256

from .known import known_text
from .onnx import RECIPES, SETTINGS, Setting, Variant, build_onnx, discard_build, made_by
from .parity import Reference, measure
from .parity_limits import LIMITS, refuse_unfit, stated, unfit

Say = Callable[[str], None]
Build = tuple[Path, Variant]  # the folder that holds it
# Goes up when a measurement has other figures than before, so that kept ones are measured again.
FIGURES = 2


def smallest_fit(
    model_dir: Path, out_dir: Path, variants: Sequence[str], say: Say, force: bool = False
) -> tuple[list[Build], dict[str, Any]]:
    """For each of ``variants`` the first of SETTINGS whose build lies within the limits, and the parity record.

    The record holds the limits, the figures of what was chosen (``variants``), of each variant all that was tried, with its
    size, its figures and why it was given up (``tried``), and a text for GPUs to be tried on (``known``). Builds are kept below
    ``out_dir``, those that were given up as figures alone. Raises Refused when no setting will do; ``force``
    takes the smallest whatever it is like.
    """
    reference = Reference(model_dir)
    tried = {name: _search(reference, out_dir, name, say, force) for name in variants}
    chosen = {name: rows[-1] for name, rows in tried.items()}
    if not force:
        refuse_unfit(chosen)
    builds = []
    for name, found in chosen.items():
        setting = SETTINGS[found["setting"]]
        # There since it was measured, or gone since then under stricter limits.
        builds.append((out_dir / setting.name, build_onnx(model_dir, out_dir / setting.name, name, setting, say)))
    known = {
        variant.name: _known(reference, folder, variant) for folder, variant in builds if RECIPES[variant.name].device == "webgpu"
    }
    return builds, {"limits": stated(), **reference.settings(), "variants": chosen, "tried": tried, "known": known}


def _search(reference: Reference, out_dir: Path, name: str, say: Say, force: bool) -> list[dict[str, Any]]:
    """A row for each setting that was tried; the last is the one that fits, when any does."""
    rows: list[dict[str, Any]] = []
    for setting in SETTINGS.values():
        found = _measured(reference, out_dir / setting.name, name, setting, say)
        why = unfit(found)
        rows.append({"setting": setting.name, **found, "why": why})
        if not why or force:
            break
        say(f"  {name} in {setting.name} {why}")
        discard_build(out_dir / setting.name, name)
        if "unmeasured" in found:
            break
    return rows


def _measured(reference: Reference, folder: Path, name: str, setting: Setting, say: Say) -> dict[str, Any]:
    """The figures of one build; those that are known already need no build."""
    key = sha256(json.dumps([FIGURES, made_by(name, setting), reference.settings(), LIMITS.lead]))[:12]
    kept = folder / f"parity-{name}-{key}.json"
    if not kept.exists():
        variant = build_onnx(reference.model_dir, folder, name, setting, say)
        say(f"Measuring {name} in {setting.name} against the model")
        found = {"bytes": variant.bytes, "seconds": variant.seconds, **measure(folder / variant.path, reference)}
        kept.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        say(f"  {name} in {setting.name}: {account(found)}")
    return json.loads(kept.read_text(encoding="utf-8"))


def _known(reference: Reference, folder: Path, variant: Variant) -> dict[str, Any] | None:
    """What the build must choose on a GPU too, worked out once."""
    key = sha256(json.dumps([made_by(variant.name, SETTINGS[folder.name]), reference.settings()]))[:12]
    kept = folder / f"known-{variant.name}-{key}.json"
    if not kept.exists():
        kept.write_text(json.dumps(known_text(reference, folder / variant.path)) + "\n", encoding="utf-8")
    return json.loads(kept.read_text(encoding="utf-8"))


def account(found: dict[str, Any]) -> str:
    """The figures of a build, in words."""
    if "unmeasured" in found:
        return f"{found['bytes'] / 1e6:.1f} MB, not measured ({found['unmeasured']})"
    return (
        f"{found['bytes'] / 1e6:.1f} MB, mean divergence {found['mean_kl']:.4f} nats, same first choice "
        f"{found['top1_agreement']:.0%}, ROUGE-1 of its notes {found['rouge1']:.2f} (between visits "
        f"{found['others_rouge1']:.2f}), degenerate notes {found['degenerate']:.0%} (the model's {found['model_degenerate']:.0%})"
    )
