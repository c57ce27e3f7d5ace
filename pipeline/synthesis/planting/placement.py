"""Faults of style: a sentence twice, in the wrong section, or broken off."""

import random
from collections.abc import Iterator

from .reading import Reading, Sentence
from .values import Candidate, Edit


def repeated(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """A sentence said again after a later one."""
    sentences = [sentence for sentence in reading.sentences if len(reading.text(sentence).split()) >= 3]
    for place, sentence in enumerate(sentences[:-1]):
        after = dice.choice(sentences[place + 1 : place + 8])
        yield _inserted("repetition", reading, sentence, after)


def misplaced(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """A sentence moved into a section where it does not belong; one that stands alone in its line stays."""
    sentences = reading.sentences
    for sentence in sentences:
        others = [other for other in sentences if other.section.split("_")[0] != sentence.section.split("_")[0]]
        if sentence.alone or sentence.number or len(reading.text(sentence).split()) < 3 or not others:
            continue
        yield _inserted("misplaced", reading, sentence, dice.choice(others), taken_out(reading, sentence))


def broken_off(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """A sentence that ends in its middle; the mark lies on what is left of it."""
    for sentence in reading.sentences:
        text = reading.text(sentence)
        words = text.split(" ")
        if len(words) >= 7:
            rest = " ".join(words[: dice.randint(3, len(words) // 2 + 1)]).rstrip(",;:(")
            edit = Edit(sentence.start, sentence.end, rest)
            yield Candidate("unclear", "minor", edit, ((sentence.start, sentence.end),), section=sentence.section)


def taken_out(reading: Reading, sentence: Sentence) -> Edit:
    """The edit that removes a sentence and one space beside it."""
    if sentence.start > sentence.line[0] and reading.note[sentence.start - 1] == " " and sentence.end == sentence.line[1]:
        return Edit(sentence.start - 1, sentence.end, "")
    after = 1 if reading.note[sentence.end : sentence.end + 1] == " " else 0
    return Edit(sentence.start, sentence.end + after, "")


def _inserted(kind: str, reading: Reading, sentence: Sentence, after: Sentence, *also: Edit) -> Candidate:
    text = reading.text(sentence)
    stop = "" if reading.note[after.end - 1] in ".!?" else "."
    edit = Edit(after.end, after.end, f"{stop} {text}", lead=1 + len(stop))
    claims = ((sentence.start, sentence.end), (after.start, after.end))
    return Candidate(kind, "minor", edit, claims, also, section=after.section)
