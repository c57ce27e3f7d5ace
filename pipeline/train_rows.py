"""From a dataset's rows to token ids, with every guard that must hold before the first step of training."""

from dataclasses import dataclass
from typing import Any

from annotations import BadInput, Refused, Store, transcript_key

from .dataset_files import Row
from .near import near_duplicates
from .prompts import note_ids, prompt_ids


@dataclass(frozen=True)
class TokenRow:
    """One row as the model reads it; only ``note`` is learnt. In preference training ``rejected`` is the note to turn away from,
    empty where there is none."""

    encounter_id: str
    prompt: tuple[int, ...]
    note: tuple[int, ...]
    rejected: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.prompt) + max(len(self.note), len(self.rejected or ()))


def check_splits(store: Store, rows: tuple[Row, ...]) -> None:
    """Refuse rows of an encounter that is not known to be in train, or whose words are, or nearly are, a test encounter's."""
    known = {row.encounter_id: store.find_encounter(row.encounter_id) for row in rows}
    unknown = [id for id, encounter in known.items() if encounter is None]
    if unknown:
        raise Refused(
            f"Training may not read this dataset: {len(unknown)} of its {len(known)} encounters are not in this workspace, so "
            f"their split is not known ({_some(unknown, 3)}). Bring them in with scribeloop transcripts import FILE; a set that "
            "synth generate made has them in its encounters.jsonl."
        )
    held_out = store.held_out_keys()
    tests = ((encounter.id, encounter.transcript) for encounter in store.list_encounters(split="test"))
    near = near_duplicates({row.encounter_id: row.transcript for row in rows}, tests)
    problems = []
    for row in rows:
        encounter = known[row.encounter_id]
        if encounter.split != "train":
            problems.append(f"{row.encounter_id} is in the {encounter.split} split")
        elif transcript_key(row.transcript) in held_out:
            problems.append(f"the transcript of {row.encounter_id} is also in the test split")
        elif row.encounter_id in near:
            other, share = near[row.encounter_id]
            problems.append(f"{row.encounter_id} is nearly the test encounter {other} ({share:.0%} of its runs of words)")
    if problems:
        raise Refused(
            f"Training may not read this dataset: {_some(problems, 6)}. Build it again without: scribeloop dataset build."
        )


def tokenize(tokenizer: Any, rows: tuple[Row, ...], limit: int, prefer: bool = False) -> list[TokenRow]:
    """Token ids of every row; BadInput names the rows that would not fit in ``limit`` tokens, since none is ever cut."""
    if tokenizer.eos_token_id is None or not tokenizer.chat_template:
        raise BadInput("The base model has no chat template or no end-of-turn token; choose an instruction-tuned model.")
    found = [
        TokenRow(
            row.encounter_id, tuple(prompt_ids(tokenizer, row.transcript)), tuple(note_ids(tokenizer, row.note)),
            (tuple(note_ids(tokenizer, row.rejected)) if row.rejected else ()) if prefer else None,
        )
        for row in rows
    ]  # fmt: skip
    too_long = [f"{row.encounter_id} ({len(row)} tokens)" for row in found if len(row) > limit]
    if too_long:
        raise BadInput(
            f"{len(too_long)} of {len(found)} rows are longer than {limit} tokens and no note is ever cut: {_some(too_long)}. "
            "Leave them out with: scribeloop dataset build NAME --without ENCOUNTER, or choose a base with a longer context."
        )
    return found


def describe(tokenizer: Any, rows: list[TokenRow]) -> str:
    """What is about to be learnt, for the log: counts, a histogram of lengths, and one row with its mask in words."""
    shortest = min(rows, key=len)
    lines = [
        f"{len(rows)} rows, {sum(len(row.prompt) for row in rows)} prompt tokens (read, not learnt), "
        f"{sum(len(row.note) for row in rows)} note tokens (learnt)",
        *_histogram([len(row) for row in rows]),
        f"The shortest row, {shortest.encounter_id}: the model reads {len(shortest.prompt)} tokens, ending with",
        "    " + repr(tokenizer.decode(shortest.prompt[-24:])),
        f"  and learns these {len(shortest.note)} and no others:",
        "    " + repr(tokenizer.decode(shortest.note)),
    ]
    return "\n".join(lines)


def _histogram(lengths: list[int], bins: int = 8) -> list[str]:
    low, high = min(lengths), max(lengths)
    width = max(1, -(-(high - low + 1) // bins))
    counts: dict[int, int] = {}
    for length in lengths:
        counts[(length - low) // width] = counts.get((length - low) // width, 0) + 1
    scale = max(1, max(counts.values()) // 40)
    return [
        f"  {low + i * width:>6} to {low + (i + 1) * width - 1:>6} tokens  {'#' * -(-counts[i] // scale)} {counts[i]}"
        for i in sorted(counts)
    ]


def _some(names: list[str], limit: int = 12) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
