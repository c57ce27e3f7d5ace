"""The review desk without its screen: opens an encounter blind, takes each act of the reviewer, answers in plain values.

The page speaks in sides (left, right), never in ids of outputs or models; what wrote which note is in an answer only once the
review is submitted.
"""

from typing import Any

from annotations import (
    BadInput,
    Conflict,
    Correction,
    NotFound,
    Omission,
    Output,
    Queue,
    Rating,
    Refused,
    Review,
    Reviews,
    ReviewState,
    ScribeloopError,
    Span,
    Store,
    now,
)
from pipeline.workspace import Workspace

from ..words import DESK, FINISHING

SIDES = ("left", "right")
NAMES = {"left": "A", "right": "B"}
WRITES = ("mark", "omission", "unmark", "rate", "prefer", "correct", "submit")


class ReviewDesk:
    """One reviewer's desk. Every method opens the store for itself, so that any thread may call it."""

    def __init__(self, workspace: Workspace, reviewer_id: str = "local") -> None:
        self.workspace = workspace
        self.reviewer_id = reviewer_id

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the page asked for, or ``{"ok": False, "sentence": ...}`` where the reviewer can mend it; a bug is raised."""
        do, given = request.get("do"), {key: value for key, value in request.items() if key != "do"}
        try:
            if do in WRITES:
                return {"ok": True, "saved": now()} | self._write(do, **given)
            reads = {"open": self.open, "check": self.check, "reopen": self.reopen, "seconds": self.seconds}
            reads |= {"around": self.around}
            if do not in reads:
                raise BadInput(f"The review desk has no act {do!r}; reload the page.")
            return {"ok": True} | reads[do](**given)
        except ScribeloopError as error:
            return {"ok": False, "kind": type(error).__name__, "sentence": str(error)}

    def open(self, encounter: str | None, outputs: list[str] | None = None) -> dict[str, Any]:
        """The review of this encounter: the one begun, else a new draft of the chosen notes, else what is missing for one."""
        if not encounter:
            raise NotFound(DESK.no_encounter)
        with self.workspace.store() as store:
            store.get_encounter(encounter)
            reviews = Reviews(store)
            found = reviews.find(encounter, self.reviewer_id)
            chosen = outputs or comparable(store, encounter)
            if found is None and not outputs and len(chosen) < 2:
                return {"empty": {"encounter": encounter, "one": (chosen or [None])[0]}}
            review = found or reviews.open(encounter, self.reviewer_id, chosen)
            return self._shown(store, reviews.state(review.id))

    def check(self, review: str) -> dict[str, Any]:
        """What a submission would leave open, as sentences."""
        with self.workspace.store() as store:
            reviews = Reviews(store)
            self._mine(reviews, review)
            return {"missing": missing(reviews.state(review), reviews.labels.dimensions)}

    def reopen(self, review: str) -> dict[str, Any]:
        """A submitted review as a new draft version."""
        with self.workspace.store() as store:
            reviews = Reviews(store)
            self._mine(reviews, review)
            return self._shown(store, reviews.state(reviews.reopen(review).id))

    def around(self, encounter: str) -> dict[str, Any]:
        """The encounters that wait before and after this one."""
        with self.workspace.store() as store:
            queue = Queue(store, self.reviewer_id)
            return {"previous": queue.previous_to_review(encounter), "next": queue.next_to_review(encounter)}

    def seconds(self, review: str, seconds: float) -> dict[str, Any]:
        """Count time spent at work."""
        with self.workspace.store() as store:
            Reviews(store).add_seconds(review, seconds)
        return {}

    def _write(self, do: str, review: str, seen: int, seconds: float = 0.0, **given: Any) -> dict[str, Any]:
        with self.workspace.store() as store:
            reviews = Reviews(store)
            before = self._mine(reviews, review)
            try:
                # One act with its time, so that it costs one write to the disk, and a refused or repeated one counts no time.
                with store.act():
                    reviews.add_seconds(review, seconds)
                    after = _perform(reviews, before, do, seen, given)
            except (Conflict, Refused):
                state = reviews.state(review)
                # The answer to a first try may have been lost on its way: one act was saved since, and it was this one.
                if state.review.revision != seen + 1 or not _holds(state, do, given):
                    raise
                after = state.review
            if do == "submit":
                return self._shown(store, reviews.state(review))
            answer: dict[str, Any] = {"revision": after.revision}
            if do == "correct":
                answer["version"] = reviews.state(review).latest_correction(_output(after, given["side"])).version
            return answer

    def _mine(self, reviews: Reviews, review_id: str) -> Review:
        review = reviews.get(review_id)
        if review.reviewer_id != self.reviewer_id:
            raise NotFound(f"Review {review_id!r} belongs to another reviewer; open the encounter from the queue.")
        return review

    def _shown(self, store: Store, state: ReviewState) -> dict[str, Any]:
        shown = as_shown(state) | {"labels": Reviews(store).labels.data}
        known = state.review.status == "submitted" or state.review.version > 1
        closed = state.review.status == "submitted"
        return shown | {
            "reveal": {side: _authorship(store, output) for side, output in _sides(state)} if known else None,
            "next": Queue(store, self.reviewer_id).next_to_review(state.encounter.id) if closed else None,
        }


def comparable(store: Store, encounter_id: str) -> list[str]:
    """The notes to compare: the latest finished one of a base model and the latest of a tuned one (adapter or merged); without
    such a pair, the latest of the two models that wrote last."""
    kinds = {model.id: model.kind for model in store.list_models()}
    pair: dict[bool, str] = {}
    by_model: dict[str, str] = {}
    for output in store.list_outputs(encounter_id):
        if output.finish_reason != "cancelled" and output.text.strip():
            pair[kinds[output.model_id] == "base"] = output.id
            by_model.pop(output.model_id, None)
            by_model[output.model_id] = output.id
    return list(pair.values()) if len(pair) == 2 else list(by_model.values())[-2:]


def as_shown(state: ReviewState) -> dict[str, Any]:
    """A review as plain values, blind: nothing of a model, its speed or its settings is in here."""
    review, encounter = state.review, state.encounter
    side_of = {output.id: side for side, output in _sides(state)}
    ratings: dict[str, dict] = {side: {} for side in side_of.values()}
    for rating in state.ratings:
        ratings[side_of[rating.output_id]][rating.dimension] = rating.value
    names = ("id", "version", "status", "revision", "preference", "submitted")
    return {
        "review": {name: getattr(review, name) for name in names},
        "encounter": {name: getattr(encounter, name) for name in ("id", "title", "specialty", "synthetic", "transcript")},
        "notes": {side: _note(state, output) for side, output in _sides(state)},
        "spans": [_span_shown(span, side_of[span.output_id]) for span in state.spans],
        "omissions": [_omission_shown(omission, side_of[omission.output_id]) for omission in state.omissions],
        "ratings": ratings,
    }


def missing(state: ReviewState, dimensions: tuple[str, ...]) -> list[str]:
    """What the review leaves open, one sentence each; an empty list means complete."""
    gaps = []
    for side, output in _sides(state):
        name = NAMES[side]
        marks = [*state.spans, *state.omissions]
        if not any(mark.output_id == output.id for mark in marks):
            gaps.append(FINISHING.no_marks.format(side=name))
        rated = sum(rating.output_id == output.id for rating in state.ratings)
        if rated < len(dimensions):
            gaps.append(FINISHING.unrated.format(side=name, n=len(dimensions) - rated, all=len(dimensions)))
    two = state.review.right is not None
    if two and state.review.preference is None:
        gaps.append(FINISHING.no_preference)
    if not state.corrections:
        gaps.append(FINISHING.no_correction if two else FINISHING.no_correction_one)
    return gaps + _uncorrected(state)


def _uncorrected(state: ReviewState) -> list[str]:
    """Major errors that a correction of their own note still holds, word for word."""
    found = []
    for side, output in _sides(state):
        correction = state.latest_correction(output.id)
        for span in state.spans:
            if correction and span.output_id == output.id and span.severity == "major" and span.quote in correction.text:
                found.append(FINISHING.still_there.format(side=NAMES[side], quote=span.quote))
    return found


def _perform(reviews: Reviews, review: Review, do: str, seen: int, given: dict[str, Any]) -> Review:
    """One writing act, from the page's words into the store's."""
    id = review.id
    if do == "unmark":
        return reviews.delete_mark(id, given["id"], seen)
    if do == "prefer":
        return reviews.prefer(id, given["preference"], seen)
    if do == "submit":
        return reviews.submit(id, seen)
    output_id = _output(review, given["side"])
    if do == "mark":
        return reviews.put_span(id, Span(output_id=output_id, **_span_given(given["mark"])), seen)
    if do == "omission":
        return reviews.put_omission(id, Omission(output_id=output_id, **given["mark"]), seen)
    if do == "rate":
        return reviews.rate(id, Rating(output_id, given["dimension"], given["value"]), seen)
    return reviews.correct(id, output_id, given["text"], seen)


def _holds(state: ReviewState, do: str, given: dict[str, Any]) -> bool:
    """Whether the review already is as the act would leave it."""
    shown = as_shown(state)
    if do == "unmark":
        return all(mark["id"] != given["id"] for mark in shown["spans"] + shown["omissions"])
    if do in ("mark", "omission"):
        wanted = given["mark"] | {"side": given["side"]}
        return wanted in shown["spans"] + shown["omissions"]
    if do == "rate":
        return shown["ratings"][given["side"]].get(given["dimension"], "open") == given["value"]
    if do == "prefer":
        return state.review.preference == given["preference"]
    if do == "correct":
        last = state.latest_correction(_output(state.review, given["side"]))
        return last is not None and last.text == given["text"]
    return state.review.status == "submitted"


def _sides(state: ReviewState) -> list[tuple[str, Output]]:
    return list(zip(SIDES, state.outputs, strict=False))


def _output(review: Review, side: str) -> str:
    output_id = {"left": review.left, "right": review.right}.get(side)
    if output_id is None:
        raise BadInput(f"This review has no note {side!r}; reload the page.")
    return output_id


def _note(state: ReviewState, output: Output) -> dict[str, Any]:
    last: Correction | None = state.latest_correction(output.id)
    correction = {"version": last.version, "text": last.text} if last else None
    return {"text": output.text, "shortened_words": output.shortened_words, "correction": correction}


def _span_shown(span: Span, side: str) -> dict[str, Any]:
    evidence = None
    if span.evidence_start is not None:
        evidence = {"start": span.evidence_start, "end": span.evidence_end, "quote": span.evidence_quote}
    names = ("id", "start", "end", "quote", "label", "severity", "comment")
    return {name: getattr(span, name) for name in names} | {"side": side, "evidence": evidence}


def _span_given(mark: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in mark.items() if name != "evidence"}
    evidence = mark.get("evidence") or {}
    return fields | {f"evidence_{name}": evidence.get(name) for name in ("start", "end", "quote")}


def _omission_shown(omission: Omission, side: str) -> dict[str, Any]:
    names = ("id", "start", "end", "quote", "label", "severity", "section", "important_negative", "comment")
    return {name: getattr(omission, name) for name in names} | {"side": side}


def _authorship(store: Store, output: Output) -> dict[str, Any]:
    model = store.get_model(output.model_id)
    names = ("engine", "seconds", "tokens", "finish_reason")
    return {"name": model.name, "kind": model.kind} | {name: getattr(output, name) for name in names}
