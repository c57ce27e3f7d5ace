"""The split of an encounter that comes without one: a browser page knows no splits.

What models are measured on must not come back as something to train on, under another id or with a few words changed.
"""

from collections.abc import Iterator
from typing import Any

from annotations import BadInput, Encounter, Refused, Store, naming, transcript_key
from pipeline.near import near_duplicates

Part = tuple[str, str, dict[str, Any]]


def placed(store: Store, parts: Iterator[Part], split: str | None) -> Iterator[Part]:
    """The parts, each encounter with a split: its own, else that of the stored encounter of its id, else ``split``.

    Raises BadInput where none says it, Refused where ``train`` is said of a transcript that is nearly one of dev or test.
    """
    for place, kind, plain in parts:
        if kind == "encounter" and "split" not in plain:
            with naming(place):
                plain = plain | {"split": _split(store, plain, split)}
        yield place, kind, plain


def _split(store: Store, plain: dict[str, Any], split: str | None) -> str:
    # Any split will do: the id does not follow from it.
    new = Encounter(plain["source"], plain["external_id"], plain["transcript"], split or "train")
    stored = store.find_encounter(new.id)
    if stored:
        return stored.split
    if split is None:
        raise BadInput(
            "Its encounter says no split; add --split train (models may learn from its correction), --split dev or --split test."
        )
    if split == "train":
        _refuse_measured(store, new)
    return split


def _refuse_measured(store: Store, new: Encounter) -> None:
    measured = {one.id: one for split in ("test", "dev") for one in store.list_encounters(split=split)}
    key = transcript_key(new.transcript)
    near = [id for id, one in measured.items() if transcript_key(one.transcript) == key]
    near += near_duplicates({id: one.transcript for id, one in measured.items()}, [(new.id, new.transcript)])
    if near:
        there = measured[near[0]]
        raise Refused(
            f"Its transcript is, word for word or nearly, that of {there.id} ({there.title or there.external_id}) in the "
            f"{there.split} split, on which models are measured and never trained; import it with --split {there.split}."
        )
