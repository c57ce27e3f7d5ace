"""What the judge is asked for, made from the study's label set."""

from typing import Any

from annotations import SEVERITIES, LabelSet
from pipeline.endpoints.shapes import a_list, an_object, choice, text, whole

STATES = ("present", "absent", "different")


def facts_shape(labels: LabelSet) -> dict[str, Any]:
    return an_object(
        facts=a_list(
            an_object(
                fact=text(), quote=text("copied from the transcript"), label=choice(*labels.omissions),
                section=choice(*labels.sections), severity=choice(*SEVERITIES), important_negative={"type": "boolean"},
            )
        )
    )  # fmt: skip


def checks_shape(count: int) -> dict[str, Any]:
    return an_object(checks=a_list(an_object(number=whole(1, count), state=choice(*STATES), quote=text("copied from the note"))))


def errors_shape(labels: LabelSet) -> dict[str, Any]:
    error = an_object(
        quote=text("copied from the note"), label=choice(*labels.errors), severity=choice(*SEVERITIES, "none"),
        evidence=text("copied from the transcript, or empty"), why=text(),
    )  # fmt: skip
    return an_object(errors=a_list(error))


def ratings_shape(labels: LabelSet) -> dict[str, Any]:
    return an_object(**{name: an_object(value=whole(1, 5), quote=text("copied")) for name in labels.dimensions})


COMPARISON = an_object(why=text(), better=choice("A", "B", "tie", "neither"))


def label_words(labels: LabelSet) -> dict[str, str]:
    """The label set in the words of the prompts."""
    entries = labels.data
    severities = "; ".join(f"{name}: {labels.data['severity'][name]}" for name in SEVERITIES)
    return {
        "errors": "\n".join(f"- {one['id']}: {one['meaning']}" for one in entries["error"]),
        "omissions": "; ".join(f"{one['id']}: {one['meaning']}" for one in entries["omission"]),
        "sections": ", ".join(f"{one['id']} ({one['title']})" for one in entries["section"]),
        "severities": severities,
        "no_errors": ", ".join(name for name in labels.errors if not labels.needs_severity(name)) or "none of them",
        "dimensions": "\n".join(_dimension(one) for one in entries["dimension"]),
    }


def _dimension(one: dict[str, Any]) -> str:
    anchors = "; ".join(f"{value}: {anchor}" for value, anchor in enumerate(one["anchors"], 1))
    return f"{one['id']} ({one['title']}): {anchors}"
