"""Units: their names in notes and in speech, what they measure, and when two quantities are the same."""

from .wordset import wordset

# Unit name -> (what it measures, how much of that). Only units that measure the same thing are compared across names.
_MEASURES = {
    "mcg": ("mass", 0.001), "mg": ("mass", 1.0), "g": ("mass", 1000.0),
    "minute": ("time", 1 / 1440), "hour": ("time", 1 / 24), "day": ("time", 1.0), "week": ("time", 7.0),
    "month": ("time", 30.4), "year": ("time", 365.0),
    "mm": ("length", 0.1), "cm": ("length", 1.0), "m": ("length", 100.0), "inch": ("length", 2.54), "foot": ("length", 30.48),
    "kg": ("weight", 1.0), "lb": ("weight", 0.4536), "stone": ("weight", 6.35),
}  # fmt: skip
# How far two quantities in different units may be apart, as a share: a month is called four weeks, 1.6 kg 3.5 pounds.
_TOLERANCE = {"time": 0.12, "weight": 0.07, "length": 0.03}
_NAMES = {
    "mcg": "mcg mcgs microgram micrograms µg μg ug",
    "mg": "mg mgs milligram milligrams milligramme milligrammes",
    "g": "g gm gms gram grams gramme grammes",
    "unit": "unit units iu u",
    "meq": "meq milliequivalent milliequivalents",
    "ml": "ml mls milliliter milliliters millilitre millilitres cc",
    "mmol": "mmol millimole millimoles millimole millimol",
    "lab": "ng nanogram nanograms pg picogram picograms miu mmhg mm/hg bpm beats",
    "tablet": "tablet tablets tab tabs pill pills capsule capsules cap caps",
    "puff": "puff puffs spray sprays drop drops inhalation inhalations",
    "percent": "% percent",
    "minute": "minute minutes min mins",
    "hour": "hour hours hr hrs",
    "day": "day days night nights morning mornings evening evenings",
    "week": "week weeks wk wks",
    "month": "month months mo mos",
    "year": "year years yr yrs yo y",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "m": "m meter meters metre metres",
    "inch": "inch inches",
    "foot": "foot feet ft",
    "kg": "kg kgs kilo kilos kilogram kilograms",
    "lb": "lb lbs pound pounds",
    "stone": "stone",
    "ounce": "ounce ounces oz",
    "litre": "liter liters litre litres",
    "degree": "degree degrees ° fahrenheit celsius",
    "time": "time times x",
    "pack": "pack packs",
}
UNITS = {word: unit for unit, words in _NAMES.items() for word in words.split()}
DOSES = wordset("mcg mg g unit meq ml tablet puff")
TIMES = frozenset(unit for unit, (measure, _) in _MEASURES.items() if measure == "time")
# After "mg", "units" and the like, these make a concentration: the unit of a laboratory value, which nobody says aloud.
PER = wordset("dl l ml liter litre deciliter decilitre milliliter min h m2 mmol g")
# What may stand between a number and its unit.
BETWEEN = wordset("- a an more full whole good extra fluid")
# Words after a bare number that are no name of what was counted.
FUNCTION = wordset(
    """of and or but to in a an per now about so i it is was are were for on at then twice once three if the that this we you
    he she they as by with from right okay ok um uh yeah yes no not because which when who my your his her our well today
    yesterday tomorrow currently again daily weekly nightly monthly yearly s bid tid qid prn po before after since until
    every each times over out point through than last ago max maximum i'm i've it's that's you're we're we'll i'll he's
    she's also still just too and's oh o instead up down off"""
)


def measure(unit: str) -> str:
    """What a unit measures, "" for one that is not converted."""
    return _MEASURES[unit][0] if unit in _MEASURES else ""


def same(value: float, unit: str, other: float, other_unit: str) -> bool:
    """Whether a note's quantity is what was said. A number said without a unit fits any; one of other things fits only a number
    that also has no unit. Across units of one measure a rounding is allowed (30 days for a month)."""
    equal = abs(value - other) < 1e-6
    if unit == other_unit or not other_unit or not unit:
        return equal
    first, second = _MEASURES.get(unit), _MEASURES.get(other_unit)
    if first and second and first[0] == second[0]:
        left, right = value * first[1], other * second[1]
        return abs(left - right) <= (_TOLERANCE.get(first[0], 0.001)) * max(left, right)
    if unit == "noun" or "lab" in (unit, other_unit):
        return equal
    # Without punctuation the next word may belong to what follows; large numbers of things are rare.
    return equal and other_unit in ("noun", "ordinal") and value > 12
