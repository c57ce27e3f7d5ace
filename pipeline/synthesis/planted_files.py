"""Planted notes as files: the encounters of a file in, one JSON line for each with the wrong note and where it is wrong."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from annotations import BadInput, Encounter, Unavailable

from .links import Link, check_links
from .planting import KINDS, Planted, plant


def plant_into(
    encounters: Sequence[Encounter], to: Path, seed: int, count: int, kinds: Sequence[str] = KINDS
) -> list[tuple[Encounter, Planted]]:
    """Plant ``count`` errors into each reference note and write them all to ``to``. BadInput when none has a note. Encounters of
    the offline author bring links, so their omissions have exact places."""
    noted = [encounter for encounter in encounters if encounter.reference]
    if not noted:
        raise BadInput("None of the encounters has a reference note to plant errors into; expected transcripts with notes.")
    planted = [
        (one, plant(one.transcript, one.reference, seed, kinds, count, _links(one))) for one in noted
    ]  # fmt: skip
    try:
        to.write_text("".join(json.dumps(_line(*pair), ensure_ascii=False) + "\n" for pair in planted), encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"{to} could not be written ({error.strerror}); choose another --to.") from error
    return planted


def _line(encounter: Encounter, planted: Planted) -> dict[str, Any]:
    return {
        "id": encounter.external_id, "specialty": encounter.specialty, "synthetic": encounter.synthetic,
        "transcript": encounter.transcript, "faithful": encounter.reference, "note": planted.note,
        "errors": [asdict(error) for error in planted.errors], "missing": list(planted.missing),
    }  # fmt: skip


def _links(encounter: Encounter) -> list[Link]:
    try:
        links = [Link(**link) for link in encounter.meta.get("links", ())]
    except TypeError as error:
        raise BadInput(f"Encounter {encounter.external_id} has links that cannot be read ({error}); take them out.") from error
    check_links(links, encounter.reference or "", encounter.transcript)
    return links
