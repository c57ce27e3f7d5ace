"""Whether a model may leave the house: promoted by the gate, under a licence that is known, taught with invented text."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import Model, Promotion, Promotions, ScribeloopError
from pipeline.dataset_files import read_manifest
from pipeline.model_facts import model_facts
from pipeline.workspace import Workspace

from .licences import Licence, read_licence


@dataclass(frozen=True)
class Standing:
    """What is recorded of a model. ``line`` is the adapter that the gate judges, ``model`` what was asked for, ``base`` what it
    was trained from; ``learnt`` is ``{"name", "rows", "encounters", "real"}`` for each data set, with None for counts that are
    not known."""

    model: Model
    line: Model
    base: Model | None
    decisions: list[Promotion]
    facts: dict[str, Any]
    learnt: list[dict[str, Any]]

    @property
    def promoted(self) -> bool:
        """True while its last decision is a promotion; one that was rolled back no longer counts."""
        decided = [one.outcome for one in self.decisions if one.outcome != "refused"]
        return bool(decided) and decided[-1] in ("promoted", "overridden")

    @property
    def invented_only(self) -> bool:
        return bool(self.learnt) and all(one["real"] == 0 for one in self.learnt)

    def folders(self) -> list[Path]:
        """Where its licence's text may lie."""
        return [Path(model.path) for model in (self.base, self.model) if model and model.path]


def standing_of(workspace: Workspace, model_id: str) -> Standing:
    """NotFound for a model that nobody registered."""
    with workspace.store() as store:
        model = store.get_model(model_id)
        line = store.get_model(model.meta.get("adapter_id", model.id))
        base = store.find_model(line.base_id) if line.base_id else None
        decisions = Promotions(store).list(line.id)
    facts = model_facts(workspace, line)
    learnt = _learnt(workspace, line, facts)
    if base and base.kind == "merged":
        # A model that was tuned before: what its base learnt is in its weights too.
        learnt += standing_of(workspace, base.id).learnt
    return Standing(model, line, base, decisions, facts, learnt)


def unpromoted(standing: Standing) -> str | None:
    """Why the gate's word is missing, None when it is there."""
    line = standing.line
    if standing.promoted:
        return None
    if line.kind != "adapter":
        return f"{line.id!r} is a {line.kind} model, which no gate here has judged; publish an adapter that was promoted."
    if any(one.outcome == "rolled back" for one in standing.decisions):
        return f"{line.id!r} was rolled back; publish the champion, or promote it anew with: scribeloop model promote {line.id}"
    return f"The gate has not promoted {line.id!r}; let it decide with: scribeloop model promote {line.id}"


def licence_of(standing: Standing, stated: str | None) -> tuple[Licence | None, str | None]:
    """The licence, or why there is none: the recorded one, or the one that the person states where none is recorded."""
    recorded = standing.model.licence or standing.line.licence or (standing.base and standing.base.licence)
    if recorded and stated and read_licence(stated) != read_licence(recorded):
        return None, f"The licence of {standing.model.id!r} is recorded as {recorded!r}; leave --licence out."
    if not recorded and not stated:
        return None, (
            f"The licence of {standing.model.id!r} is not recorded; state its base model's, such as --licence Apache-2.0."
        )
    licence = read_licence(recorded or stated)
    if licence is None:
        return None, f"The licence {recorded or stated!r} is not one whose conditions are known here; publish it by hand."
    return licence, None


def taught_with_real_text(standing: Standing, public: bool) -> tuple[str | None, str | None]:
    """A problem (for all the world) or a notice (for a private place) when a model learnt from text not known to be invented:
    weights can recite what they were taught."""
    if standing.invented_only:
        return None, None
    real = [f"{one['name']} ({_count(one)})" for one in standing.learnt if one["real"] != 0]
    said = f"{standing.line.id!r} learnt from " + (", ".join(real) if real else "data that is not recorded here")
    if public:
        return f"{said}, and weights can recite what they learnt; leave --public out.", None
    return None, f"{said}; keep the place that you publish to private."


def _count(learnt: dict[str, Any]) -> str:
    return "not known whether it is invented" if learnt["real"] is None else f"{learnt['real']} rows not marked as invented"


def _learnt(workspace: Workspace, line: Model, facts: dict[str, Any]) -> list[dict[str, Any]]:
    if line.meta.get("ships"):
        # The adapter that comes with the project, made from the encounters that come with it, all invented.
        rows = json.loads((Path(line.path) / "scribeloop.json").read_text(encoding="utf-8"))["dataset"]["rows"]
        return [{"name": "encounters that ship with Scribeloop", "rows": rows, "encounters": rows, "real": 0}]
    run = facts["run"] or {}
    sets = [one for one in (run.get("dataset"), run.get("replay")) if one]
    return [_counts(workspace, one) for one in sets]


def _counts(workspace: Workspace, dataset: dict[str, Any]) -> dict[str, Any]:
    """As the set's manifest counts them, if the set is still there and still the one that was learnt from."""
    unknown = {"name": dataset["name"], "rows": dataset.get("rows"), "encounters": None, "real": None}
    try:
        manifest = read_manifest(workspace, dataset["name"])
    except ScribeloopError:
        return unknown
    if manifest["files"]["train.jsonl"]["sha256"] != dataset.get("sha256"):
        return unknown
    counts = manifest["counts"]
    return unknown | {key: counts[key] for key in ("rows", "encounters", "real")}
