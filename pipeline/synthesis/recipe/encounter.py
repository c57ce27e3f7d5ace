"""The recipe for one encounter: write, have it criticised, revise, until it passes or the rounds end; the best version counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..scenarios import Scenario
from .shapes import NOTE, NOTE_CRITIQUE, TRANSCRIPT_CRITIQUE, issues_text, note_text, scores_of
from .steps import Steps
from .words import clean_transcript, note_complaint, scenario_text, transcript_complaint

# The longest answers in tokens.
TRANSCRIPT_TOKENS, NOTE_TOKENS, CRITIQUE_TOKENS = 4096, 1536, 1024


@dataclass(frozen=True)
class Written:
    """A finished encounter; scores are the last critique's of the version that counts, ``versions`` how many there were."""

    transcript: str
    note: str
    transcript_scores: dict[str, int]
    note_scores: dict[str, int]
    transcript_versions: int
    note_versions: int


def write_encounter(steps: Steps, scenario: Scenario, rounds: int, pass_score: int) -> Written:
    """Raises NoUsableAnswer when the model does not get a step right however often it is asked."""
    plan = scenario_text(scenario)

    def text(name: str, **values: str) -> str:
        given = {"scenario": plan} | values
        return steps.text(name, given, TRANSCRIPT_TOKENS, clean_transcript, transcript_complaint)

    transcript, transcript_scores, transcript_versions = _improve(
        text("transcript"),
        lambda draft: steps.thing(
            "critique-transcript", {"scenario": plan, "transcript": draft}, CRITIQUE_TOKENS, TRANSCRIPT_CRITIQUE
        ),
        lambda draft, issues: text("revise-transcript", transcript=draft, issues=issues),
        rounds, pass_score,
    )  # fmt: skip

    def note(name: str, **values: str) -> str:
        given = {"transcript": transcript} | values
        told = steps.instructions(name, given)
        return note_text(steps.thing(name, given, NOTE_TOKENS, NOTE, lambda found: note_complaint(found, told)))

    finished, note_scores, note_versions = _improve(
        note("note"),
        lambda draft: steps.thing("critique-note", {"transcript": transcript, "note": draft}, CRITIQUE_TOKENS, NOTE_CRITIQUE),
        lambda draft, issues: note("revise-note", note=draft, issues=issues),
        rounds, pass_score,
    )  # fmt: skip
    return Written(transcript, finished, transcript_scores, note_scores, transcript_versions, note_versions)


def _improve(
    draft: str, critique: Callable[[str], dict[str, Any]], revise: Callable[[str, str], str], rounds: int, pass_score: int
) -> tuple[str, dict[str, int], int]:
    """The best of up to ``rounds`` revisions and the draft; of equals the later one, which had its issues mended."""
    best, best_scores = draft, {}
    for number in range(rounds + 1):
        found = critique(draft)
        scores = scores_of(found)
        if _rank(scores) >= _rank(best_scores):
            best, best_scores = draft, scores
        if min(scores.values()) >= pass_score or number == rounds:
            return best, best_scores, number + 1
        draft = revise(draft, issues_text(found))
    raise AssertionError("unreachable: the last round returns")


def _rank(scores: dict[str, int]) -> tuple[int, int]:
    return (min(scores.values(), default=0), sum(scores.values()))
