"""A judge on the loopback that knows the two notes of ``tests.reviewed`` and answers by what it is asked for."""

import json
from collections.abc import Callable
from typing import Any

FACTS = [
    ("tired since May", "Tired since May", "current_issues", "subjective", "major", False),
    ("no chest pain", "No chest pain.", "current_issues", "subjective", "minor", True),
    ("TSH again in six weeks", "we repeat the TSH  in six weeks", "plan", "assessment_and_plan", "minor", False),
]
FIELDS = ("fact", "quote", "label", "section", "severity", "important_negative")


def judge(change: Callable[[str, dict[str, Any], dict[str, Any]], Any] = lambda kind, body, said: said):
    """The answering function. ``change`` sees each answer before it leaves, with its kind, and may put another in its place."""

    def answer(body: dict[str, Any]) -> str:
        shape = body["response_format"]["json_schema"]["schema"]["properties"]
        asked = body["messages"][1]["content"]
        base = "Tired since March" in asked
        if "facts" in shape:
            kind, said = "facts", {"facts": [dict(zip(FIELDS, fact, strict=True)) for fact in FACTS]}
        elif "checks" in shape:
            kind, said = "checks", {"checks": _checks(base)}
        elif "errors" in shape:
            kind, said = "errors", {"errors": _errors(base)}
        elif "better" in shape:
            kind, said = "compare", {"why": "It is.", "better": "A" if asked.index("Repeat TSH") < asked.index("March") else "B"}
        else:
            kind, said = "ratings", {name: {"value": 2 if base else 4, "quote": "SUBJECTIVE"} for name in shape}
        said = change(kind, body, said)
        return said if isinstance(said, str) else json.dumps(said)

    return answer


def _checks(base: bool) -> list[dict[str, Any]]:
    found = [("different", "Tired since March")] if base else [("present", "Tired since May")]
    found += [("absent", ""), ("absent", "") if base else ("present", "Repeat TSH")]
    return [{"number": number, "state": state, "quote": quote} for number, (state, quote) in enumerate(found, 1)]


def _errors(base: bool) -> list[dict[str, Any]]:
    if not base:
        return [_error("1. Repeat TSH.", "repetition", "minor", "")]
    return [
        _error("since march", "contextual", "major", "since May"),
        _error("Start aspirin", "fabrication", "major", ""),
        _error("Heart regular", "inference", "none", ""),
    ]


def _error(quote: str, label: str, severity: str, evidence: str) -> dict[str, Any]:
    return {"quote": quote, "label": label, "severity": severity, "evidence": evidence, "why": "So it is."}
