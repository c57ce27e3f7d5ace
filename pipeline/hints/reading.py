"""A text as tokens in sentences and turns: all that the rules look at. Offsets are code points into the text as it was given."""

import re
from functools import lru_cache
from typing import NamedTuple

from .wordset import wordset

# A code such as B12, T4, COVID-19 or CA-125 is one token, so that its digits are no number.
_TOKEN = re.compile(
    r"(?P<code>[^\W\d_]{1,7}-?\d[\w]*)|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<mark>[^\w\s])"
)
_LABEL = re.compile(
    r"^[ \t]*(?:\[(?P<tag>[^\]\n]{1,30})\]:?|(?P<name>[^\W\d_][\w.'’-]{0,20}(?: [\w.'’-]{1,20}){0,2}):)", re.MULTILINE
)
_LINE = re.compile(r"^(?=[^\n]*\S)", re.MULTILINE)
_TITLES = wordset("dr mr mrs ms prof st vs")
_FILLERS = wordset("um uh er erm uhm hmm")
_ENDS = frozenset(".?!;•")


class Token(NamedTuple):
    """``word`` is in small letters with straight apostrophes; ``kind`` is code, number, word or mark."""

    word: str
    start: int
    end: int
    kind: str
    sentence: int
    turn: int


class Reading(NamedTuple):
    """``turns`` holds, per turn, the speaker in small letters ("" where none is named) and its first and last token + 1;
    ``sentences`` the same bounds of each sentence."""

    text: str
    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    turns: tuple[tuple[str, int, int], ...]
    sentences: tuple[tuple[int, int], ...]

    def quote(self, first: int, last: int) -> tuple[int, int]:
        """Start and end, in code points, of the tokens ``first`` to ``last`` (inclusive)."""
        return self.tokens[first].start, self.tokens[last].end


@lru_cache(maxsize=64)
def read_note(text: str) -> Reading:
    """A note: no speakers; every line ends a sentence."""
    return _read(text, [(0, 0, "")], line_ends=True)


@lru_cache(maxsize=64)
def read_transcript(text: str) -> Reading:
    """A transcript: a line that begins with ``[doctor]`` or ``Doctor:`` begins a turn, other lines go on with it; where no line
    does so, each line is a turn."""
    labels = [(match.start(), match.end(), (match["tag"] or match["name"]).casefold()) for match in _LABEL.finditer(text)]
    labels = labels or [(match.start(), match.start(), "") for match in _LINE.finditer(text)]
    first = [] if labels and not text[: labels[0][0]].strip() else [(0, 0, "")]
    return _read(text, first + labels, line_ends=False)


def _read(text: str, labels: list[tuple[int, int, str]], line_ends: bool) -> Reading:
    tokens: list[Token] = []
    turns, sentences = [], []
    sentence_from = 0
    for number, (_, begin, speaker) in enumerate(labels):
        end = labels[number + 1][0] if number + 1 < len(labels) else len(text)
        turn_from, before, filled = len(tokens), begin, False
        for match in _TOKEN.finditer(text, begin, end):
            kind, word = match.lastgroup or "mark", match.group().lower().replace("’", "'")
            if word in _FILLERS and not line_ends:
                # "Five, um, milligrams" is five milligrams: the filler goes, with the commas around it.
                if len(tokens) > sentence_from and tokens[-1].word == ",":
                    tokens.pop()
                filled = True
                continue
            if word == "," and filled:
                filled = False
                continue
            filled = False
            if not line_ends and len(tokens) > sentence_from + 1 and tokens[-1].word == "," and tokens[-2].word == word:
                # "The, the nurse": said once.
                tokens.pop()
                continue
            if line_ends and len(tokens) > sentence_from and "\n" in text[before : match.start()]:
                sentences.append((sentence_from, len(tokens)))
                sentence_from = len(tokens)
            tokens.append(Token(word, match.start(), match.end(), kind, len(sentences), number))
            before = match.end()
            if word in _ENDS and not (word == "." and len(tokens) > 1 and tokens[-2].word in _TITLES):
                sentences.append((sentence_from, len(tokens)))
                sentence_from = len(tokens)
        if len(tokens) > sentence_from:
            sentences.append((sentence_from, len(tokens)))
            sentence_from = len(tokens)
        turns.append((speaker, turn_from, len(tokens)))
    return Reading(text, tuple(tokens), tuple(token.word for token in tokens), tuple(turns), tuple(sentences))


def phrase_index(phrases: dict[str, str]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Phrases by their first word, longest first, for ``find_phrases``."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, name in phrases.items():
        words = tuple(phrase.split())
        index.setdefault(words[0], []).append((words, name))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


def find_phrases(words: tuple[str, ...], index: dict[str, list[tuple[tuple[str, ...], str]]]) -> list[tuple[str, int, int]]:
    """Name, first and last token of each phrase in ``words``; where two overlap, the earlier and then the longer one."""
    found, free = [], 0
    for place, word in enumerate(words):
        if place < free or word not in index:
            continue
        for phrase, name in index[word]:
            if words[place : place + len(phrase)] == phrase:
                found.append((name, place, place + len(phrase) - 1))
                free = place + len(phrase)
                break
    return found
