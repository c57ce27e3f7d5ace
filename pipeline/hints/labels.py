"""What a number is the value of: names of measurements and laboratory values, as notes and as people say them."""

from functools import cache

from .reading import Reading, find_phrases, phrase_index

_LABELS = {
    "a1c": "a1c|hba1c|hemoglobin a1c|haemoglobin a1c|a one c|glycated hemoglobin|hgba1c|hb a1c",
    "blood pressure": "bp|blood pressure|pressure|blood pressures|systolic|diastolic|upper figure|upper number|top number",
    "pulse": "pulse|heart rate|hr",
    "breaths": "respiratory rate|respirations|breathing rate|breaths|rr",
    "saturation": "spo2|o2 sat|oxygen saturation|saturation|sats|sat|pulse ox|o2 saturation",
    "temperature": "temperature|temp",
    "weight": "weight|weigh|weighing|weighed|weighs|wt",
    "height": "height|tall",
    "bmi": "bmi|body mass index",
    "glucose": "glucose|sugar|sugars|blood sugar|blood sugars|blood glucose|fasting glucose|bg",
    "ldl": "ldl cholesterol|ldl|bad cholesterol",
    "hdl": "hdl cholesterol|hdl|good cholesterol",
    "triglycerides": "triglycerides|triglyceride",
    "cholesterol": "total cholesterol|cholesterol",
    "creatinine": "creatinine",
    "egfr": "egfr|gfr|kidney function",
    "potassium": "potassium",
    "sodium": "sodium",
    "magnesium": "magnesium",
    "calcium": "calcium",
    "phosphate": "phosphate|phosphorus",
    "hemoglobin": "hemoglobin|haemoglobin|hgb",
    "white cells": "wbc|white blood cell|white count|white cell count|white blood cells|white blood count|white blood cell count",
    "platelets": "platelets|platelet count|platelet",
    "ferritin": "ferritin",
    "vitamin d": "vitamin d|vitamin d level|25 hydroxy vitamin d|vit d",
    "b12": "b12|vitamin b12|vitamin b 12|b twelve",
    "tsh": "tsh|thyroid stimulating hormone",
    "t4": "t4|free t4|t four|free thyroxine|free t four",
    "t3": "t3|free t3|t three|free t three",
    "pth": "pth|parathyroid hormone",
    "cortisol": "cortisol",
    "prolactin": "prolactin",
    "testosterone level": "testosterone level|total testosterone|free testosterone",
    "alt": "alt",
    "ast": "ast",
    "psa": "psa",
    "inr": "inr",
    "ejection fraction": "ejection fraction|ef|lvef|pumping function",
    "albumin": "albumin|uacr|acr|albumin creatinine ratio|microalbumin",
    "crp": "crp|c reactive protein",
    "esr": "esr|sed rate",
    "bun": "bun",
    "bnp": "bnp",
    "troponin": "troponin",
    "aldosterone": "aldosterone",
    "renin": "renin",
    "lh": "lh",
    "fsh": "fsh",
    "estradiol level": "estradiol level",
    "igf": "igf 1|igf1|igf one|igf-1",
    "acth": "acth",
    "dhea": "dhea|dheas",
    "calprotectin": "calprotectin",
    "lactate": "lactate",
    "bicarbonate": "bicarb|bicarbonate",
    "ketones": "ketone|ketones",
    "peak flow": "peak flow",
    "uric acid": "uric acid",
    "antibody": "antibody|antibodies|tpo|trab",
    "t-score": "t score|t - score|bone density",
}  # fmt: skip


@cache
def _index() -> dict:
    names = {part: label for label, names in _LABELS.items() for part in names.split("|")}
    return phrase_index(names)


def find_labels(reading: Reading) -> list[tuple[str, int, int]]:
    """Label, first and last token of each name of a measurement in the text."""
    return find_phrases(reading.words, _index())
