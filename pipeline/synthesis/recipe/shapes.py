"""What the steps ask for: critiques with scores and issues, the note in its four parts, and these as text again."""

from typing import Any

from annotations import load_labels
from pipeline.endpoints.shapes import a_list, an_object, text, whole

PARTS = ("subjective", "objective_exam", "objective_results", "assessment_and_plan")
NOTE = an_object(**{part: text() for part in PARTS})


def critique_shape(*scores: str) -> dict[str, Any]:
    issue = an_object(quote=text("a few words of the text"), change=text("what to change"))
    return an_object(**{score: whole(1, 5) for score in scores}, issues=a_list(issue))


TRANSCRIPT_CRITIQUE = critique_shape("completeness", "relevance", "realism")
NOTE_CRITIQUE = critique_shape("faithfulness", "completeness", "relevance")


def scores_of(critique: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in critique.items() if name != "issues"}


def issues_text(critique: dict[str, Any]) -> str:
    """The issues as a numbered list for whoever revises."""
    listed = [f'{number}. At "{one["quote"]}": {one["change"]}' for number, one in enumerate(critique["issues"], 1)]
    return "\n".join(listed) or "No single issue was named, but the scores were low: " + str(scores_of(critique))


def note_text(note: dict[str, str]) -> str:
    """The note under the headings that the review desk knows."""
    titles = {section["id"]: section["title"] for section in load_labels().data["section"]}
    return "\n\n".join(f"{titles[part].upper()}\n{note[part].strip()}" for part in PARTS)
