"""The line of models: one champion at most, candidates before it, retired ones behind; and the audit of how each got there."""

from dataclasses import dataclass, field
from typing import Any

from .errors import Conflict, NotFound, Refused
from .rows import from_row, to_row
from .store import LOCAL_USER, Store
from .values import Model, new_id, now, one_of

OUTCOMES = ("promoted", "overridden", "refused", "rolled back")


@dataclass(frozen=True)
class Promotion:
    """One decision on ``model_id``, with the table (``data``) that it was made by. ``replaced`` is the champion before, if any;
    ``reason`` is what the person said who promoted against the gate."""

    model_id: str
    outcome: str
    replaced: str | None
    user_id: str
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: new_id("pro"))
    at: str = field(default_factory=now)

    def __post_init__(self) -> None:
        one_of(self.outcome, OUTCOMES, "The outcome of a promotion")


class Promotions:
    """Who is champion, and how that came about; every decision stays."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def champion(self) -> Model | None:
        row = next(self.store.table("models").rows_where("status = 'champion'"), None)
        return from_row(Model, row) if row else None

    def list(self, model_id: str | None = None) -> list[Promotion]:
        """Decisions, oldest first."""
        where = ("model_id = ?", [model_id]) if model_id else (None, ())
        return [from_row(Promotion, row) for row in self.store.table("promotions").rows_where(*where, order_by="rowid")]

    def refuse(self, model_id: str, data: dict[str, Any], user_id: str = LOCAL_USER) -> Promotion:
        """Put on record that the gate did not let the model through: each try is a look at the frozen split."""
        champion = self.champion()
        return self._decide(Promotion(model_id, "refused", champion and champion.id, user_id, data=data))

    def promote(self, model_id: str, data: dict[str, Any], reason: str = "", user_id: str = LOCAL_USER) -> Promotion:
        """Make the model champion and retire the one before it. With a ``reason`` it is an override of the gate.

        Conflict when it is champion already, or when another became champion since the gate compared them.
        """
        with self.store.act():
            champion, model = self.champion(), self.store.get_model(model_id)
            if champion and champion.id == model_id:
                raise Conflict(f"{model_id!r} is the champion already.")
            if (champion and champion.id) != data.get("champion", champion and champion.id):
                raise Conflict(f"Another model ({champion and champion.id}) became champion meanwhile; run the gate again.")
            if model.kind != "adapter":
                raise Refused(f"{model_id!r} is a {model.kind} model; only an adapter is promoted, and its builds with it.")
            self._stand(champion, "retired")
            self._stand(model, "champion")
            outcome = "overridden" if reason else "promoted"
            return self._decide(Promotion(model_id, outcome, champion and champion.id, user_id, reason, data))

    def roll_back(self, reason: str = "", user_id: str = LOCAL_USER) -> Promotion:
        """Make the champion before the present one champion again; without one before, none is champion."""
        with self.store.act():
            champion = self.champion()
            if champion is None:
                raise NotFound("No model is champion, so there is nothing to roll back; promote one first.")
            before = self._before(champion.id)
            self._stand(champion, "retired")
            self._stand(before and self.store.get_model(before), "champion")
            data = {"restored": before}
            return self._decide(Promotion(champion.id, "rolled back", before, user_id, reason, data))

    def _before(self, champion_id: str) -> str | None:
        """What the present champion replaced when it last came to be: by its promotion, or by a rollback to it, which takes the
        line further back."""
        line: list[str] = []
        for one in self.list():
            if one.outcome in ("promoted", "overridden"):
                line.append(one.model_id)
            elif one.outcome == "rolled back" and line:
                line.pop()
        return line[-2] if len(line) > 1 and line[-1] == champion_id else None

    def _stand(self, model: Model | None, status: str) -> None:
        if model:
            self.store.table("models").update(model.id, {"status": status})

    def _decide(self, promotion: Promotion) -> Promotion:
        with self.store.act():
            self.store.get_model(promotion.model_id)
            self.store.table("promotions").insert(to_row(promotion))
            # The audit says in short what the table says at length.
            after = {"replaced": promotion.replaced, "reason": promotion.reason, "promotion": promotion.id}
            self.store.add_event(promotion.user_id, promotion.outcome, promotion.model_id, None, after)
        return promotion
