"""Facts taken out of a note, with the place in the transcript that the note no longer carries."""

import random
import re
from collections.abc import Iterator

from ..links import Link
from .lists import red_flag
from .placement import taken_out as removal
from .reading import Reading, Sentence, own_words
from .values import Candidate, Edit

_NEGATIVE = re.compile(r"\b(no|denies|never|without|not)\b", re.IGNORECASE)
_HISTORY = ("past", "medic", "allerg", "family", "social", "surgical", "current medic")
# What makes an omitted line of the plan weigh.
_ACTS = ("start", "stop", "increase", "reduce", "mg", "microgram", "unit", "urgent", "refer", "scan", "ring", "return", "999")
# A transcript line is taken for the source of a sentence above this share of the sentence's own words, and two of them.
_ENOUGH = 0.4


def taken_out(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """Sentences, numbered items and one-sentence lines with a heading. What the rest of the note says again is left alone, and so
    is the age, since nobody misses it. In a linked note only what holds a single fact is taken."""
    for sentence in reading.sentences:
        edit, also = _cut(reading, sentence)
        facts = [link for link in reading.links if sentence.start <= link.note_start and link.note_end <= sentence.end]
        if edit is None or (reading.links and not _single(reading, facts)) or (not facts and _said_again(reading, sentence)):
            continue
        where = (facts[0].start, facts[0].end) if facts else _found(reading, sentence)
        text = reading.text(sentence)
        negative = bool(_NEGATIVE.match(text)) and not sentence.section.startswith("assessment")
        yield Candidate(
            "omission", _severity(sentence, text, negative), edit, ((edit.start, edit.end),), also, _label(sentence),
            sentence.section, negative, where,
        )  # fmt: skip


def _cut(reading: Reading, sentence: Sentence) -> tuple[Edit | None, tuple[Edit, ...]]:
    """The sentence, or its whole line where nothing else is in it; later items of a numbered list move up by one."""
    if not sentence.alone:
        return removal(reading, sentence), ()
    begin, end = sentence.line
    last = end == len(reading.note)
    edit = Edit(begin - last if begin else begin, end if last else end + 1, "")
    if sentence.number is not None:
        return edit, _renumbered(reading, sentence)
    return (edit, ()) if sentence.heading and not sentence.heading.startswith(("chief", "reason")) else (None, ())


def _renumbered(reading: Reading, sentence: Sentence) -> tuple[Edit, ...]:
    edits, number, place = [], sentence.number, sentence.line[1] + 1
    while match := re.compile(rf"[ \t]*({number + 1})[.)] [^\n]*\n?").match(reading.note, place):
        edits.append(Edit(*match.span(1), str(number)))
        number, place = number + 1, match.end()
    return tuple(edits)


def _single(reading: Reading, facts: list[Link]) -> bool:
    """Whether these links are one fact, and all that the note says of it."""
    ids = {link.fact for link in facts}
    return len(ids) == 1 and sum(link.fact in ids for link in reading.links) == len(facts)


def _label(sentence: Sentence) -> str:
    if sentence.section == "assessment_and_plan":
        return "plan"
    return "history" if sentence.heading.startswith(_HISTORY) else "current_issues"


def _severity(sentence: Sentence, text: str, negative: bool) -> str:
    words = text.lower()
    if sentence.heading.startswith(("allerg", "medic", "current medic")):
        return "minor" if words.startswith("no") else "major"
    if sentence.section == "assessment_and_plan":
        return "major" if red_flag(text) or any(act in words for act in _ACTS) else "minor"
    if sentence.section == "objective_results":
        return "minor" if "normal" in words or "negative" in words else "major"
    return "major" if red_flag(text) and not sentence.heading.startswith("social") else "minor"


def _said_again(reading: Reading, sentence: Sentence) -> bool:
    """Whether the rest of the note has half or more of the sentence's own words."""
    own = own_words(reading.text(sentence))
    again = [word for word in own if reading.note_words[word] > 1]
    return not own or len(again) * 2 >= len(own)


def _found(reading: Reading, sentence: Sentence) -> tuple[int, int] | None:
    """The transcript line that shares most of the sentence's words, without its speaker; None where too few are shared."""
    own = own_words(reading.text(sentence))
    best, place = _ENOUGH, None
    for span, said in reading.lines:
        shared = len(own & said)
        if shared >= 2 and shared / len(own) > best:
            best, place = shared / len(own), span
    return place
