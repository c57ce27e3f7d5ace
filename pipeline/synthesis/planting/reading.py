"""A faithful note and its transcript as the planter reads them: sentences with their sections, and what the texts mention."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.metrics.sections import split_sections

from ..links import Link
from ..spoken import flatten, mentioned

_PREFIX = re.compile(r"[ \t]*(?:[-*•][ \t]+|(?P<number>\d{1,2})[.)][ \t]+)?(?P<heading>[A-Z][A-Za-z/&,\- ]{1,40}:[ \t]+)?")
# An end of sentence: not after a title or a one-letter abbreviation, and something must begin after it.
_END = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)[.?!](?=\s+[^a-z\s])")

_EVERYDAY = {"with", "from", "they", "this", "that", "have", "been", "will", "once", "daily", "since", "each", "when", "which"}


@dataclass(frozen=True)
class Sentence:
    """``note[start:end]`` with its full stop; ``line`` is the stretch of its line, ``heading`` what stands before a colon at the
    line's beginning, in lower case, ``number`` the item's number in a list."""

    start: int
    end: int
    line: tuple[int, int]
    section: str
    heading: str
    number: int | None
    alone: bool


class Reading:
    """One note beside its transcript, with its facts' links where it has any."""

    def __init__(self, transcript: str, note: str, links: Sequence[Link] = ()):
        self.transcript, self.note, self.links = transcript, note, tuple(links)

    @cached_property
    def flat_transcript(self) -> str:
        return flatten(self.transcript)

    @cached_property
    def flat_note(self) -> str:
        return flatten(self.note)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for line in re.finditer(r"[^\n]+", self.note) for sentence in self._line(line.start(), line.end()))

    def text(self, sentence: Sentence) -> str:
        return self.note[sentence.start : sentence.end]

    def says(self, words: str) -> bool:
        """Whether transcript or note have these words, in this order and with these endings."""
        flat = flatten(words)
        return flat in self.flat_transcript or flat in self.flat_note

    def heard(self, words: str) -> bool:
        return flatten(words) in self.flat_transcript

    def has_number(self, value: str) -> bool:
        """Whether transcript or note mention the number, in digits or in words."""
        return mentioned(self.flat_transcript, value) or mentioned(self.flat_note, value)

    @cached_property
    def lines(self) -> tuple[tuple[tuple[int, int], frozenset[str]], ...]:
        """Where each line of the transcript stands, without its speaker, and its own words."""
        found = re.finditer(r"(?m)^(?:\[?[A-Z][\w .'-]{0,20}[\]:]+[ \t]*)?(?P<said>[^\n]+)$", self.transcript)
        return tuple((line.span("said"), own_words(line["said"])) for line in found)

    @cached_property
    def note_words(self) -> Counter:
        """In how many sentences of the note each word is."""
        return Counter(word for sentence in self.sentences for word in own_words(self.text(sentence)))

    @cached_property
    def _sections(self):
        return split_sections(self.note)

    def _line(self, start: int, end: int) -> list[Sentence]:
        prefix = _PREFIX.match(self.note, start, end)
        begin = prefix.end()
        if not self.note[begin:end].strip() or self._is_heading(begin, end):
            return []
        heading = (prefix["heading"] or "").strip(" \t:").lower()
        number = int(prefix["number"]) if prefix["number"] else None
        # Minor headings inside the objective ("Results:") are sections of their own to the splitter.
        section = next((part.name for part in reversed(self._sections) if part.start <= start), "subjective")
        bounds = self._bounds(begin, end)
        return [Sentence(a, b, (start, end), section, heading, number, len(bounds) == 1) for a, b in bounds]

    def _bounds(self, begin: int, end: int) -> list[tuple[int, int]]:
        cuts = [match.end() for match in _END.finditer(self.note, begin, end)]
        found = []
        for a, b in zip([begin, *cuts], [*cuts, end], strict=True):
            piece = self.note[a:b]
            if piece.strip():
                found.append((a + len(piece) - len(piece.lstrip()), b - len(piece) + len(piece.rstrip())))
        return found

    def _is_heading(self, begin: int, end: int) -> bool:
        words = self.note[begin:end].strip(" \t*_#:")
        return not re.search(r"[^\W\d_]", words) or words.isupper() or self.note[begin:end].rstrip().endswith(":")


def own_words(text: str) -> frozenset[str]:
    """The words that a sentence can be known by: of four letters or more, and numbers."""
    return frozenset(word for word in flatten(text).split() if (len(word) > 3 or word[0].isdigit()) and word not in _EVERYDAY)


def is_diagnosis(reading: Reading, sentence: Sentence) -> bool:
    """Whether the sentence begins an item of the assessment: under a line that says so and nothing else, or after its colon."""
    if sentence.section != "assessment_and_plan":
        return False
    if sentence.heading.startswith(("assess", "diagn", "impress")):
        return True
    above = re.findall(r"(?mi)^[#* ]*(assessment|diagnos[ei]s|plan|impression)[*: ]*$", reading.note[: sentence.start])
    first = reading.note[sentence.line[0] : sentence.start].strip(" \t0123456789.)-*") == ""
    return first and bool(above) and above[-1].lower() != "plan"
