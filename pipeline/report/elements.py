"""HTML made of elements: every text is escaped where it is put in, so that no name or word of a model can become a tag."""

from html import escape


class Html(str):
    """Text that is markup already; only ``el`` and this module's callers with markup of their own make it."""


def el(tag: str, *children: "str | Html | None", **attributes: str | None) -> Html:
    """``el("td", text, class_="number")``: children that are not Html are escaped, attributes always; None is left out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items() if value is not None
    )
    inside = "".join(child if isinstance(child, Html) else escape(child, quote=False) for child in children if child is not None)
    return Html(f"<{tag}{given}>{inside}</{tag}>")


def joined(*parts: Html) -> Html:
    return Html("".join(parts))
