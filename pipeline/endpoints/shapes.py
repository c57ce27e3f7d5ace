"""What a structured answer must look like: the part of JSON Schema that servers enforce, and a check that speaks to the model.

Known are object (all properties required, no others), array, string (with enum), integer and number (with minimum and maximum),
boolean, and ``["string", "null"]``.
"""

from typing import Any

_KINDS = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict, "null": type(None),
}  # fmt: skip


def an_object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def a_list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def text(about: str = "") -> dict[str, Any]:
    return {"type": "string"} | ({"description": about} if about else {})


def choice(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def whole(low: int, high: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high}


def limited(shape: dict[str, Any], characters: int | None, entries: int | None) -> dict[str, Any]:
    """The shape with ``maxLength`` for every free text and ``maxItems`` for every list, where a limit is given."""
    shape = dict(shape)
    if "properties" in shape:
        shape["properties"] = {name: limited(one, characters, entries) for name, one in shape["properties"].items()}
    if shape["type"] == "array":
        shape["items"] = limited(shape["items"], characters, entries)
        shape |= {"maxItems": entries} if entries else {}
    if "string" in shape["type"] and "enum" not in shape:
        shape |= {"maxLength": characters} if characters else {}
    return shape


def complaint(value: Any, shape: dict[str, Any], place: str = "the answer") -> str | None:
    """What is wrong with ``value``, for whoever is to mend it; None when it fits."""
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not any(isinstance(value, _KINDS[kind]) and (kind not in ("integer", "number") or is_number) for kind in kinds):
        return f"{place} is {value!r:.60}; expected {' or '.join(kinds)}"
    if "enum" in shape and value not in shape["enum"]:
        return f"{place} is {value!r:.60}; expected one of {', '.join(shape['enum'])}"
    if is_number and not shape.get("minimum", value) <= value <= shape.get("maximum", value):
        return f"{place} is {value}; expected {shape['minimum']} to {shape['maximum']}"
    if isinstance(value, list):
        return next((why for at, one in enumerate(value) if (why := complaint(one, shape["items"], f"{place}[{at}]"))), None)
    return _object_complaint(value, shape, place) if isinstance(value, dict) else None


def _object_complaint(value: dict[str, Any], shape: dict[str, Any], place: str) -> str | None:
    missing = [name for name in shape["required"] if name not in value]
    if missing:
        return f"{place} lacks {', '.join(missing)}"
    unknown = [name for name in value if name not in shape["properties"]]
    if unknown:
        return f"{place} has the unknown field {unknown[0]!r}; expected only {', '.join(shape['properties'])}"
    fields = shape["properties"].items()
    return next((why for name, one in fields if (why := complaint(value[name], one, f"{place}.{name}"))), None)


def sketch(shape: dict[str, Any]) -> str:
    """The shape in words, for a server that cannot be given it: ``{"score": integer 1 to 5, ...}``."""
    kind = shape["type"] if isinstance(shape["type"], str) else " or ".join(shape["type"])
    if kind == "object":
        return "{" + ", ".join(f'"{name}": {sketch(one)}' for name, one in shape["properties"].items()) + "}"
    if kind == "array":
        return f"[{sketch(shape['items'])}, ...]"
    if "enum" in shape:
        return " or ".join(f'"{value}"' for value in shape["enum"])
    bounds = f" {shape['minimum']} to {shape['maximum']}" if "minimum" in shape else ""
    return f"{kind}{bounds}" + (f" ({shape['description']})" if "description" in shape else "")
