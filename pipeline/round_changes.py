"""What the next round should know: which encounters a model learnt from that the champion did not, and which wins it lost."""

from typing import Any

from annotations import Model, Promotions, Store

from .gate_config import Named
from .gate_measures import Cases, Sides, cases, measure_of
from .run_files import RUN_FILE, read_run
from .workspace import Workspace


def changes(
    store: Store, workspace: Workspace, candidate: Model, champion: Model | None, primary: Named, sides: Sides,
    found: tuple[Cases, Cases],
) -> dict[str, Any]:  # fmt: skip
    """``{"new", "gone", "lost", "against_before"}``, all lists of encounter ids but the last.

    ``new`` were trained on by the candidate and not by the champion, ``gone`` the reverse. ``lost`` are the champion's earlier
    wins that the candidate gives up: where the champion was better than the model it replaced (``against_before``) by the primary
    measure, and the candidate is not.
    """
    learnt, before = learnt_from(workspace, candidate), learnt_from(workspace, champion) if champion else set()
    older = _replaced(store, champion) if champion else None
    lost = _lost(primary, sides, found, older) if champion and older else []
    return {
        "new": sorted(learnt - before), "gone": sorted(before - learnt), "lost": lost, "against_before": older,
    }  # fmt: skip


def learnt_from(workspace: Workspace, model: Model) -> set[str]:
    """The encounters of the dataset that the model's run was made from, without what was only replayed."""
    from .dataset_files import read_manifest

    if not model.run_id or not (workspace.runs / model.run_id / RUN_FILE).exists():
        return set()
    run = read_run(workspace.runs / model.run_id)
    return set(read_manifest(workspace, run.dataset["name"])["split_ids"]["train"])


def _replaced(store: Store, champion: Model) -> str | None:
    """What the champion stood against when it came to be: the champion before it, or its base."""
    promoted = [one for one in Promotions(store).list(champion.id) if one.outcome in ("promoted", "overridden")]
    return (promoted[-1].replaced if promoted else None) or champion.base_id


def _lost(primary: Named, sides: Sides, found: tuple[Cases, Cases], older: str) -> list[str]:
    name, better = primary.measure, 1 if measure_of(primary).higher_is_better else -1
    earlier = Sides(sides.store, sides.encounters, sides.champion, older)
    old = {case["id"]: case[name] for case in cases(primary, earlier)[1]}
    mine, champions = ({case["id"]: case[name] for case in side} for side in found)
    known = [id for id in champions if None not in (champions[id], old.get(id), mine.get(id))]
    return sorted(id for id in known if better * (champions[id] - old[id]) > 0 >= better * (mine[id] - old[id]))
