"""What reviewers found, as a paper's tables: hallucinations, omissions, ratings, preference, edits."""

from typing import Any

from .table import Column, Estimate, Table, columns
from .words import counted


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
    if clinical["compared"]:
        tables.append(_preference(report, clinical["compared"]))
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
        (label, *(_per_100(pick(found[group])) for found in models.values()), *(_hits(pick(found[group])) for found in models.values()))
        for label, pick in lines
    )
    heads = (Column("Notes with at least one"), *columns(*models, digits=1), *columns(*(f"Notes, {model}" for model in models)))
    remark = f"Per 100 notes, in brackets the 95 % Wilson interval; then notes, and marks in them. {whose}. "
    remark += "A note counts when one of its reviewers marked it."
    return Table(name, f"{title}: notes with at least one, per 100", heads, rows, remark, tuple(models), "Notes with at least one, per 100")


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
    return Table("errors_by_specialty", "Notes with a major error, per 100, by specialty", (Column("Specialty"), *columns(*heads, digits=1)),
                 rows, "In brackets the 95 % Wilson interval.", tuple(heads[: len(models)]), "Notes with a major hallucination, per 100")  # fmt: skip


def _ratings(clinical: dict[str, Any], whose: str) -> Table:
    models = clinical["models"]
    dimensions = next(iter(models.values()))["ratings"]
    rows = tuple(
        (
            rating["title"],
            *(_mean(found["ratings"][place]) for found in models.values()),
            *(found["ratings"][place]["n"] for found in models.values()),
        )
        for place, rating in enumerate(dimensions)
    )
    heads = (Column("Dimension"), *columns(*models, digits=2), *columns(*(f"n, {model}" for model in models)))
    remark = f"1 unusable or dangerous, 5 sign as it is; “not judged” counts in no mean. {whose}."
    return Table("ratings", "Ratings, mean of 1 to 5", heads, rows, remark, tuple(models), "Mean rating, 1 to 5")


def _mean(rating: dict[str, Any]) -> Estimate | float | None:
    if rating["mean"] is None:
        return None
    low, high = rating.get("ci95") or (None, None)
    return Estimate(rating["mean"], low, high)


def _preference(report: dict[str, Any], compared: dict[str, Any]) -> Table:
    first, second = report["model"], report["against"]["model"]
    rows = (
        (f"{first} preferred", compared["wins"]),
        (f"{second} preferred", compared["losses"]),
        ("Tie", compared["ties"]),
        ("Both unacceptable", compared["neither"]),
    )
    remark = f"{counted(compared['n'], 'comparison')}, made blind."
    if compared["rate"] is not None:
        low, high = (f"{100 * bound:.0f}" for bound in compared["ci95"])
        remark += f" {first} won {100 * compared['rate']:.0f} % of the decided ones (95 % Wilson interval {low} to {high} %)."
    return Table("preference", "Which note was preferred", (Column("Outcome"), Column("Comparisons")), rows, remark)


def _edits(clinical: dict[str, Any]) -> Table:
    rows = tuple(
        (model, edited["n"], float(edited["characters"]), float(edited["words"]), _minutes(edited["seconds"]))
        for model, found in clinical["models"].items()
        if (edited := found["edited"])
    )
    seconds = clinical["median_seconds"]
    remark = "Medians over corrected notes."
    if seconds is not None:
        remark += f" A whole review took {seconds / 60:.1f} minutes (median)."
    heads = (Column("Model"), Column("Corrections"), *columns("Characters changed", "Words changed", digits=0), Column("Minutes of editing", 1))
    return Table("edits", "What correcting took", heads, rows, remark)


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60
