"""Invented visits for the benchmark, as many as one likes: turns and sentences of the shipped encounters, thrown together anew.

A visit is a function of the seed and its number alone, so that both sides are filled with the same words and the same marks.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from annotations import PREFERENCES, load_labels
from pipeline.demo import demo_encounters

SEED = 7
TRANSCRIPT_WORDS = 1200
NOTE_WORDS = 350
MARKS = (5, 25)
# Who wrote the reviews that are there already; what is measured is done by the first.
REVIEWERS = ("local", "ann", "ben", "cleo", "dora")
DRAFTS = 0.05
# Where each word of a text begins and ends.
Places = list[tuple[int, int]]
HEADINGS = ("SUBJECTIVE", "OBJECTIVE", "ASSESSMENT", "PLAN")


@dataclass(frozen=True)
class Mark:
    """An error in a note, in code points; ``evidence`` is a place in the transcript, or None."""

    start: int
    end: int
    label: str
    severity: str | None
    comment: str
    evidence: tuple[int, int] | None


@dataclass(frozen=True)
class Visit:
    number: int
    title: str
    specialty: str
    split: str
    transcript: str
    notes: tuple[str, str]
    marks: tuple[tuple[Mark, ...], tuple[Mark, ...]]
    ratings: tuple[dict[str, int], dict[str, int]]
    preference: str
    reviewer: str
    submitted: bool


def visits(count: int) -> Iterator[Visit]:
    return (visit(number) for number in range(count))


def visit(number: int) -> Visit:
    """The visit of this number, always the same one."""
    dice = random.Random(f"{SEED}/{number}")
    parts = _vocabulary()
    transcript = "\n".join(_until(dice, parts["turns"], dice.uniform(0.5, 1.5) * TRANSCRIPT_WORDS))
    notes = (_note(dice), _note(dice))
    dimensions = load_labels().dimensions
    return Visit(
        number,
        f"{dice.choice(parts['titles'])} ({number})",
        dice.choice(parts["specialties"]),
        dice.choices(["train", "dev", "test"], [7, 2, 1])[0],
        transcript,
        notes,
        tuple(marks_in(dice, note, transcript, dice.randint(*MARKS)) for note in notes),
        tuple({dimension: dice.randint(1, 5) for dimension in dimensions} for _ in notes),
        dice.choice(PREFERENCES),
        dice.choice(REVIEWERS),
        dice.random() >= DRAFTS,
    )


def marks_in(dice: random.Random, note: str, transcript: str, count: int) -> tuple[Mark, ...]:
    """So many marks on a note, wherever they fall."""
    read, heard = _places(note), _places(transcript)
    return tuple(_mark(dice, read, heard) for _ in range(count))


def _mark(dice: random.Random, note: Places, transcript: Places) -> Mark:
    """Two to eight words of the note, every third mark with evidence."""
    label = dice.choice(load_labels().errors)
    severity = dice.choice(["major", "minor"]) if load_labels().needs_severity(label) else None
    comment = dice.choice(_vocabulary()["sentences"]) if dice.random() < 0.2 else ""
    return Mark(*_stretch(dice, note), label, severity, comment, _stretch(dice, transcript) if dice.random() < 0.33 else None)


def _places(text: str) -> Places:
    return [word.span() for word in re.finditer(r"\S+", text)]


def _stretch(dice: random.Random, words: Places) -> tuple[int, int]:
    first = dice.randrange(len(words) - 8)
    return words[first][0], words[first + dice.randint(1, 7)][1]


def _note(dice: random.Random) -> str:
    sentences = _vocabulary()["sentences"]
    return "\n\n".join("\n".join([heading, *_until(dice, sentences, NOTE_WORDS / 4)]) for heading in HEADINGS)


def _until(dice: random.Random, pieces: tuple[str, ...], words: float) -> list[str]:
    """Pieces by chance, until they have that many words together."""
    chosen, count = [], 0
    while count < words:
        chosen.append(dice.choice(pieces))
        count += len(chosen[-1].split())
    return chosen


@cache
def _vocabulary() -> dict[str, tuple[str, ...]]:
    shipped = demo_encounters()
    notes = "\n".join(one.reference for one in shipped)
    return {
        "titles": tuple(one.title for one in shipped),
        "specialties": tuple(sorted({one.specialty for one in shipped})),
        "turns": tuple(turn for one in shipped for turn in one.transcript.split("\n") if turn),
        "sentences": tuple(sentence for sentence in re.split(r"(?<=\.)\s+|\n+", notes) if len(sentence.split()) > 2),
    }
