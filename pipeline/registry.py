"""Promoting and rolling back: the gate's decision, written into the line of models, the audit and the model's card at once."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotations import BadInput, Promotion, Promotions, Refused

from .gate import run_gate
from .workspace import Workspace

Say = Callable[[str], None]
_SECTION = re.compile(r"\n## Promotion\n.*", re.DOTALL)


def promote(workspace: Workspace, model_id: str, say: Say, override: str | None = None) -> dict[str, Any]:
    """Make a candidate champion if the gate lets it pass, or against the gate with ``override``, the reason why.

    Returns the gate's table with ``outcome``. Refused when it does not pass; the try is on record all the same.
    """
    if override is not None and not override.strip():
        raise BadInput("An override needs a reason in words, which the card and the audit will show.")
    table = run_gate(workspace, model_id, say)
    with workspace.store() as store:
        promotions = Promotions(store)
        if not table["passes"] and not override:
            promotions.refuse(model_id, table)
            raise NotPromoted(table, sum(one.outcome == "refused" for one in promotions.list(model_id)))
        decision = promotions.promote(model_id, table, "" if table["passes"] else override.strip())
    write_cards(workspace, model_id, decision.replaced)
    return table | {"outcome": decision.outcome, "replaced": decision.replaced, "reason": decision.reason}


class NotPromoted(Refused):
    """The gate's answer, with its table."""

    def __init__(self, table: dict[str, Any], tries: int) -> None:
        failed = [f"{row['measure']} ({row['why']})" for row in table["rows"] if not row["passes"]]
        again = f" This was try {tries} on the same encounters." if tries > 1 else ""
        super().__init__(
            f"{table['candidate']} is not promoted: {', '.join(failed)}.{again} Bring what is missing, train again, or promote "
            'it all the same with: --override "REASON"'
        )
        self.table = table


def roll_back(workspace: Workspace, reason: str = "") -> Promotion:
    """The champion before the present one is champion again, wherever a champion is named: notes, browser site, cards."""
    with workspace.store() as store:
        decision = Promotions(store).roll_back(reason)
    write_cards(workspace, decision.model_id, decision.replaced)
    return decision


def write_cards(workspace: Workspace, *model_ids: str | None) -> None:
    """Bring the cards of these models, and of what was merged from them, up to the line of models."""
    with workspace.store() as store:
        promotions, models = Promotions(store), store.list_models()
        for model in models:
            line = model.meta.get("adapter_id", model.id)
            if line in model_ids:
                standing = store.get_model(line).status or "candidate"
                _write_section(Path(model.path) / "README.md", standing_text(standing, promotions.list(line)))


def standing_text(status: str, decisions: list[Promotion]) -> str:
    """The card's section on where the model stands, made from the audit."""
    lines = [f"Status: {status}.", ""]
    for one in decisions:
        reason = f' Reason given: "{one.reason}"' if one.reason else ""
        against = f", against {one.data['against']} on {one.data['split']}" if "against" in one.data else ""
        lines.append(f"- {one.at[:16]} {one.outcome} by {one.user_id}{against}.{reason}")
        lines += [f"  - {_row_text(row)}" for row in one.data.get("rows", [])]
    return "\n".join(lines)


def _row_text(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return f"{row['measure']}: {row['why']}"
    interval = f" ({row['ci95'][0]:+.3f} to {row['ci95'][1]:+.3f})" if row["ci95"] else ""
    return f"{row['measure']} ({row['rule']}): {row['difference']:+.3f}{interval}, {'passed' if row['passes'] else row['why']}"


def _write_section(card: Path, text: str) -> None:
    if not card.exists():
        return
    body = _SECTION.sub("", card.read_text(encoding="utf-8")).rstrip()
    card.write_text(f"{body}\n\n## Promotion\n\n{text}\n", encoding="utf-8")
