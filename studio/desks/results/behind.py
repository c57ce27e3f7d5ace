"""The encounters behind a number, as the results page lists them."""

from typing import Any
from urllib.parse import quote

from annotations import ANY, Fact, Found, Slice

from ...results_words import BEHIND, CHOOSING, PAGE, PLOTS, counted
from .names import Names

# More facts of one encounter are only counted.
MOST_FACTS = 6


def slice_title(slice: Slice, names: Names, encounters: int) -> str:
    """What a number counts, in words: "Fabrication, major, Base model: 12 encounters"."""
    specialty = [] if slice.specialty == ANY else [names.specialty(slice.specialty)]
    model = [] if slice.model == ANY or slice.what == "compared" else [names.model(slice.model)]
    what = ", ".join([*_what(slice, names), *specialty, *model])
    return BEHIND.title.format(what=what, encounters=counted(PAGE.encounters, encounters))


def _what(slice: Slice, names: Names) -> list[str]:
    if slice.what == "marks":
        label = names.title(slice.label) if slice.label != ANY else PLOTS.groups.get(slice.group, slice.group)
        severity = [] if slice.severity == ANY else [PLOTS.severities[slice.severity].lower()]
        return [label, *severity, *([] if slice.section == ANY else [names.section(slice.section)])]
    if slice.what == "ratings":
        value = {ANY: BEHIND.any_value, "": BEHIND.not_judged}.get(slice.value, slice.value)
        return [BEHIND.rated.format(dimension=names.title(slice.dimension), value=value)]
    if slice.what == "compared":
        return [_outcome(slice.outcome, names.model(slice.model), names.model(slice.other))]
    return [{"reviews": BEHIND.reviews, "unjudged": BEHIND.unjudged, "notes": BEHIND.noted}.get(slice.what, BEHIND.corrected)]


def _outcome(outcome: str, first: str, second: str) -> str:
    if outcome in ("first", "second"):
        better, worse = (first, second) if outcome == "first" else (second, first)
        return BEHIND.preferred.format(model=better, other=worse)
    return {"tie": BEHIND.tie, "neither": BEHIND.neither, "open": BEHIND.open}.get(outcome, BEHIND.compared).format(
        model=first, other=second
    )


def found_shown(found: Found, slice: Slice, names: Names, mine: bool) -> dict[str, Any]:
    """One encounter. Its link leads to the reader's own review, if that is submitted, else to the first of those counted."""
    own = "" if mine else f"&review={quote(found.facts[0].review_id)}"
    return {
        "title": found.title,
        "href": f"/review?encounter={quote(found.encounter_id)}{own}",
        "facts": [_fact_shown(fact, names, slice.model == ANY) for fact in found.facts[:MOST_FACTS]],
        "more": BEHIND.others.format(n=len(found.facts) - MOST_FACTS) if len(found.facts) > MOST_FACTS else "",
        "sub": f"{names.specialty(found.specialty or '')} · {CHOOSING.splits[found.split]}",
    }  # fmt: skip


def _fact_shown(fact: Fact, names: Names, with_model: bool) -> dict[str, Any]:
    what = [names.title(fact.label)] if fact.label else []
    what += [PLOTS.severities[fact.severity].lower()] if fact.severity else []
    if fact.dimension:
        value = BEHIND.not_judged if fact.value is None else str(fact.value)
        what = [BEHIND.rated.format(dimension=names.title(fact.dimension), value=value)]
    model = [names.model(fact.model)] if fact.model and with_model else []
    return {
        "what": ", ".join([*what, *model]),
        "quote": fact.quote or "",
        "comment": fact.comment or "",
        "by": BEHIND.by.format(reviewer=fact.reviewer),
    }
