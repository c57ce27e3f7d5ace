"""What a sentence says about one of its words: affirmed, denied, or neither, by the cue words around it."""

from .answers import DENIED, UNCLEAR
from .reading import Reading
from .wordset import wordset

AFFIRMED = 1
# What a sentence says about conditions and other people is no statement about the patient: it counts for neither.
_CONDITIONS = wordset(
    """if unless case should would could shouldn't wouldn't couldn't might may risk risks effect effects cause causes prevent
    warn warned warning precautions watch call return worse worsen educated counselled counseled advised advise avoid
    sometimes stay until trying try wish want hope hopes wishes wants
    concern concerned worry worried possible possibly monitor screening screen rule suspect prophylaxis differential
    versus vs emergency urgently hospital ring tell"""
)
OTHERS = wordset(
    """mother father mom mum dad sister brother aunt uncle grandmother grandfather grandma grandpa cousin family son daughter
    wife husband maternal paternal parents sibling siblings mother's father's"""
)
_OVER = wordset("resolved gone better improved stopped improving subsided resolution longer previously used away ago")
_TREATING = wordset(
    """medicine medicines medication medications tablet tablets pill
    pills drug drugs something treatment taken takes"""
)
CUES = wordset(
    """no without denies denied deny denying never nor neither negative none not free nothing absent absence cannot nobody"""
)
_PAST = wordset("ago history past previous prior previously remote once")
_SUBJECTS = wordset("i i'm i've he she he's she's there there's we it it's you you're they your")
_TURNS = wordset(
    """but however except although though just only reports reported endorses admits states positive presents complains
    because since still yes yeah has had have notes noted does then so besides apart than"""
)
# These end the reach of a cue only where no cue stands right before them ("has not had", "no other").
_PASSED = wordset("has had have noted other does")
_LIGHT = wordset(
    """any a an the of in or and nor , have had having has get got getting feel feeling feels felt noticed notice noticing
    see seen experience experienced experiencing report reported history recent new significant signs sign evidence
    obvious real much more other your my her his been be is was are i you he she further associated known issues problems
    symptoms such as like for with to significantly acute appreciable appreciate hear really personal current currently
    episodes episode complaints feelings - / either chest leg lower upper abdominal extremity extremities pitting
    peripheral ankle"""
)
_PRONOUNS = wordset("i it it's that that's i'm i've he she they you there we , . not well")
_IS_NOT = wordset("not isn't aren't wasn't weren't")
_SO = wordset("needed necessary required there present enlarged swollen")
_LOOKS = wordset("is are look looks feel feels was were")
_ORDINARY = wordset("normal ordinary unremarkable fine")
# So many tokens of a list may stand before its "negative", and none of these.
_LIST = 12
_PARTING = wordset("was were but ; . : positive ( )")
# These are said of a part, and begin what is new behind a comma: "no guarding, tender on the right".
_ADJECTIVES = wordset("tender sore swollen painful warm stiff weak")
NOTHING = wordset("none no denied negative nil never absent")


def polarity(
    reading: Reading, begin: int, end: int, first: int, last: int, named: set[int], spoken: bool
) -> int:
    """What the sentence says about the finding on tokens first to last."""
    words = reading.words
    after = words[last + 1 : min(last + 6, end)]
    if reading.words[max(begin, first - 2) : first] in (("non", "-"), ("non",)) or after[:2] == ("to", "nothing"):
        return DENIED
    # "The lymph nodes look ordinary."
    ordinary = first in named and bool(_LOOKS & set(after[:1]) and _ORDINARY & set(after[1:2]))
    if denied_after(after) or ordinary or _all_negative(words[last + 1 : end]):
        return DENIED
    if "unlikely" in after:
        return UNCLEAR
    heavy = 0
    alone = first == last and words[first] in _ADJECTIVES and not {"or", "nor", "and"} & set(words[last + 1 : min(last + 4, end)])
    if alone and words[first - 1] == "," and first - 1 > begin:
        return AFFIRMED
    for place in range(first - 1, max(begin - 1, first - 31), -1):
        word = words[place]
        if word in _TURNS and not (word in _PASSED and (spoken or _cue_before(words, place, begin))):
            break
        if spoken and word in _SUBJECTS and words[place - 1] not in ("think", "believe", "noticed", "say", "that"):
            break
        # "Your urine is clear of protein."
        named_free = word == "clear" and words[place + 1] == "of"
        if word == "absent" and "," in words[place:first]:
            # "Ankle jerks absent, knee jerks present."
            break
        if (word in CUES and (word != "negative" or words[place + 1] == "for")) or word.endswith("n't") or named_free:
            return _negated(reading, place, first, heavy, most=5 if spoken else 14)
        heavy += word not in _LIGHT and place not in named
    if any(word in _OVER for word in after) or _PAST & set(words[max(begin, first - 12) : min(last + 12, end)]):
        return UNCLEAR
    return AFFIRMED


def _all_negative(after: tuple[str, ...]) -> bool:
    """"Hepatitis B, hepatitis C and HIV negative", of the first of them."""
    at = after.index("negative") if "negative" in after[:_LIST] else 0
    return at > 1 and "and" in after[:at] and not any(word in _PARTING or word.isdigit() for word in after[:at])


def denied_after(after: tuple[str, ...]) -> bool:
    """"Chest pain: denied", "illicit drug use: never", "murmurs absent", "a scan isn't needed", "the nodes are not enlarged"."""
    if (after[:1] and after[0] in _IS_NOT and _SO & set(after[1:3])) or (after[1:2] == ("not",) and _SO & set(after[2:4])):
        return True
    if after[:1] == (":",) or after[1:2] == (":",):
        return any(word in NOTHING for word in after[after.index(":") + 1 : after.index(":") + 2])
    after = after[1:] if after[:1] and after[0] in _LOOKS else after
    return after[:1] in (("denied",), ("absent",), ("negative",), ("none",))


def _cue_before(words: tuple[str, ...], place: int, begin: int) -> bool:
    return any(word in CUES or word.endswith("n't") for word in words[max(begin, place - 3) : place])


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
