"""What the loopback's model answers when it is asked for the steps of the recipe: always the same to the same question."""

import json
import random
from typing import Any

from annotations import sha256

WORDS = [f"{first}{second}" for first in ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu") for second in "rstnlmpd"]


def scribe(body: dict[str, Any]) -> str:
    dice = random.Random(sha256(json.dumps([body["messages"], body.get("seed")])))
    shape = body.get("response_format", {}).get("json_schema", {}).get("schema")
    if shape is None:
        turns = [f"{who}: {_words(dice, 9)}." for _ in range(6) for who in ("Doctor", "Patient")]
        return "Here it is:\n" + "\n".join(turns)
    if "issues" in shape["properties"]:
        scores = {name: dice.choice([3, 4, 5, 5]) for name in shape["properties"] if name != "issues"}
        return json.dumps(scores | {"issues": [{"quote": _words(dice, 2), "change": _words(dice, 5)}]})
    return json.dumps({part: _words(dice, 8) for part in shape["properties"]})


def _words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(count))
