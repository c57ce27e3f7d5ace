"""The big database: every visit with two notes and one review, written in bulk and not act by act, then checked as a whole."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotations import (
    Encounter,
    Event,
    LabelSets,
    Model,
    Output,
    Rating,
    Review,
    Span,
    Store,
    load_labels,
    now,
    open_store,
    section_at,
)
from annotations.rows import to_row
from tests.bench.content import REVIEWERS, Mark, Visit, visits

BATCH = 200
MODELS = (
    Model("bench-base", "Base", "base", "nowhere", "b" * 64),
    Model("bench-tuned", "Tuned", "adapter", "nowhere", "a" * 64, base_id="bench-base", base_sha256="b" * 64),
)


def fill(path: Path, count: int) -> None:
    """Make the database at ``path``; it appears there only when it is whole."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    store = open_store(unfinished)
    for reviewer in REVIEWERS[1:]:
        store.add_user(reviewer, reviewer.capitalize())
    for model in MODELS:
        store.ensure_model(model)
    with store.act():
        LabelSets(store, load_labels()).keep()
    remaining = visits(count)
    while batch := list(itertools.islice(remaining, BATCH)):
        _write(store, batch)
    problems = store.verify()
    if problems:
        raise AssertionError(f"The filler wrote {len(problems)} wrong rows, such as: {problems[0]}")
    store.db.execute("PRAGMA journal_mode=DELETE")
    store.close()
    unfinished.rename(path)


def _write(store: Store, batch: list[Visit]) -> None:
    """All of these visits in one transaction, each table's rows at once, with the events that the acts would have left."""
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in ("outputs", "reviews", "spans", "ratings", "events")}
    encounters = [encounter(one) for one in batch]
    for one, stored in zip(batch, encounters, strict=True):
        for table, row in _rows(one, stored.id):
            rows[table].append(row)
    with store.act():
        store.add_encounters(encounters)
        for table, new in rows.items():
            store.db[table].insert_all(new, batch_size=1000)


def encounter(one: Visit) -> Encounter:
    return Encounter("bench", str(one.number), one.transcript, one.split, None, one.specialty, True, one.title)


def _rows(one: Visit, encounter_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    outputs = [
        Output(encounter_id, model.id, text, "bench", "p" * 64, {"greedy": True}, 9.5, 1900, 480, "stop")
        for model, text in zip(MODELS, one.notes, strict=True)
    ]
    yield from (("outputs", to_row(output)) for output in outputs)
    acts = 1 + sum(map(len, one.marks)) + sum(map(len, one.ratings))
    closed = {"status": "submitted", "submitted": now()} if one.submitted else {}
    review = Review(
        encounter_id, one.reviewer, outputs[one.number % 2].id, outputs[1 - one.number % 2].id, preference=one.preference,
        active_seconds=float(20 * acts), revision=acts, **closed,
    )  # fmt: skip
    yield "reviews", to_row(review)
    for output, marks, ratings in zip(outputs, one.marks, one.ratings, strict=True):
        for mark in marks:
            span = to_row(_span(one, output, mark))
            yield "spans", span | {"review_id": review.id}
            yield "events", to_row(Event(now(), review.reviewer_id, "mark", f"{review.id}/{span['id']}", None, span))
        for dimension, value in ratings.items():
            yield "ratings", to_row(Rating(output.id, dimension, value), review_id=review.id, label_set=load_labels().version)
            yield "events", to_row(Event(now(), review.reviewer_id, "rate", f"{review.id}/{dimension}", None, value))


def _span(one: Visit, output: Output, mark: Mark) -> Span:
    evidence = {}
    if mark.evidence:
        start, end = mark.evidence
        evidence = {"evidence_start": start, "evidence_end": end, "evidence_quote": one.transcript[start:end]}
    quote, section = output.text[mark.start : mark.end], section_at(output.text, mark.start)
    return Span(
        output.id, mark.start, mark.end, quote, mark.label, mark.severity, mark.comment, section=section,
        label_set=load_labels().version, **evidence,
    )  # fmt: skip
