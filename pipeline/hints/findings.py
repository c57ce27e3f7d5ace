"""Findings in a text, each affirmed, denied or neither: by cue words in its sentence, in speech also by an answer."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from .answers import DENIED, UNCLEAR, answer_to, is_question
from .reading import Reading, phrase_index
from .wordset import wordset

FILE = Path(__file__).with_name("findings.txt")
AFFIRMED = 1
# What a sentence says about conditions and other people is no statement about the patient: it counts for neither.
_CONDITIONS = wordset(
    """if unless case should would could shouldn't wouldn't couldn't might may risk risks effect effects cause causes prevent
    warn warned warning precautions watch call return worse worsen educated counselled counseled advised advise avoid
    sometimes until trying try wish want hope
    concern concerned worry worried possible possibly monitor screening screen rule suspect prophylaxis differential
    versus vs emergency urgently hospital ring tell"""
)
# Behind a finding: what to do should it come.
_ALARMS = wordset(": hospital ambulance emergency 999 911 112 urgently")
# Right before a finding of the note: an end, or an example of something else (an allergy to codeine).
_ENDED = wordset("( stopped stop quit former ex past resolved ceased")
# Not told apart: pain in the calf, in your calf, in calves.
_WHOSE = wordset("the a an my your his her their our its")
OTHERS = wordset(
    """mother father mom mum dad sister brother aunt uncle grandmother grandfather grandma grandpa cousin family son daughter
    wife husband maternal paternal parents sibling siblings mother's father's"""
)
_OVER = wordset("resolved gone better improved stopped improving subsided resolution longer previously used away ago")
_TREATING = wordset(
    """medicine medicines medication medications tablet tablets pill
    pills drug drugs something treatment taken takes"""
)
_CUES = wordset(
    """no without denies denied deny denying never nor neither negative none not free nothing absent absence cannot"""
)
_PAST = wordset("ago history past previous prior previously remote once")
_SUBJECTS = wordset("i i'm i've he she he's she's there there's we it it's you you're they your")
_TURNS = wordset(
    """but however except although though just only reports reported endorses admits states positive presents complains
    because since yes yeah has had have notes noted does then so besides apart than"""
)
# These end the reach of a cue only where no cue stands right before them ("has not had", "no other").
_PASSED = wordset("has had have noted other does")
_NOTHING = wordset("none no denied negative nil never absent")
_AFFIRMING = wordset("reports reported endorses admits complains positive has had have with notes states")
_LIGHT = wordset(
    """any a an the of in or and nor , have had having has get got getting feel feeling feels felt noticed notice noticing
    see seen experience experienced experiencing report reported history recent new significant signs sign evidence
    obvious real much more other your my her his been be is was are i you he she further associated known issues problems
    symptoms such as like for with to significantly acute appreciable appreciate hear really personal current currently
    episodes episode complaints feelings - / either chest leg lower upper abdominal extremity extremities pitting
    peripheral ankle"""
)
_PRONOUNS = wordset("i it it's that that's i'm i've he she they you there we , . not well")


class Finding(NamedTuple):
    """``names`` as in findings.txt, on tokens first to last; ``polarity`` is AFFIRMED, DENIED, UNCLEAR or, in speech, ASKED;
    ``cue`` is the token that says so ("denies", "reports"), or the first."""

    names: frozenset[str]
    first: int
    last: int
    polarity: int
    cue: int = -1


# Endings of the words of medicine for what is wrong: pharyngitis, haemoptysis, dyskinesia.
_ENDING = re.compile(
    r"(?:itis|osis|a?emia|algia|uria|rrho?ea|megaly|plegia|paresis|penia|kinesia|ptysis|pno?ea|phagia|opia|trophy|stenosis|rexia"
    r"|a?esthesia|cele|ectasia|oedema|edema|lgesia|pathy|sclerosis|ulsion|ysplasia|roma|oma)$"
)


class _Lexicon(NamedTuple):
    index: dict
    names: dict[str, frozenset[str]]
    important: frozenset[str]
    examined: frozenset[str]
    denials: frozenset[str]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its plural ending."""
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word == "calves":
        return "calf"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")) else word


@cache
def lexicon() -> _Lexicon:
    names: dict[str, set[str]] = {}
    important, examined, denials = set(), set(), set()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, *others = [part.strip() for part in line.lstrip("!~ ").split("|")]
        important |= {name} if line.startswith("!") else set()
        examined |= {name} if line.startswith("~") else set()
        for phrase in (name, *others):
            phrase, denial = phrase.removeprefix("- "), phrase.startswith("- ")
            denials |= {" ".join(stem(word) for word in phrase.split())} if denial else set()
            names.setdefault(" ".join(stem(word) for word in phrase.split() if word not in _WHOSE), set()).add(name)
    index = phrase_index({phrase: phrase for phrase in names})
    frozen = {phrase: frozenset(all_of) for phrase, all_of in names.items()}
    return _Lexicon(index, frozen, frozenset(important), frozenset(examined), frozenset(denials))


@lru_cache(maxsize=50_000)
def _ended(word: str) -> bool:
    return bool(_ENDING.search(word))


def mentions(reading: Reading) -> list[tuple[frozenset[str], int, int]]:
    """Names, first and last token of each finding, longest first where they overlap."""
    known = lexicon()
    places = [place for place, word in enumerate(reading.words) if word not in _WHOSE]
    words = tuple(stem(reading.words[place]) for place in places)
    found, free = [], 0
    for at, word in enumerate(words):
        if at < free:
            continue
        for phrase, name in known.index.get(word, ()):
            if words[at : at + len(phrase)] == phrase:
                found.append((known.names[name], places[at], places[at + len(phrase) - 1]))
                free = at + len(phrase)
                break
        else:
            if len(word) > 6 and _ended(word):
                found.append((frozenset((word.replace("ae", "e").replace("oe", "e"),)), places[at], places[at]))
    return found


def written_findings(reading: Reading) -> list[Finding]:
    """The findings of a note. A heading with "none" behind it is denied ("Allergies: None")."""
    every = mentions(reading)
    named = {place for _, first, last in every for place in range(first, last + 1)}
    found = []
    for names, first, last in every:
        begin, end = reading.sentences[reading.tokens[first].sentence]
        begin = _after_heading(reading, begin, first)
        if aside(reading, begin, first):
            continue
        unclear = _heads(reading, begin, last, end) or bool(_ENDED & set(reading.words[max(begin, first - 2) : first]))
        said = UNCLEAR if unclear else polarity(reading, begin, end, first, last, named, spoken=False)
        found.append(Finding(names, first, last, said, _cue(reading, begin, first, said)))
    return found


def said_findings(reading: Reading) -> list[Finding]:
    """The findings of a transcript, those in questions with the polarity of the answer."""
    every = mentions(reading)
    named = {place for _, first, last in every for place in range(first, last + 1)}
    found = []
    for names, first, last in every:
        begin, end = reading.sentences[reading.tokens[first].sentence]
        if aside(reading, max(begin, first - 30), first) or _ALARMS & set(reading.words[last + 1 : min(last + 16, end)]):
            continue
        said = polarity(reading, begin, end, first, last, named, spoken=True)
        if " ".join(map(stem, reading.words[first : last + 1])) in lexicon().denials:
            said = DENIED
        elif is_question(reading, begin, end, first):
            said = answer_to(reading, first, last, said == DENIED, every)
        found.append(Finding(names, first, last, said))
    return found


def _after_heading(reading: Reading, begin: int, first: int) -> int:
    """Where the sentence goes on behind "Social history:"; a heading such as "Negative for:" belongs to it."""
    before = reading.words[begin:first]
    if ":" not in before or any(word in _CUES or word in OTHERS for word in before[: before.index(":")]):
        return begin
    return begin + before.index(":") + 1


def _cue(reading: Reading, begin: int, first: int, said: int) -> int:
    """The word that affirms or denies, where it stands before the finding."""
    for place in range(first - 1, begin - 1, -1):
        word = reading.words[place]
        if (word in _AFFIRMING if said == AFFIRMED else word in _CUES) and first - place <= 30:
            return place
        if said == AFFIRMED and word in _CUES:
            break
    return first


def word_polarity(reading: Reading, place: int, told: list[Finding]) -> int:
    """What a transcript says about a word that is no finding of the list."""
    begin, end = reading.sentences[reading.tokens[place].sentence]
    if aside(reading, max(begin, place - 30), place):
        return UNCLEAR
    said = polarity(reading, begin, end, place, place, set(), spoken=True)
    if is_question(reading, begin, end, place):
        return answer_to(reading, place, place, said == DENIED, [(one.names, one.first, one.last) for one in told])
    return said


def polarity(
    reading: Reading, begin: int, end: int, first: int, last: int, named: set[int], spoken: bool
) -> int:
    """What the sentence says about the finding on tokens first to last."""
    words = reading.words
    after = words[last + 1 : min(last + 6, end)]
    if reading.words[max(begin, first - 2) : first] in (("non", "-"), ("non",)) or after[:2] == ("to", "nothing"):
        return DENIED
    if _denied_after(after):
        return DENIED
    heavy = 0
    for place in range(first - 1, max(begin - 1, first - 31), -1):
        word = words[place]
        if word in _TURNS and not (word in _PASSED and (spoken or _cue_before(words, place, begin))):
            break
        if spoken and word in _SUBJECTS and words[place - 1] not in ("think", "believe", "noticed", "say", "that"):
            break
        if (word in _CUES and (word != "negative" or words[place + 1] == "for")) or word.endswith("n't"):
            return _negated(reading, place, first, heavy, most=5 if spoken else 14)
        heavy += word not in _LIGHT and place not in named
    if any(word in _OVER for word in after) or _PAST & set(words[max(begin, first - 12) : min(last + 12, end)]):
        return UNCLEAR
    return AFFIRMED


def _denied_after(after: tuple[str, ...]) -> bool:
    """"Chest pain: denied", "illicit drug use: never", "murmurs absent"."""
    if after[:1] == (":",) or after[1:2] == (":",):
        return any(word in _NOTHING for word in after[after.index(":") + 1 : after.index(":") + 2])
    return after[:1] in (("denied",), ("absent",), ("negative",), ("none",)) or after[:2] == ("is", "denied")


def _heads(reading: Reading, begin: int, last: int, end: int) -> bool:
    """A heading, or what stands under one: "Allergies", "Temperature: 36.9". With "none" behind it, it is a statement."""
    after = reading.words[last + 1 : last + 4]
    after = after[1:] if after[1:2] == (":",) else after[:2]
    alone = last + 1 == end and begin + 2 >= last and reading.words[last] not in ".!"
    return alone or (after[:1] == (":",) and not (after[1:] and after[1] in _NOTHING))


def _cue_before(words: tuple[str, ...], place: int, begin: int) -> bool:
    return any(word in _CUES or word.endswith("n't") for word in words[max(begin, place - 3) : place])


def _negated(reading: Reading, cue: int, first: int, heavy: int, most: int) -> int:
    """"No, I had pain" is an answer and no denial; "not better with pain" and "no longer" say something else."""
    word, after = reading.words[cue], reading.words[cue + 1]
    if word == "no" and cue + 1 < first and (after in _PRONOUNS or reading.words[cue + 1] == "longer"):
        return UNCLEAR if after == "longer" else AFFIRMED
    if (word == "not" or word.endswith("n't") or word == "cannot") and heavy > 1:
        return UNCLEAR
    return DENIED if heavy <= most else UNCLEAR


def aside(reading: Reading, begin: int, first: int) -> bool:
    before = reading.words[begin:first]
    if "for" in before[-2:] and any(word in _TREATING for word in before[-6:]):
        return True
    return any(word in _CONDITIONS or word in OTHERS for word in before[-30:])
