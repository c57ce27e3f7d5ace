"""A scenario in the words of the prompt, and what a transcript must at least be."""

import re

from ..scenarios import DISFLUENCIES, DISTRACTORS, STYLES, Scenario

VISITS = {
    "new": "the first visit for this problem", "follow-up": "a follow-up of a known problem",
    "telephone": "a telephone consultation, so the doctor can examine nothing",
}  # fmt: skip
TURN = re.compile(r"^(Doctor|Patient|Relative): \S", re.MULTILINE)
# So many words as they stand in the instructions are no note.
ECHO = 6
FEWEST_TURNS = 8


def scenario_text(scenario: Scenario) -> str:
    beside = [DISTRACTORS[name] for name in scenario.distractors]
    lines = [
        f"Specialty: {scenario.specialty}",
        f"Main problem: {scenario.condition}",
        f"Kind of visit: {VISITS[scenario.visit]}",
        f"Patient: {scenario.age} years, {scenario.sex}; {STYLES[scenario.style]}",
        f"Manner of speaking: {DISFLUENCIES[scenario.disfluency]}",
        f"Beside the point, to be worked in: {'; '.join(beside) or 'nothing'}",
    ]
    return "\n".join(lines)


def clean_transcript(text: str) -> str:
    """The turns alone: thinking aloud, code fences, bold names and words before the first turn are dropped."""
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    lines = [re.sub(r"^\*\*(\w+):?\*\*:?\s*", r"\1: ", line.strip()) for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("```")]
    first = next((at for at, line in enumerate(lines) if TURN.match(line)), len(lines))
    return "\n".join(lines[first:])


def transcript_complaint(text: str) -> str | None:
    """What keeps a text from being a transcript at all; how good it is says the critique."""
    turns = TURN.findall(text)
    if len(turns) < FEWEST_TURNS or not {"Doctor", "Patient"} <= set(turns):
        return f"it has {len(turns)} turns that begin with Doctor: or Patient:, expected at least {FEWEST_TURNS} by both"
    longest = max(map(len, text.split("\n")))
    if longest > 4000:
        return f"one turn has {longest} characters"
    return None


def note_complaint(note: dict[str, str], instructions: str) -> str | None:
    """What is wrong with a note whose form is right: a small model fills the form with the words that describe it."""
    told = " ".join(re.findall(r"\w+", instructions.lower()))
    for part, text in note.items():
        words = re.findall(r"\w+", text.lower())
        if len(words) >= ECHO and " ".join(words[:ECHO]) in told:
            return f"its {part} repeats the instructions and tells nothing of the visit"
    return None
