"""Left and right, bound to parts of the body; not "right now", "all right" or "he left"."""

from typing import NamedTuple

from .reading import Reading
from .units import FUNCTION
from .wordset import wordset

LEFT, RIGHT, BOTH = "left", "right", "both"
_GROUPS = {
    "head": "head temporal scalp face cheek jaw forehead temple facial",
    "eye": "eye eyes periorbital glaucoma optic visual vision eyelid lid retina cataract orbit ocular",
    "ear": "ear ears aural eardrum hearing tympanic",
    "nose": "nostril nostrils nare sinus sinuses maxillary",
    "neck": "neck carotid thyroid lobe tonsil cervical nodule",
    "shoulder": "shoulder shoulders rotator clavicle collarbone scapula trapezius deltoid ac",
    "arm": "arm arms elbow elbows forearm humerus bicep biceps tricep triceps epicondyle upper-limb",
    "hand": "hand hands wrist wrists finger fingers thumb palm knuckle carpal mcp mcps radial ulnar radius scaphoid",
    "chest": "chest breast breasts lung lungs rib ribs axilla armpit bronchus lobe hilar",
    "heart": "ventricle atrium ventricular atrial coronary bundle",
    "belly": "abdomen abdominal belly stomach quadrant flank groin testicle testis ovary ovarian adnexal kidney renal side loin "
             "adrenal ureter ureteral iliac fossa hypochondrium inguinal hernia tummy testicular scrotum",
    "back": "back spine lumbar paraspinal buttock buttocks sciatica si sacroiliac",
    "hip": "hip hips pelvis groin trochanter",
    "leg": "leg legs thigh knee knees calf calves shin kneecap patella meniscus tibia fibula hamstring quadriceps femur shins "
           "extremity extremities limb",
    "foot": "foot feet ankle ankles toe toes heel heels achilles midfoot metatarsal sole malleolus plantar",
}  # fmt: skip
_PARTS: dict[str, set[str]] = {}
for _group, _words in _GROUPS.items():
    for _word in _words.split():
        _PARTS.setdefault(_word, set()).add(_group)
_LIMBS = wordset("extremity extremities limb limbs")
# Other words for the same part.
_SAME = {
    "feet": "foot", "calves": "calf", "belly": "abdomen", "abdominal": "abdomen", "stomach": "abdomen", "tummy": "abdomen",
    "testicular": "testicle", "testis": "testicle", "ovarian": "ovary", "adnexal": "ovary", "renal": "kidney",
    "lumbar": "back", "spine": "back", "collarbone": "clavicle", "kneecap": "knee", "patella": "knee",
}  # fmt: skip
_ARM_OR_LEG = {"upper": {"arm", "hand"}, "lower": {"leg", "foot"}}
# How many tokens a side may stand before its part, and after it ("the knee on the left").
_BEFORE, _AFTER = 4, 5
_NOT_A_SIDE = {
    "right": wordset(
        """at in on now away there here after before thing way answer direction so and then that's all i you we okay ok or amount
        dose choice time track"""
    ),
    "left": wordset("the a an my his her over for with without work home to it him them on in at off alone out and main"),
}  # fmt: skip
_NEVER = wordset("way thing direction track time amount dose answer choice person place decision")
_FOR_A_SIDE = wordset("the my your his her on to one a of left mainly mostly just more only than lower upper far")


# "The spot on the right has shrunk."
_VERBS = wordset("has is was had looks feels hurts can does did will")
# "20 ml left".
_UNITS = wordset("ml cc mg tablet tablets pill pills dose doses puff puffs day days week weeks month months")
_HANDED = (
    ("-", "handed"), ("handed",), ("-", "hand", "-", "dominant"), ("hand", "-", "dominant"), ("-", "hand", "dominant"),
    ("hand", "dominant"),
)  # fmt: skip


class Side(NamedTuple):
    """``side`` of a body part and its neighbours (``groups``), said on tokens ``first`` to ``last``; "" and no groups where the
    part is not named."""

    side: str
    part: str
    groups: frozenset[str]
    first: int
    last: int


def find_sides(reading: Reading, spoken: bool) -> list[Side]:
    """Each side with its part. In speech a side without a part is taken for the parts of the last sentences, else for any."""
    found = []
    for place, word in enumerate(reading.words):
        side = BOTH if word in ("bilateral", "bilaterally", "both") else word if word in (LEFT, RIGHT) else ""
        if not side or any(reading.words[place + 1 : place + 1 + len(one)] == one for one in _HANDED):
            continue
        if word == LEFT and place > 1 and reading.tokens[place - 2].kind == "number" and reading.words[place - 1] in _UNITS:
            continue
        part = _part_after(reading, place) or _part_before(reading, place)
        if part is None and not spoken and side != BOTH and _stands_alone(reading, place, spoken):
            part = _earlier_part(reading, place)
        if part is not None:
            found.append(_side(reading, side, place, part))
        elif side != BOTH and _stands_alone(reading, place, spoken):
            near = _part_near(reading, place) if spoken else None
            found.append(_side(reading, side, place, near)._replace(first=place, last=place) if near is not None else
                         Side(side, "", frozenset(), place, place))  # fmt: skip
    return found


def _side(reading: Reading, side: str, place: int, part: int) -> Side:
    word = reading.words[part].removesuffix("'s")
    named = _SAME.get(word, word.removesuffix("s"))
    if word in _LIMBS and reading.words[part - 1] in _ARM_OR_LEG:
        named = "arm" if reading.words[part - 1] == "upper" else "leg"
    return Side(side, named, groups_at(reading, part), min(place, part), max(place, part))


def groups_at(reading: Reading, place: int) -> frozenset[str]:
    """The groups of body parts that the word at ``place`` names, or none."""
    word = reading.words[place].removesuffix("'s")
    if word in _LIMBS and place and reading.words[place - 1] in _ARM_OR_LEG:
        return frozenset(_ARM_OR_LEG[reading.words[place - 1]])
    return frozenset(_PARTS.get(word, ()))


def _part_after(reading: Reading, place: int) -> int | None:
    for other in range(place + 1, min(place + 1 + _BEFORE, len(reading.words))):
        word = reading.words[other]
        if word in ".?!;:" or reading.tokens[other].turn != reading.tokens[place].turn or word in (LEFT, RIGHT, "and", "but"):
            return None
        if word == "," or (other == place + 1 and word in _NOT_A_SIDE.get(reading.words[place], ())):
            return None
        if groups_at(reading, other):
            return other
    return None


def _part_before(reading: Reading, place: int) -> int | None:
    """"The knee, on the left"; "right" alone after a part is often a word of speech, so it needs "on the" or "my"."""
    if place == 0 or reading.words[place - 1] not in ("the", "my", "your", "his", "her", "("):
        return None
    for other in range(place - 1, max(place - 1 - _AFTER, -1), -1):
        if reading.words[other] in ".?!;" or reading.tokens[other].turn != reading.tokens[place].turn:
            return None
        if groups_at(reading, other):
            return other
    return None


def _earlier_part(reading: Reading, place: int) -> int | None:
    begin, _ = reading.sentences[reading.tokens[place].sentence]
    return next((other for other in range(place - 1, begin - 1, -1) if groups_at(reading, other)), None)


def _stands_alone(reading: Reading, place: int, spoken: bool) -> bool:
    before = reading.words[place - 1] if place else ""
    after = reading.words[place + 1] if place + 1 < len(reading.words) else ""
    hyphened = after == "-" and reading.words[place + 2 : place + 3] in (("sided",), ("hand",), ("sidedly",))
    if after in ("side", "sided", "one", "hand") or hyphened or (after == "of" and before not in ("was", "is")):
        return True
    if after in _NEVER or (after in _NOT_A_SIDE[reading.words[place]] and not spoken):
        return False
    if not spoken or (reading.words[place - 2 : place] == ("on", "the") and after in _VERBS):
        return True
    if after in _NOT_A_SIDE[reading.words[place]] and before not in ("the", "my"):
        return False
    follows = after.isalpha() and after not in FUNCTION
    if reading.words[place] == RIGHT and follows:
        # "The right question", "the right dose".
        return False
    return before in _FOR_A_SIDE or _short_turn(reading, place)


def _short_turn(reading: Reading, place: int) -> bool:
    """"Which knee?" "Left." In a longer turn, and for "right", it would be a word of speech."""
    _, first, last = reading.turns[reading.tokens[place].turn]
    return reading.words[place] == LEFT and last - first <= 4


def _part_near(reading: Reading, place: int) -> int | None:
    """The last part of the body that was named before, in the same turn or the one before."""
    turn = reading.tokens[place].turn
    for other in range(place - 1, max(place - 30, -1), -1):
        if groups_at(reading, other) and reading.tokens[other].turn >= turn - 1:
            return other
    return None
