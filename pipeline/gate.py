"""The promotion gate: a candidate beside the champion on the frozen split, and whether it may take the champion's place.

It passes when the primary measure's interval of the paired difference lies beyond 0 on the better side, no safety measure is
worse than its margin at the worse end of its interval, and the loss on general text has not collapsed. What has no data fails.
"""

from collections.abc import Callable
from typing import Any

from annotations import BadInput, Model, NotFound, Promotions

from .gate_config import GateConfig, Named, gate_config
from .gate_measures import Sides, cases, measure_of
from .general import general_losses
from .round_changes import changes
from .splits import covered
from .statistics import compare_models
from .workspace import Workspace

Say = Callable[[str], None]
# With fewer encounters not even the exact test can tell, see ``pipeline.statistics.verdicts``.
FEWEST = 6


def run_gate(workspace: Workspace, candidate_id: str, say: Say) -> dict[str, Any]:
    """``{"candidate", "champion", "against", "split", "rows", "passes", "changes", "settings"}``.

    ``against`` is the model compared with: the champion, or the candidate's base where there is none yet. Each row is
    ``{"part", "measure", "source", "n", "against", "candidate", "difference", "ci95", "rule", "passes", "why"}``.
    """
    config = gate_config(workspace)
    with workspace.store() as store:
        candidate, against, champion = _sides(store, candidate_id)
        sides = Sides(store, covered(store.list_encounters(), config.split), candidate.id, against.id)
        if not sides.encounters:
            raise NotFound(f"There is no encounter in {config.split}, on which the gate compares; import some for dev.")
        rows, cases_of = _compared(config, sides)
        changed = changes(store, workspace, candidate, champion, config.primary, sides, cases_of)
    rows.append(general_row(general_losses(workspace, candidate, against, say), config.general_margin))
    return {
        "candidate": candidate.id, "champion": champion and champion.id, "against": against.id, "split": config.split,
        "encounters": len(sides.encounters), "rows": rows, "passes": all(row["passes"] for row in rows), "changes": changed,
        "settings": str(config.path.name),
    }  # fmt: skip


def _sides(store: Any, candidate_id: str) -> tuple[Model, Model, Model | None]:
    candidate, champion = store.get_model(candidate_id), Promotions(store).champion()
    if candidate.kind != "adapter":
        raise BadInput(f"{candidate_id!r} is a {candidate.kind} model; expected an adapter, which is what training makes.")
    if champion and champion.id == candidate.id:
        raise BadInput(f"{candidate_id!r} is the champion already.")
    return candidate, champion or store.get_model(candidate.base_id), champion


def _compared(config: GateConfig, sides: Sides) -> tuple[list[dict[str, Any]], Any]:
    rows, primary = [], None
    for part, named in [("primary", config.primary), *(("safety", one) for one in config.safety)]:
        found = cases(named, sides)
        primary = primary or found
        rows.append(judged(part, named, compare_models(*found, [measure_of(named)])[0]))
    return rows, primary


def judged(part: str, named: Named, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the statistics (candidate minus champion) with the gate's rule and whether it is kept."""
    better = 1 if row["higher_is_better"] else -1
    head = {
        "part": part, "measure": named.measure, "source": named.source, "n": row["clusters"],
        "candidate": row["first"]["mean"], "against": row["second"]["mean"], "difference": row["difference"], "ci95": row["ci95"],
    }  # fmt: skip
    if part == "primary":
        rule = "interval above 0" if better > 0 else "interval below 0"
    else:
        rule = f"at most {named.margin:g} {'less' if better > 0 else 'more'}"
    if not row["n"]:
        return head | {"rule": rule, "passes": False, "why": _no_data(named)}
    if row["clusters"] < FEWEST or row["ci95"] is None:
        few = f"too few to tell: {row['clusters']} of at least {FEWEST} encounters"
        return head | {"rule": rule, "passes": False, "why": few}
    # The worse end is the lower one where more is better.
    worse_end = min(better * bound for bound in row["ci95"])
    limit = 0 if part == "primary" else -named.margin
    passes = worse_end > limit if part == "primary" else worse_end >= limit
    return head | {"rule": rule, "passes": passes, "why": "" if passes else "not shown" if part == "primary" else "may be worse"}


def _no_data(named: Named) -> str:
    where = {
        "references": "no encounter has a reference note and both models' notes",
        "reviews": "no submitted review compares the two models here",
        "judge": "no judge has read both models' notes here",
        "hints": "both models have no notes for the same encounter here",
    }
    return f"no data: {where[named.source]}"


def general_row(losses: dict[str, float], margin: float) -> dict[str, Any]:
    """``losses`` are the base's, the champion's and the candidate's, in nats per token; the base's is what must not be lost."""
    risen = losses["candidate"] - losses["base"]
    passes = risen <= margin
    return {
        "part": "general", "measure": "loss on general text", "source": "shipped texts", "n": int(losses["texts"]),
        "candidate": losses["candidate"], "against": losses["against"], "difference": risen, "ci95": None,
        "rule": f"at most {margin:g} above the base's {losses['base']:.2f}", "passes": passes,
        "why": "" if passes else "the model forgot how to read other text",
    }  # fmt: skip
