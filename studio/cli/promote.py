"""``scribeloop model promote | rollback | merge``: which model is champion, and what leaves the house."""

from typing import Any

import click

from pipeline import registry
from pipeline.models import named
from pipeline.registry import NotPromoted
from pipeline.workspace import Workspace

from .model import model
from .publishing import bring_back, publish_champion, site_target
from .shell import Answer, command, say, table


@command(model, "promote", example="scribeloop model promote round2")
@click.argument("id")
@click.option("--override", metavar="REASON", help="Promote against the gate; the reason stands in the card and in the audit.")
@click.option("--check", is_flag=True, help="Only show the gate's table; nothing is promoted and nothing goes on record.")
@click.option("--publish", is_flag=True, help="Then build its browser site and publish it where one was published last.")
def promote(workspace: Workspace, id: str, override: str | None, check: bool, publish: bool) -> Answer:
    """Make model ID champion, if the gate finds it better than the champion and no less safe, on the frozen split."""
    # Asked before the gate: a promotion without a place to publish to would be half of what was wanted.
    target = site_target(workspace) if publish else None
    if check:
        from pipeline.gate import run_gate

        found = run_gate(workspace, id, say)
        return Answer(found, gate_text(found), f"scribeloop model promote {id}" if found["passes"] else "")
    try:
        found = registry.promote(workspace, id, say, override)
    except NotPromoted as refused:
        say(gate_text(refused.table))
        raise
    instead = f" in place of {found['replaced']}" if found["replaced"] else ""
    text = f"{gate_text(found)}\n{id} is champion{instead}."
    if target is None:
        return Answer(found, text, "scribeloop browser build champion")
    sent = publish_champion(workspace, target, id)
    return Answer(found | {"published": sent.data}, f"{text}\n{sent.text}", sent.hint)


@command(model, "rollback", example="scribeloop model rollback --reason 'misses negations'")
@click.option("--reason", default="", metavar="TEXT", help="Why; it stands in the card and in the audit.")
@click.option("--keep-published", is_flag=True, help="Leave a published site of the retired model where it is.")
def rollback(workspace: Workspace, reason: str, keep_published: bool) -> Answer:
    """Make the champion before the present one champion again, wherever the champion is named. Where the retired one's site is
    published, the former one's takes its place, if it stood there before."""
    done = registry.roll_back(workspace, reason)
    now = f"{done.replaced} is champion again" if done.replaced else "no model is champion now"
    back = "" if keep_published else bring_back(workspace, done.model_id, done.replaced)
    return Answer(done, f"{done.model_id} is retired; {now}.{back}", "scribeloop model list")


@command(model, "merge", example="scribeloop model merge round2")
@click.argument("id")
def merge(workspace: Workspace, id: str) -> Answer:
    """Fold adapter ID into its base, check the result by its logits, and keep it as a model of its own."""
    from pipeline.merge import merge_adapter

    with workspace.store() as store:
        adapter = store.get_model(named(workspace, id))
    made = merge_adapter(workspace, adapter, say)
    check = made.meta["check"]
    text = f"{made.id}: logits differ by at most {check['max_abs_difference']:.1e} from base plus adapter; {made.path}"
    return Answer(made, text, f"scribeloop browser build {adapter.id}")


def gate_text(found: dict[str, Any]) -> str:
    """The gate's table and what changed since the champion, for people."""
    rows = [
        {
            "part": row["part"], "measure": row["measure"], "from": row["source"], "n": row["n"],
            found["against"]: _number(row["against"]), found["candidate"]: _number(row["candidate"]),
            "difference": _number(row["difference"], "+"), "95% interval": _interval(row["ci95"]), "asked for": row["rule"],
            "passes": "yes" if row["passes"] else f"no: {row['why']}",
        }
        for row in found["rows"]
    ]  # fmt: skip
    changed = found["changes"]
    lines = [f"{found['candidate']} against {found['against']} on {found['split']} ({found['encounters']} encounters)"]
    lines += [table(rows, ""), f"Learnt from {len(changed['new'])} encounters that the champion did not{_ids(changed['new'])}."]
    if changed["against_before"]:
        lines.append(
            f"Of the champion's wins over {changed['against_before']}, {len(changed['lost'])} are lost{_ids(changed['lost'])}."
        )
    return "\n".join(lines)


def _number(value: float | None, sign: str = "") -> str:
    return "" if value is None else f"{value:{sign}.3f}"


def _interval(bounds: list[float] | None) -> str:
    return "" if bounds is None else f"{bounds[0]:+.3f} to {bounds[1]:+.3f}"


def _ids(ids: list[str], most: int = 8) -> str:
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return f": {', '.join(ids[:most])}{more}" if ids else ""
