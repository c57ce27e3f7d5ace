"""What the note denies or affirms against what the transcript does, and negatives that only one of them has."""

from collections.abc import Iterator

from . import words as say
from .answers import AFFIRMED, DENIED
from .findings import Finding, lexicon
from .hint import Hint
from .places import section_of
from .reading import Reading
from .sides import groups_at


def negation_hints(note: Reading, written: list[Finding], transcript: Reading, said: list[Finding]) -> Iterator[Hint]:
    """A hint only where every statement of the transcript about the finding is clear and the other way round."""
    for finding in written:
        here = _parts(note, finding)
        about = [one for one in said if one.names & finding.names and not _elsewhere(here, _parts(transcript, one))]
        heard = {one.polarity for one in about}
        if finding.polarity == AFFIRMED and _in_plan(note, finding):
            continue
        if finding.names & lexicon().examined and heard == {AFFIRMED} and not all(here & _parts(transcript, one) for one in about):
            continue
        if finding.polarity == AFFIRMED and heard == {DENIED}:
            yield _hint(note, finding, say.AFFIRMED)
        elif finding.polarity == DENIED and heard == {AFFIRMED}:
            yield _hint(note, finding, say.NEGATED)


def _parts(reading: Reading, finding: Finding) -> frozenset[str]:
    """The parts of the body that are named around a finding, in its sentence."""
    begin, end = reading.sentences[reading.tokens[finding.first].sentence]
    places = range(max(begin, finding.first - 8), min(finding.last + 9, end))
    return frozenset().union(*(groups_at(reading, place) for place in places))


def _elsewhere(here: frozenset[str], there: frozenset[str]) -> bool:
    return bool(here and there and not here & there)


def _in_plan(note: Reading, finding: Finding) -> bool:
    """A plan names what may come ("return for fever")."""
    return section_of(note.text, note.tokens[finding.first].start) == "assessment_and_plan"


def missing_negatives(written: list[Finding], transcript: Reading, said: list[Finding]) -> Iterator[Hint]:
    """Important negatives of the transcript, once each, that the note does not mention either way."""
    known = frozenset().union(*(finding.names for finding in written))
    told: set[str] = set()
    for finding in said:
        names = (finding.names & lexicon().important) - told
        if not names or finding.names & known or finding.polarity != DENIED:
            continue
        if {one.polarity for one in said if one.names & finding.names} == {DENIED}:
            told |= finding.names
            start, end = transcript.quote(finding.first, finding.last)
            message = say.MISSING_NEGATIVE.format(name=min(names))
            yield Hint("missing_negative", "transcript", start, end, transcript.text[start:end], message)


def _hint(note: Reading, finding: Finding, template: str) -> Hint:
    start, end = note.quote(finding.first, finding.last)
    return Hint("negation", "note", start, end, note.text[start:end], template.format(name=note.text[start:end]))
