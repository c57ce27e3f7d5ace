"""Questions of one speaker and the other's answers: "Any chest pain? - No." denies chest pain."""

from .lexicon import stem
from .reading import Reading
from .wordset import wordset

# ASKED is a question without a clear answer.
AFFIRMED, DENIED, UNCLEAR, ASKED = 1, -1, 0, 2
_TAGS = frozenset(("okay", "ok", "right", "alright", "correct", "yeah"))
_ASKING = wordset("any are do does did have has is was were ever how what you")
_OPENERS = frozenset(("do you", "did you", "have you", "are you", "were you", "is there", "are there", "how about", "what about",
                      "has there", "does it", "did it", "is it", "had any", "have any", "having any", "had you",
                      "ask about"))  # fmt: skip
_FILLERS = wordset(
    """my er erm um uh well so oh , . - hmm actually okay ok you know to be honest mean god gosh doctor doc sir ma'am ... ! no-"""
)
_NO = wordset("no nope nah none never nothing neither nay negative")
_YES = wordset("yes yeah yep yup sure definitely absolutely correct right mm aye mhm ya")
_SOME = wordset("little bit some sometimes occasionally every mild mostly maybe usually often slight")
_LENGTHS = wordset("minute minutes hour hours day days week weeks month months year years")
_COMMON = wordset("any or and of in the a to with , ? . pain your you")
_HEDGES = wordset("but just only except mean apart although sometimes")
_AWAY = frozenset((("away", "from"), ("kept", "off"), ("keeping", "off"), ("stayed", "off"), ("staying", "off")))
_PRESUMING = frozenset((("how", "long"), ("when", "did"), ("how", "bad"), ("what", "brings")))
_COUNTED = wordset("two three four five six seven eight nine ten twelve fifteen twenty")
_CHANGED = wordset("changed change gone off different worse")
_HARD = wordset("trouble difficulty difficulties problem problems hard")
_DOES_NOT = wordset("doesn't don't didn't hasn't haven't isn't aren't never")
_CANNOT = wordset("can't cannot couldn't")
_DOUBT = wordset("sure often much always as exactly necessarily more")


def is_question(reading: Reading, begin: int, end: int, place: int) -> bool:
    """Whether the finding at ``place`` is asked for. Without punctuation "any" or "do you" before it says so."""
    _, first, last = reading.turns[reading.tokens[place].turn]
    asks = reading.words[end - 1] == "?" and reading.words[end - 2] not in _TAGS
    if asks or (last - first <= 5 and _prompts(reading, first, last)) or _refused(reading, place, end, last):
        return True
    before = reading.words[max(begin, place - 20) : place]
    if "any" in before[-12:] and not any(word in ("no", "not", "without", "denies") or word.endswith("n't") for word in before):
        return True
    return any(f"{one} {two}" in _OPENERS for one, two in zip(before, before[1:], strict=False))


def _refused(reading: Reading, place: int, end: int, last: int) -> bool:
    """"I have to ask about fever. - No.": the last sentence of a turn, and the next begins with a no."""
    asks = place + 12 >= end or "ask" in reading.words[max(place - 16, 0) : place]
    if not asks or not end == last < len(reading.words):
        return False
    _, first, after = reading.turns[reading.tokens[last].turn]
    return reading.words[first] != "so" and reading.words[after - 1] != "?" and _verdict(reading, first, after, []) == DENIED


def _prompts(reading: Reading, first: int, last: int) -> bool:
    """A scrap such as "cough, headache", with nobody who has it and no cue: said by who asks."""
    return not any(word in _NO | _YES or word in ("i", "i've", "some", "my", "not") for word in reading.words[first:last])


def kept_away(reading: Reading, begin: int, place: int) -> bool:
    """Whether a question asks if one has kept away from what stands at ``place``: yes and no both say that one has not had it."""
    before = reading.words[max(begin, place - 6) : place]
    pairs = set(zip(before, before[1:], strict=False))
    return bool(_AWAY & pairs) or bool({"avoided", "avoiding", "avoid"} & set(before))


def answer_to(reading: Reading, place: int, end: int, negative: bool, findings: list) -> int:
    """What the answer says about the finding that is asked for at ``place``; ``negative`` for "no fever, right?"."""
    answer = _answer(reading, place)
    if answer is None:
        return ASKED
    # "Any trouble concentrating? - I can't concentrate."
    said = reading.words[answer[0] : min(answer[0] + 8, answer[1])]
    if not negative and _HARD & set(reading.words[max(place - 4, 0) : place]) and _CANNOT & set(said):
        return AFFIRMED
    first, last = answer
    asked = set(reading.words[place : end + 1]) - _COMMON
    words = reading.words[first + 1 : min(first + 25, last)]
    again = bool(asked & set(words) and _HEDGES & set(words))
    word = _verdict(reading, first, last, findings)
    begin, stop = reading.sentences[reading.tokens[place].sentence]
    if not negative and "same" in said[:4] and _CHANGED & set(reading.words[begin:stop]):
        # "Has your sight changed? - It's the same."
        return DENIED
    if word == UNCLEAR and not negative and _refuses(reading, place, first, last):
        return DENIED
    told = _describes(reading, first, last) or _names(reading, first, last, asked)
    if word == UNCLEAR and not negative and told and _asked_alone(reading, place, findings):
        return AFFIRMED
    if again or word == UNCLEAR:
        return DENIED if negative and not again else ASKED
    if word == DENIED:
        return DENIED
    if negative:
        return ASKED
    return AFFIRMED if _asked_alone(reading, place, findings) else ASKED


def presumed(reading: Reading, place: int) -> bool:
    """"How long are you stiff of a morning?" takes the stiffness as said."""
    begin, _ = reading.sentences[reading.tokens[place].sentence]
    before = reading.words[max(begin, place - 8) : place]
    return bool(_PRESUMING & set(zip(before, before[1:], strict=False))) and "any" not in before


def _answer(reading: Reading, place: int) -> tuple[int, int] | None:
    """First and last token + 1 of what answers: the next sentence if it is "no" or "yes", else the next turn, when the question
    stands near the end of its own."""
    token = reading.tokens[place]
    _, _, turn_end = reading.turns[token.turn]
    _, sentence_end = reading.sentences[token.sentence]
    if sentence_end < turn_end and reading.words[sentence_end] in _NO | _YES and reading.words[sentence_end - 1] == "?":
        return sentence_end, turn_end
    if token.turn + 1 >= len(reading.turns) or turn_end - place > 40 or not _ends_asking(reading, place, turn_end):
        return None
    _, first, last = reading.turns[token.turn + 1]
    return (first, last) if last > first else None


def _ends_asking(reading: Reading, place: int, turn_end: int) -> bool:
    """Whether nothing but questions and scraps follow in the turn."""
    sentence = reading.tokens[place].sentence + 1
    while sentence < len(reading.sentences) and reading.sentences[sentence][0] < turn_end:
        begin, end = reading.sentences[sentence]
        if reading.words[end - 1] != "?" and end - begin > 8:
            return False
        sentence += 1
    return True


def _verdict(reading: Reading, first: int, last: int, findings: list) -> int:
    words = reading.words
    place = first
    while place < last and words[place] in _FILLERS:
        place += 1
    head = words[place : min(place + 4, last)]
    if not head:
        return UNCLEAR
    if head[0] in _YES:
        return DENIED if head[1:2] in (("no",), ("not",)) or head[1:3] == (",", "no") else AFFIRMED
    if head[0] in _NO:
        # "No vomiting, but ...": only what is named is denied.
        named = any(place < at <= place + 3 and at < last for _, at, _ in findings)
        return UNCLEAR if named or "more" in head[1:2] else DENIED
    if reading.tokens[place].kind == "number" or head[0] in _COUNTED:
        return AFFIRMED
    if head[0] == "not":
        return UNCLEAR if _DOUBT & set(head[1:3]) else DENIED
    if head[:2] in (("that", "too"), ("that's", "right"), ("that", "as")):
        return AFFIRMED
    if head[:2] in (("i've", "never"), ("i've", "not"), ("i", "never")):
        return DENIED
    if head[0] == "i" and any(word == "not" or word.endswith("n't") for word in head[1:3]):
        # "I don't", "I haven't", "I don't think so"; "I don't sleep well" is no answer to this.
        rest = words[place + 2 : min(place + 6, last)]
        return DENIED if not rest or rest[0] in (".", ",", "n't", "not", "think", "have", "had", "no") else UNCLEAR
    # "Stiffness in the mornings? - Ten minutes": what has a length is there.
    some = bool(_LENGTHS & set(head)) or head[0] in _SOME or (head[0] == "a" and head[1:2] and head[1] in _SOME)
    return AFFIRMED if some or head[:2] in (("i", "do"), ("i", "have"), ("i", "did"), ("i", "am")) else UNCLEAR


def _refuses(reading: Reading, place: int, first: int, last: int) -> bool:
    """"Do the patches irritate your skin? - My skin doesn't mind them.": of the same thing, with a not."""
    asked = reading.words[slice(*reading.sentences[reading.tokens[place].sentence])]
    words = reading.words[first : min(first + 8, last)]
    same = {stem(word) for word in asked if len(word) > 3} & {stem(word) for word in words}
    return bool(same - _COMMON) and bool(_DOES_NOT & set(words)) and not _HARD & set(asked)


def _describes(reading: Reading, first: int, last: int) -> bool:
    """An answer of some words about oneself without any no: "I've got spots on my chin"."""
    words = reading.words[first : min(first + 20, last)]
    if "sorry" in words[:3]:
        return False
    denied = any(word in _NO or word == "not" or word.endswith("n't") for word in words)
    opens = words[0] in ("i", "i'm", "i've", "my", "oh", "they", "it's", "there's",  "the")
    return len(words) > 3 and not denied and opens and words[-1] != "?"


def _names(reading: Reading, first: int, last: int, asked: set[str]) -> bool:
    """"What about headaches? - A headache in the morning.": a statement, without any no, about what was asked for."""
    words = reading.words[first : min(first + 12, last)]
    denied = any(word in _NO or word == "not" or word.endswith("n't") for word in words)
    named = {stem(word) for word in asked} & {stem(word) for word in words}
    return bool(named) and not denied and not _HEDGES & set(words) and reading.words[last - 1] != "?"


def _asked_alone(reading: Reading, place: int, findings: list) -> bool:
    turn = reading.tokens[place].turn
    asked = {names for names, at, _ in findings if reading.tokens[at].turn == turn and abs(at - place) < 25}
    return len(asked) <= 1
