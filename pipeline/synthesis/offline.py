"""A set of encounters by the offline author: planned, written, near-duplicates replaced, and made a dataset folder."""

import shlex
from dataclasses import asdict
from typing import Any

from pipeline.workspace import Workspace

from .author import Written, write_encounters
from .duplicates import RUN, THRESHOLD, NearDuplicates
from .folder import Invented, Origin, write_set
from .scenarios import plan_scenarios

SOURCE = "offline-author"
_STORY = (
    "They were composed by Scribeloop's offline author, without a model, from structured cases. The dialogue and the note were "
    "written from the same facts, so every statement of a note is linked to its place in the transcript (`links` in "
    "`encounters.jsonl`: code point offsets and quotes in both). Drafts that were too like an earlier encounter and were "
    "replaced: {replaced}. Phrases come from fixed pools, so these texts are plainer and more alike than real talk."
)


def write_offline(workspace: Workspace, name: str, count: int, seed: int, specialty: str | None = None) -> dict[str, Any]:
    """Store the encounters and write ``datasets/<name>/`` (see ``write_set``); return its manifest. The same count, seed and
    specialty give the same bytes in all but the manifest's date."""
    seen = NearDuplicates()
    written = list(write_encounters(plan_scenarios(count, seed, specialty), seen))
    replaced = sum(drafts for _, drafts in written)
    facts = {"seed": seed, "replaced": replaced, "near_duplicates": {"run": RUN, "threshold": THRESHOLD}}
    # The count belongs to it: another count deals other scenarios.
    prefix = f"{specialty or 'all'}-{count}-{seed}".replace(" ", "-")
    invented = [_invented(f"{prefix}-{number:05d}", one) for number, (one, _) in enumerate(written, 1)]
    story, command = _STORY.format(replaced=replaced), _command(name, count, seed, specialty)
    return write_set(workspace, name, invented, Origin(SOURCE, story, command, facts))


def _invented(case: str, written: Written) -> Invented:
    return Invented(case, written.scenario, written.transcript, written.note, {"links": [asdict(link) for link in written.links]})


def _command(name: str, count: int, seed: int, specialty: str | None) -> str:
    words = ["scribeloop", "synth", "generate", "--offline", "--count", str(count), "--seed", str(seed)]
    return shlex.join([*words, *(["--specialty", specialty] if specialty else []), "--name", name])
