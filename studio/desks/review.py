"""The review desk without its screen: opens an encounter blind, takes each act of the reviewer, answers in plain values.

The page speaks in sides (left, right), never in ids of outputs or models; what wrote which note is in an answer only once the
review is submitted.
"""

from pathlib import Path
from typing import Any

from annotations import (
    BadInput,
    Conflict,
    Judgements,
    LabelSet,
    NotFound,
    Omission,
    Queue,
    Rating,
    Refused,
    Review,
    Reviews,
    ReviewState,
    ScribeloopError,
    Span,
    Store,
    agreed_to_read,
    median_seconds,
    names_a_model,
    now,
    study_guideline,
    study_labels,
)
from pipeline.workspace import Workspace

from ..words import DESK
from .checklist import missing
from .labels_shown import labels_shown
from .shown import as_shown, authorship, correction_shown, final_side, history_shown, models_known, sides_of
from .suggestions import suggested

WRITES = ("mark", "omission", "unmark", "rate", "prefer", "correct", "submit", "give_up")


class ReviewDesk:
    """One reviewer's desk. Every method opens the store for itself, so that any thread may call it."""

    reads = ("open", "look", "check", "reopen", "seconds", "agree", "versions", "guideline", "take_over", "turn_down")

    def __init__(self, workspace: Workspace, reviewer_id: str = "local", study: Path | None = None) -> None:
        """``study`` is the folder with the study's labels and guideline, if that is not the workspace."""
        self.workspace = workspace
        self.reviewer_id = reviewer_id
        self.study = study or workspace.home

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the page asked for, or ``{"ok": False, "sentence": ...}`` where the reviewer can mend it; a bug is raised."""
        do, given = request.get("do"), {key: value for key, value in request.items() if key != "do"}
        try:
            if do in WRITES:
                return {"ok": True, "saved": now()} | self._write(do, **given)
            if do not in self.reads:
                raise BadInput(f"The review desk has no act {do!r}; reload the page.")
            return {"ok": True} | getattr(self, do)(**given)
        except ScribeloopError as error:
            return {"ok": False, "kind": type(error).__name__, "sentence": str(error)}

    def open(self, encounter: str | None, outputs: list[str] | None = None) -> dict[str, Any]:
        """The review of this encounter: the one begun, else a new draft of the chosen notes, else what is missing for one."""
        if not encounter:
            raise NotFound(DESK.no_encounter)
        with self.workspace.store() as store:
            store.get_encounter(encounter)
            reviews = self._reviews(store)
            found = reviews.find(encounter, self.reviewer_id)
            chosen = outputs or comparable(store, encounter)
            if found is None and not outputs and len(chosen) < 2:
                return {"empty": {"encounter": encounter, "one": (chosen or [None])[0]}}
            review = found or reviews.open(encounter, self.reviewer_id, chosen)
            return self._shown(store, reviews, review.id)

    def look(self, review: str) -> dict[str, Any]:
        """A finished review, anybody's, to be read; not while the reader has one of the same encounter to finish."""
        with self.workspace.store() as store:
            reviews = self._reviews(store)
            found = reviews.get(review)
            mine = reviews.find(found.encounter_id, self.reviewer_id)
            by = store.get_user(found.reviewer_id).name
            if found.status != "submitted" or (mine and mine.status == "draft" and mine.version == 1):
                raise Refused(DESK.own_first.format(name=by))
            looking = None if found.reviewer_id == self.reviewer_id else DESK.looking.format(name=by)
            return self._shown(store, reviews, review) | {"looking": looking}

    def check(self, review: str) -> dict[str, Any]:
        """What a submission would leave open."""
        with self.workspace.store() as store:
            reviews = self._reviews(store)
            self._mine(reviews, review)
            state = reviews.state(review)
            return {"missing": missing(state, reviews.labels.dimensions, _withheld(store, state))}

    def reopen(self, review: str) -> dict[str, Any]:
        """A closed review open to change again: as a new version, or, where nothing was judged and revealed, as it was."""
        with self.workspace.store() as store:
            reviews = self._reviews(store)
            self._mine(reviews, review)
            return self._shown(store, reviews, reviews.reopen(review).id)

    def seconds(self, review: str, seconds: float) -> dict[str, Any]:
        """Count time spent at work."""
        with self.workspace.store() as store:
            Reviews(store).add_seconds(review, seconds)
        return {}

    def agree(self, review: str, side: str) -> dict[str, Any]:
        """The reviewer reads a note although it names a model; that is kept, and the note comes with the answer."""
        with self.workspace.store() as store:
            reviews = self._reviews(store)
            reviews.agree_to_read(review, _output(self._mine(reviews, review), side))
            return self._shown(store, reviews, review)

    def take_over(self, review: str, mark: str) -> dict[str, Any]:
        """A judge's mark made the reviewer's own, in a later version of the review, which comes with the answer."""
        with self.workspace.store() as store:
            reviews = self._reviews(store)
            self._mine(reviews, review)
            return self._shown(store, reviews, Judgements(store, reviews.labels).take_over(review, mark).id)

    def turn_down(self, review: str, mark: str) -> dict[str, Any]:
        """The reviewer does not share a judge's mark; that is kept."""
        with self.workspace.store() as store:
            reviews = self._reviews(store)
            self._mine(reviews, review)
            Judgements(store, reviews.labels).turn_down(review, mark)
            return self._shown(store, reviews, review)

    def versions(self, review: str, side: str) -> dict[str, Any]:
        """Every version of a corrected note, oldest first."""
        with self.workspace.store() as store:
            reviews = self._reviews(store)
            output_id = _output(self._mine(reviews, review), side)
            state = reviews.state(review)
            closed = state.review.status == "submitted"
            return {"versions": [correction_shown(it, closed) for it in state.corrections_of(output_id)]}

    def guideline(self) -> dict[str, Any]:
        """What the study asks of its reviewers, as text."""
        return {"text": study_guideline(self.study)}

    def labels(self) -> LabelSet:
        """The label set that marks are made under."""
        return study_labels(self.study)

    def _reviews(self, store: Store) -> Reviews:
        return Reviews(store, self.labels())

    def _write(self, do: str, review: str, seen: int, seconds: float = 0.0, **given: Any) -> dict[str, Any]:
        with self.workspace.store() as store:
            reviews = self._reviews(store)
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
            if after.status == "submitted":
                return self._shown(store, reviews, review)
            answer: dict[str, Any] = {"revision": after.revision}
            if do == "correct":
                answer["version"] = reviews.latest_correction(review, _output(after, given["side"])).version
            return answer

    def _mine(self, reviews: Reviews, review_id: str) -> Review:
        review = reviews.get(review_id)
        if review.reviewer_id != self.reviewer_id:
            raise NotFound(f"Review {review_id!r} belongs to another reviewer; open the encounter from the queue.")
        return review

    def _shown(self, store: Store, reviews: Reviews, review_id: str) -> dict[str, Any]:
        state = reviews.state(review_id)
        closed = state.review.status == "submitted"
        known = models_known(state.review)
        label_set, labels = labels_shown(state, reviews.label_sets)
        queue = Queue(store, self.reviewer_id)
        return as_shown(state, _withheld(store, state), label_set.version) | {
            "labels": labels,
            "history": None if closed else history_shown(state, reviews.history(review_id), label_set.version),
            "reveal": {side: authorship(store, output) for side, output in sides_of(state)} if known else None,
            "final": final_side(state) if closed else None,
            "pace": {"seconds": state.review.active_seconds, "median": median_seconds(store, self.reviewer_id)}
            if closed
            else None,
            "suggestions": suggested(store, reviews, state, self.reviewer_id, label_set.version),
            "next": queue.next_to_review(state.encounter.id),
            "previous": queue.previous_to_review(state.encounter.id),
        }


def _withheld(store: Store, state: ReviewState) -> set[str]:
    """Notes that name a model, until the reviewer has agreed to read them or knows the models anyway."""
    if models_known(state.review):
        return set()
    models = store.list_models()
    named = {output.id for output in state.outputs if names_a_model(output.text, models)}
    return named - agreed_to_read(store, state.review.id) if named else named


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


def _perform(reviews: Reviews, review: Review, do: str, seen: int, given: dict[str, Any]) -> Review:
    """One writing act, from the page's words into the store's."""
    id, step = review.id, given.get("step")
    if do == "unmark":
        return reviews.delete_mark(id, given["id"], seen, step)
    if do == "prefer":
        return reviews.prefer(id, given["preference"], seen)
    if do == "submit":
        return reviews.submit(id, seen)
    if do == "give_up":
        return reviews.give_up(id, given["reason"], given["comment"], seen)
    output_id = _output(review, given["side"])
    if do == "mark":
        return reviews.put_span(id, Span(output_id=output_id, **_span_given(given["mark"])), seen, step)
    if do == "omission":
        return reviews.put_omission(id, Omission(output_id=output_id, **given["mark"]), seen, step)
    if do == "rate":
        return reviews.rate(id, Rating(output_id, given["dimension"], given["value"]), seen)
    reviews.correct(id, output_id, given["text"], seen, given.get("editing", 0.0))
    return reviews.get(id)


def _holds(state: ReviewState, do: str, given: dict[str, Any]) -> bool:
    """Whether the review already is as the act would leave it."""
    shown = as_shown(state)
    marks = {mark["id"]: mark for mark in shown["spans"] + shown["omissions"]}
    if do == "unmark":
        return given["id"] not in marks
    if do in ("mark", "omission"):
        wanted = given["mark"] | {"side": given["side"]}
        stored = marks.get(wanted["id"], {})
        # Which label set a mark counts to is the store's to say, not the page's.
        return {**wanted, "label_set": None} == {**stored, "label_set": None}
    if do == "rate":
        return shown["ratings"][given["side"]].get(given["dimension"], "open") == given["value"]
    if do == "prefer":
        return state.review.preference == given["preference"]
    if do == "correct":
        last = state.latest_correction(_output(state.review, given["side"]))
        return last is not None and last.text == given["text"]
    return state.review.status == "submitted" and state.review.cannot_judge == given.get("reason")


def _output(review: Review, side: str) -> str:
    output_id = {"left": review.left, "right": review.right}.get(side)
    if output_id is None:
        raise BadInput(f"This review has no note {side!r}; reload the page.")
    return output_id


def _span_given(mark: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in mark.items() if name != "evidence"}
    evidence = mark.get("evidence") or {}
    return fields | {f"evidence_{name}": evidence.get(name) for name in ("start", "end", "quote")}
