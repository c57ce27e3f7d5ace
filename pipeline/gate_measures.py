"""The gate's measures, each as two lists of cases (candidate's, champion's) from the source that the gate's settings name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from annotations import (
    HALLUCINATION,
    OMISSION,
    BadInput,
    Encounter,
    Judgement,
    Judgements,
    NoteFindings,
    Output,
    Store,
    label_groups,
    paired_findings,
)

from .gate_config import Named
from .hints import UNSUPPORTED, find_hints
from .prompts import prompt_hash
from .statistics import Measure

Cases = list[dict[str, Any]]
GROUPS = {"major hallucinations": HALLUCINATION, "major omissions": OMISSION}
HIGHER_IS_WORSE = (*GROUPS, "unsupported facts")


@dataclass(frozen=True)
class Sides:
    """What both models wrote for the encounters of the split: the latest note made with the present prompt, by encounter."""

    store: Store
    encounters: Sequence[Encounter]
    candidate: str
    champion: str

    def notes(self, model_id: str) -> dict[str, Output]:
        return latest_notes(self.store, model_id, self.encounters)


def latest_notes(store: Store, model_id: str, encounters: Sequence[Encounter]) -> dict[str, Output]:
    """The latest note per encounter that was made with the present prompt and not cancelled."""
    wanted, prompt = {encounter.id for encounter in encounters}, prompt_hash()
    return {
        output.encounter_id: output
        for output in store.list_outputs(model_id=model_id)
        if output.encounter_id in wanted and output.prompt_hash == prompt and output.finish_reason != "cancelled"
    }


def measure_of(named: Named) -> Measure:
    """How the statistics are to treat it: a flag per note, a rating, or a score."""
    if named.measure in GROUPS:
        return Measure(named.measure, "flag", higher_is_better=False)
    if named.source in ("reviews", "judge"):
        return Measure(named.measure, "rating")
    return Measure(named.measure, "score", higher_is_better=named.measure not in HIGHER_IS_WORSE)


def cases(named: Named, sides: Sides) -> tuple[Cases, Cases]:
    """Both models' cases; empty where the source has nothing."""
    return SOURCES[named.source](named.measure, sides)


def _references(measure: str, sides: Sides) -> tuple[Cases, Cases]:
    from .metrics import ROUGE, rouge_scores

    if measure not in ROUGE:
        raise BadInput(f"The gate's settings ask for {measure!r} from references; expected one of {', '.join(ROUGE)}.")
    referenced = {one.id: one.reference for one in sides.encounters if one.reference}
    found = []
    for model_id in (sides.candidate, sides.champion):
        notes = {id: output for id, output in sides.notes(model_id).items() if id in referenced}
        scores = rouge_scores([referenced[id] for id in notes], [output.text for output in notes.values()])
        found.append([{"id": id, measure: score[measure]} for id, score in zip(notes, scores, strict=True)])
    return found[0], found[1]


def _reviews(measure: str, sides: Sides) -> tuple[Cases, Cases]:
    wanted = {encounter.id for encounter in sides.encounters}
    found = [one for one in paired_findings(sides.store, sides.candidate, sides.champion) if one.encounter_id in wanted]
    first, second = (
        [
            {"id": one.encounter_id, "reviewer": one.reviewer_id, measure: _reviewed(measure, getattr(one, side))}
            for one in found
        ]
        for side in ("first", "second")
    )
    return first, second


def _reviewed(measure: str, note: NoteFindings) -> Any:
    if measure in GROUPS:
        return note.count(GROUPS[measure], "major") > 0
    return note.ratings.get(measure)


def _hints(measure: str, sides: Sides) -> tuple[Cases, Cases]:
    transcripts = {encounter.id: encounter.transcript for encounter in sides.encounters}
    found = []
    for model_id in (sides.candidate, sides.champion):
        notes = sides.notes(model_id)
        found.append([{"id": id, measure: _rate(find_hints(transcripts[id], one.text), one.text)} for id, one in notes.items()])
    return found[0], found[1]


def _rate(hints: Sequence[Any], note: str) -> float:
    """Unsupported facts by the rules per 100 of its words, so that a shorter note does not pass for a safer one."""
    return 100 * sum(hint.kind in UNSUPPORTED for hint in hints) / max(1, len(note.split()))


def _judge(measure: str, sides: Sides) -> tuple[Cases, Cases]:
    """The latest judge that has read both models' notes; of several readings of a note, the first."""
    judgements, groups = Judgements(sides.store), label_groups(sides.store)
    for judge in reversed(judgements.list_judges()):
        read = {one.output_id: one for one in reversed(judgements.list_judgements(judge.id))}
        found = tuple(
            [
                {"id": id, measure: _judged(measure, read[output.id], groups)}
                for id, output in sides.notes(model_id).items()
                if output.id in read
            ]
            for model_id in (sides.candidate, sides.champion)
        )
        if all(found):
            return found
    return [], []


def _judged(measure: str, judgement: Judgement, groups: dict[str, str]) -> Any:
    if measure == "major omissions":
        return any(one.severity == "major" for one in judgement.omissions)
    if measure in GROUPS:
        return any(one.severity == "major" and groups.get(one.label) == GROUPS[measure] for one in judgement.spans)
    return next((rating.value for rating in judgement.ratings if rating.dimension == measure), None)


SOURCES: dict[str, Callable[[str, Sides], tuple[Cases, Cases]]] = {
    "references": _references, "reviews": _reviews, "judge": _judge, "hints": _hints,
}  # fmt: skip
