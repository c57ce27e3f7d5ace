"""Every word of the results page, so that a clinician can proofread it in one place. ``{name}`` is filled in when shown."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Page:
    title: str = "Results"
    loading: str = "Counting…"
    unreachable: str = "The studio does not answer. Start it again with “scribeloop serve”, then reload this page."
    summary: str = "{reviews} by {reviewers}, of {encounters}."
    reviews: str = "{n} submitted review|{n} submitted reviews"
    reviewers: str = "{n} reviewer|{n} reviewers"
    encounters: str = "{n} encounter|{n} encounters"
    notes: str = "{n} note|{n} notes"
    unjudged: str = "{n} more ended without a judgement|{n} more ended without a judgement"
    first_only: str = "Only what was marked before the models were shown counts."
    with_later: str = "Latest versions: some of this was marked after the models were shown."
    any_reviewer: str = (
        "A note has an error when one of its reviewers marked it. Style and inferences are counted apart from hallucinations. "
        "Ranges are 95 % Wilson intervals."
    )
    no_encounters: str = "There is nothing to review yet. Bring in encounters, have two notes written for each, and review them."
    no_reviews: str = "No review is submitted yet. What reviewers mark, rate and prefer is counted here as soon as one is."
    begun: str = "{n} review is begun.|{n} reviews are begun."
    no_match: str = "No submitted review fits these choices."
    to_queue: str = "Go to the queue"
    show_all: str = "Show all reviews"


@dataclass(frozen=True)
class Choosing:
    specialty: str = "Specialty"
    split: str = "Purpose"
    reviewer: str = "Reviewer"
    pair: str = "Models"
    versions: str = "Versions"
    all: str = "All"
    not_said: str = "Not said"
    against: str = "{first} and {second}"
    splits: dict = field(default_factory=lambda: {"train": "For training", "dev": "For measuring", "test": "Held out"})
    version: dict = field(default_factory=lambda: {"first": "First, made blind", "latest": "Latest, also after the reveal"})


@dataclass(frozen=True)
class Headline:
    hallucinations: str = "Major hallucinations"
    omissions: str = "Major omissions"
    per_100: str = "{value} per 100 notes"
    of_notes: str = "{hits:,} of {n:,} notes, {range}"
    preferred: str = "Preferred"
    percent: str = "{value} %"
    of_comparisons: str = "{hits:,} of {n:,} comparisons, {range}"
    undecided: str = "Tie {tie}, both unacceptable {neither}"
    edits: str = "Edits, median"
    words: str = "{value} words"
    corrected: str = "{n} correction|{n} corrections"
    of_corrected: str = "{corrected}, {range}"
    time: str = "Time per review, median"
    minutes: str = "{value} min"
    timed: str = "{n} review|{n} reviews"
    none: str = "–"


@dataclass(frozen=True)
class Plots:
    by_type: str = "Errors by type"
    by_section: str = "Errors by section"
    by_specialty: str = "Errors by specialty"
    ratings: str = "Ratings"
    preferences: str = "Preferences"
    edits: str = "Corrections"
    share_axis: str = "Notes with at least one, per 100"
    ratings_axis: str = "Share of the ratings from 1 to 5, per 100; “not judged” is left out"
    preferences_axis: str = "Share of the comparisons, per 100"
    severity: str = "Severity"
    severities: dict = field(default_factory=lambda: {"*": "All", "major": "Major", "minor": "Minor"})
    count: str = "Count"
    groups: dict = field(
        default_factory=lambda: {
            "hallucination": "Hallucinations", "omission": "Omissions", "style": "Style",
            "not an error": "Inferences", "other": "Of other label sets",
        }
    )  # fmt: skip
    important_negative: str = "Important negatives"
    no_section: str = "No heading above"
    save_svg: str = "SVG"
    save_png: str = "PNG"
    save_csv: str = "CSV"
    save: str = "Save “{title}” as {format}"
    range: str = "{low} to {high}"
    tip: str = "{row}, {model}: {hits} of {n} notes, {per_100} per 100 ({range})"
    rating_tip: str = "{row}, {model}: {value} given {hits} times of {n}"
    preference_tip: str = "{row}: {hits} of {n}"
    columns: dict = field(
        default_factory=lambda: {
            "by_type": "Type", "by_section": "Section", "by_specialty": "Specialty", "model": "Model", "notes": "Notes with one",
            "of": "of", "share": "Per 100 (95\u00a0%)", "marks": "Marks", "dimension": "Dimension", "mean": "Mean", "n": "Rated",
            "n_compared": "Reviews", "outcome": "Outcome",
            "not_judged": "Not judged", "pair": "Models", "tie": "Tie", "neither": "Both unacceptable", "open": "No preference",
            "better": "{model} better", "corrected": "Corrections", "characters": "Characters, median (95\u00a0%)",
            "words": "Words, median (95\u00a0%)", "minutes": "Minutes in the editor, median (95\u00a0%)",
        }
    )  # fmt: skip


@dataclass(frozen=True)
class Behind:
    title: str = "{what}: {encounters}"
    close: str = "Close"
    more: str = "Show more"
    others: str = "and {n} more"
    reviews: str = "Submitted reviews"
    unjudged: str = "Reviews that ended without a judgement"
    noted: str = "Reviewed notes"
    corrected: str = "Corrections"
    rated: str = "{dimension} {value}"
    any_value: str = "rated"
    not_judged: str = "not judged"
    preferred: str = "{model} preferred to {other}"
    tie: str = "Tie between {model} and {other}"
    neither: str = "{model} and {other} both unacceptable"
    open: str = "No preference between {model} and {other}"
    compared: str = "{model} compared with {other}"
    by: str = "by {reviewer}"
    caution: str = "You have not reviewed all of these. Whoever reads here what others marked no longer reviews blind."


@dataclass(frozen=True)
class Saving:
    title: str = "Take everything along"
    lead: str = "All encounters, notes and reviews with a data dictionary; “scribeloop reviews import” takes them in again."
    jsonl: str = "JSON lines"
    csv: str = "CSV tables"
    too_large: str = "This is more than a browser takes well ({size} MB). Write it with: scribeloop reviews export reviews.jsonl"


PAGE, CHOOSING, HEADLINE, PLOTS, BEHIND, SAVING = Page(), Choosing(), Headline(), Plots(), Behind(), Saving()


def counted(words: str, n: int) -> str:
    """ "{n} review|{n} reviews" for one or many, with thousands set apart."""
    one, many = words.split("|")
    return (one if n == 1 else many).format(n=f"{n:,}")
