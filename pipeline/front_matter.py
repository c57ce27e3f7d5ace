"""The YAML block at the top of a card, which the Hub reads."""

import json
from typing import Any


def front_matter(facts: dict[str, Any]) -> str:
    """``facts`` between two lines of dashes; what is None or empty is left out. Values are written as JSON, which is YAML too, so
    that no name or title can break out of its line."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items() if value not in (None, "", [], {})]
    return "---\n" + "\n".join(lines) + "\n---\n"
