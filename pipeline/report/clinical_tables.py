"""What reviewers found, as a paper's tables: hallucinations, omissions, ratings, preference, edits."""

from typing import Any

from .table import Column, Estimate, Table, columns, estimate
from .tests_shown import compared_cells
from .words import counted

_DETECTABLE = "Detectable: the smallest difference that as many encounters show with 80 % power."


def clinical_tables(report: dict[str, Any]) -> list[Table]:
    """Empty when no review of these notes is submitted."""
    clinical = report["clinical"]
    models = list(clinical["models"])
    if not models:
        return []
    whose = (
        f"{counted(clinical['reviews'], 'review')} by {counted(clinical['reviewers'], 'reviewer')} of "
        f"{counted(clinical['encounters'], 'encounter')}, made blind"
    )
    tables = [
        _errors("hallucinations", "Hallucinations", "hallucination", clinical, whose),
        _errors("omissions", "Omissions", "omission", clinical, whose),
        _by_specialty(clinical),
        _ratings(clinical, whose),
    ]
    if compared := clinical["compared"]:
        tables += [_judged(report, compared), _per_words(report, compared), _preference(report, compared["preferences"])]
    return [*tables, _edits(clinical)]


def _errors(name: str, title: str, group: str, clinical: dict[str, Any], whose: str) -> Table:
    models = clinical["models"]
    first = next(iter(models.values()))[group]
    lines = [("Major", lambda found: found["major"]), ("Minor", lambda found: found["minor"])]
    lines += [
        (f"{kind['title']}, any severity", lambda found, place=place: found["types"][place])
        for place, kind in enumerate(first["types"])
    ]
    rows = tuple(
        (
            label,
            *(_per_100(pick(found[group])) for found in models.values()),
            *(_hits(pick(found[group])) for found in models.values()),
        )
        for label, pick in lines
    )
    heads = (Column("Notes with at least one"), *columns(*models, digits=1), *columns(*(f"Notes, {model}" for model in models)))
    remark = f"Per 100 notes, in brackets the 95 % Wilson interval; then notes, and marks in them. {whose}. "
    remark += "A note counts when one of its reviewers marked it."
    return Table(
        name, f"{title}: notes with at least one, per 100", heads, rows, remark, tuple(models), "Notes with at least one, per 100"
    )


def _per_100(share: dict[str, Any]) -> Estimate:
    return Estimate(share["per_100"], *share["ci95"])


def _hits(share: dict[str, Any]) -> str:
    return f"{share['hits']} of {share['n']}; {counted(share['marks'], 'mark')}"


def _by_specialty(clinical: dict[str, Any]) -> Table:
    models = clinical["models"]
    groups = [("hallucination", "hallucinations"), ("omission", "omissions")]
    every = dict.fromkeys(row["specialty"] for found in models.values() for row in found["hallucination"]["specialties"])
    known = {
        (model, group, row["specialty"]): row
        for model, found in models.items()
        for group, _ in groups
        for row in found[group]["specialties"]
    }
    rows = tuple(
        (
            specialty,
            *(
                _per_100(known[model, group, specialty]) if (model, group, specialty) in known else None
                for group, _ in groups
                for model in models
            ),
        )
        for specialty in every
    )
    heads = [f"Major {title}, {model}" for _, title in groups for model in models]
    title, remark = "Notes with a major error, per 100, by specialty", "In brackets the 95 % Wilson interval."
    plotted, axis = tuple(heads[: len(models)]), "Notes with a major hallucination, per 100"
    return Table("errors_by_specialty", title, (Column("Specialty"), *columns(*heads, digits=1)), rows, remark, plotted, axis)


def _ratings(clinical: dict[str, Any], whose: str) -> Table:
    """Means with the intervals of the paired comparison, where there is one: over the reviews that rated both notes."""
    models = clinical["models"]
    paired = {row["measure"]: row for row in (clinical["compared"] or {}).get("judged", ()) if row["kind"] == "rating"}
    dimensions = next(iter(models.values()))["ratings"]
    rows = []
    for place, rating in enumerate(dimensions):
        row = paired.get(rating["id"])
        if paired:
            sides = [estimate(row and row[side]) for side in ("first", "second")]
            cells = [*sides, row["n"] if row else 0, *compared_cells(row), row and row["detectable"]]
        else:
            found = [each["ratings"][place] for each in models.values()]
            cells = [*(estimate(each) for each in found), *(each["n"] for each in found)]
        rows.append((rating["title"], *cells))
    counts = columns("n") if paired else columns(*(f"n, {model}" for model in models))
    tests = (Column("Difference", 2, signed=True), Column("p"), Column("Verdict"), Column("Detectable", 2)) if paired else ()
    remark = f"1 unusable or dangerous, 5 sign as it is; “not judged” counts in no mean. {whose}."
    if paired:
        remark += " n is reviews that rated both notes; p is Holm's over all that reviewers judged. " + _DETECTABLE
    heads = (Column("Dimension"), *columns(*models, digits=2), *counts, *tests)
    return Table(
        "ratings", "Ratings, mean of 1 to 5", heads, tuple(rows), remark, tuple(models), "Mean rating, 1 to 5", (0.9, 5.1)
    )


def _judged(report: dict[str, Any], compared: dict[str, Any]) -> Table:
    first, second = report["model"], report["against"]["model"]
    rows = tuple(
        (
            f"Note {row['measure']}", _percent(row["first"]), _percent(row["second"]), row["clusters"], *compared_cells(row, 100),
            None if row["detectable"] is None else 100 * row["detectable"],
        )
        for row in compared["judged"]
        if row["kind"] == "flag"
    )  # fmt: skip
    heads = (
        Column("Encounters, %"), *columns(first, second, digits=1), Column("n"), Column("Difference", 1, signed=True),
        Column("p"), Column("Verdict"), Column("Detectable", 1),
    )  # fmt: skip
    remark = (
        "Encounters that both models' notes were reviewed on; McNemar's exact test, p Holm's over all that reviewers judged. "
    )
    remark += _DETECTABLE
    return Table("judged", "Major errors, the models side by side", heads, rows, remark)


def _percent(share: dict[str, Any]) -> Estimate | None:
    if share["mean"] is None:
        return None
    low, high = share["ci95"] or (None, None)
    return Estimate(100 * share["mean"], low and 100 * low, high and 100 * high)


def _per_words(report: dict[str, Any], compared: dict[str, Any]) -> Table:
    sides = [(report["model"], compared["errors"]["first"]), (report["against"]["model"], compared["errors"]["second"])]
    rows = tuple(
        (
            kind.capitalize(),
            *(_rate(rates[kind]["per_note"], rates[kind]["per_note_ci95"]) for _, rates in sides),
            *(_rate(rates[kind]["per_hundred"], rates[kind]["ci95"]) for _, rates in sides),
        )
        for kind in sides[0][1]
    )
    lengths = ", ".join(f"{name} {next(iter(rates.values()))['words_per_note']:.0f}" for name, rates in sides)
    heads = (Column("Marks"), *columns(*(f"Per note, {name}" for name, _ in sides), digits=2),
             *columns(*(f"Per 100 words, {name}" for name, _ in sides), digits=2))  # fmt: skip
    remark = f"A shorter note must not pass for a safer one: mean words per reviewed note are {lengths}."
    return Table("per_words", "Errors per note and per 100 words", heads, rows, remark)


def _rate(value: float | None, ci95: list[float] | None) -> Estimate | None:
    return None if value is None else Estimate(value, *(ci95 or (None, None)))


def _preference(report: dict[str, Any], rate: dict[str, Any]) -> Table:
    first, second = report["model"], report["against"]["model"]
    rows = (
        (f"{first} preferred", rate["wins"]),
        (f"{second} preferred", rate["losses"]),
        ("Tie", rate["ties"]),
        ("Both unacceptable", rate["neither"]),
    )
    remark = f"{counted(rate['n'], 'comparison')}, made blind."
    if rate["rate"] is not None:
        low, high = (f"{100 * bound:.0f}" for bound in rate["ci95"])
        remark += f" {first} won {100 * rate['rate']:.0f} % of the decided ones (95 % Wilson interval {low} to {high} %)."
    return Table("preference", "Which note was preferred", (Column("Outcome"), Column("Comparisons")), rows, remark)


def _edits(clinical: dict[str, Any]) -> Table:
    rows = tuple(
        (model, edited["n"], _median(edited, "characters"), _median(edited, "words"), _median(edited, "seconds", 60))
        for model, found in clinical["models"].items()
        if (edited := found["edited"])
    )
    seconds = clinical["median_seconds"]
    remark = "Medians over corrected notes, in brackets their 95 % intervals from 6 corrections on."
    if seconds is not None:
        remark += f" A whole review took {seconds / 60:.1f} minutes (median)."
    heads = (
        Column("Model"),
        Column("Corrections"),
        *columns("Characters changed", "Words changed", digits=0),
        Column("Minutes of editing", 1),
    )
    return Table("edits", "What correcting took", heads, rows, remark)


def _median(edited: dict[str, Any], name: str, unit: float = 1) -> Estimate | None:
    """In units of so many."""
    if edited[name] is None:
        return None
    return Estimate(edited[name] / unit, *(end / unit for end in edited.get(f"{name}_ci95") or ()))
