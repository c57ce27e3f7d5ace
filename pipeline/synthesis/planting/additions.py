"""Things that nobody said: findings, decisions and causes, from the planter's own list."""

import random
import re
from collections.abc import Iterator

from .lists import lists
from .reading import Reading, Sentence, is_diagnosis
from .values import Candidate, Edit

_NOT_AFTER = ("no ", "denies", "none", "never", "not ")
# "Results of tests for pain", "Naproxen helps the pain" say why the patient came or what helps, and have no cause.
_NOT_OF_COMPLAINTS = ("results", "follow", "here for", "review", "check", "has ", "did ", "takes", "uses", "treats", "average")
_AGE = re.compile(r"[\w-]+[ -](?:year|month|week|day)s?-old")


def added_findings(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """A sentence after another one of the section that it fits into."""
    for group in lists()["finding"]:
        places = [sentence for sentence in reading.sentences if sentence.section == group["section"]]
        for text, unless in zip(group["text"], group["unless"], strict=True):
            fitting = _without(places, text)
            if not fitting or any(reading.says(word) for word in unless) or reading.says(text):
                continue
            after = dice.choice(fitting)
            edit = Edit(after.end, after.end, f"{_stop(reading, after)} {text}", lead=1 + len(_stop(reading, after)))
            yield Candidate("finding", group["severity"], edit, ((after.start, after.end),), section=after.section)


def added_causes(reading: Reading, dice: random.Random) -> Iterator[Candidate]:
    """``due to`` and a cause that nobody named, at the end of a complaint of the history or an item of the assessment."""
    places = [sentence for sentence in reading.sentences if _takes_a_cause(reading, sentence)]
    for group in lists()["cause"]:
        for text, unless in zip(group["text"], group["unless"], strict=True):
            if not places or any(reading.says(word) for word in unless):
                continue
            sentence = dice.choice(places)
            end = sentence.end - (reading.note[sentence.end - 1] in ".;!?")
            edit = Edit(end, end, f", due to {text}", lead=2)
            yield Candidate("cause", group["severity"], edit, ((sentence.start, sentence.end),), section=sentence.section)


def _without(places: list[Sentence], text: str) -> list[Sentence]:
    """Sentences after which ``text`` can stand: not among medicines, allergies or the complaint, which are lists of their own."""
    lists_of_their_own = ("medication", "medicine", "allerg", "chief", "family", "past", "reason")
    return [place for place in places if not place.heading.startswith(lists_of_their_own)]


def _takes_a_cause(reading: Reading, sentence: Sentence) -> bool:
    text = reading.text(sentence).lower()
    told = sentence.section == "subjective" and sentence.heading.startswith(("chief", "history of present", "hpi"))
    judged = is_diagnosis(reading, sentence) and len(text.split()) <= 12
    if any(word in text for word in ("due to", "because", "caused", "secondary")) or text.startswith(_NOT_AFTER):
        return False
    complaint = told and not _AGE.match(text) and any(word in text for word in lists()["complaints"])
    return (complaint and not text.startswith(_NOT_OF_COMPLAINTS)) or judged


def _stop(reading: Reading, sentence: Sentence) -> str:
    """A full stop where the sentence before lacks one."""
    return "" if reading.note[sentence.end - 1] in ".!?" else "."
