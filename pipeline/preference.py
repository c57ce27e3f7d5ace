"""Learning to prefer: the corrected note over the model's own, by DPO with an SFT term, on the rows and records of ``trainer``.

The loss of a row is -log sigmoid(beta * margin) (Rafailov et al., NeurIPS 2023, equation 7), where the margin is how much more
the adapter raised the log probability of the corrected note than that of the model's own; the base, which is the adapter switched
off, is the reference. ``sft_weight`` times the note loss is added, so that the corrected note does not become unlikely too. A row
without a note to reject has that second term alone.

This file imports torch: import it only inside a function, in the process that trains.
"""

from typing import Any

import torch

from .trainer import NoteTrainer


class PreferenceTrainer(NoteTrainer):
    """Rows have ``rejected_ids`` and ``rejected_labels`` too; ``beta``, ``sft_weight`` and ``rows`` (of a step, in this process)
    are set on it."""

    beta, sft_weight, rows = 0.1, 1.0, 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.data_collator = Both(self.data_collator)

    def compute_loss(self, model: Any, inputs: dict, return_outputs: bool = False, num_items_in_batch: Any = None) -> Any:
        rejected = inputs.pop("rejected", None)
        self.count(model, inputs)
        chosen, outputs = self.note_log_p(model, inputs)
        loss = -self.sft_weight * chosen.sum() / self.learnt(inputs, num_items_in_batch)
        if rejected is not None:
            margin = self.margin(model, inputs, rejected, chosen)
            self.extra = {"margin": float(margin.mean().detach())}
            loss = loss - torch.nn.functional.logsigmoid(self.beta * margin).sum() / self.rows
        self.check_finite(loss)
        return (loss, outputs) if return_outputs else loss

    def margin(self, model: Any, chosen: dict, rejected: dict, chosen_log_p: Any = None) -> Any:
        """Of each row: how much more the adapter raised the chosen note than the rejected one, in nats."""
        if chosen_log_p is None:
            chosen_log_p = self.note_log_p(model, chosen)[0]
        rejected_log_p = self.note_log_p(model, rejected)[0]
        with torch.no_grad(), self.accelerator.unwrap_model(model).disable_adapter():
            before = self.note_log_p(model, chosen)[0] - self.note_log_p(model, rejected)[0]
        return chosen_log_p - rejected_log_p - before


class Both:
    """Collates the chosen notes as before, and the rejected ones beside them."""

    def __init__(self, one: Any) -> None:
        self.one = one

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        batch = self.one([{key: row[key] for key in ("input_ids", "labels")} for row in rows])
        # Rows without a note to reject come alone: ``rows_at_once`` is 1 here.
        if all(row["rejected_ids"] for row in rows):
            batch["rejected"] = self.one([{"input_ids": row["rejected_ids"], "labels": row["rejected_labels"]} for row in rows])
        return batch
