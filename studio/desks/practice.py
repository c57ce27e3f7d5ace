"""The practice desk: an invented visit in a database of its own, marked like any other; at the end it says what was planted.

Each round is an encounter of its own, so that one can practise again. Nothing of it is in the study's data.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from annotations import Encounter, LabelSet, Model, Omission, Output, Reviews, ReviewState, Span, Store, load_labels, study_labels
from pipeline.workspace import Workspace

from ..words import PRACTICE
from .review import ReviewDesk
from .shown import sides_of

SOURCE = "scribeloop-practice"
_FILE = Path(__file__).parents[1] / "practice.toml"
_NOTES = ("flawed", "sound")


class PracticeDesk(ReviewDesk):
    """A review desk over the practice database; the study's labels and guideline are the workspace's."""

    reads = (*ReviewDesk.reads, "again")

    def __init__(self, workspace: Workspace, reviewer_id: str = "local") -> None:
        super().__init__(practice_workspace(workspace), reviewer_id, study=workspace.home)

    def open(self, encounter: str | None = None, outputs: list[str] | None = None) -> dict[str, Any]:
        """The round that was begun last, else the first, whatever encounter is asked for."""
        with self.workspace.store() as store:
            rounds = store.list_encounters(source=SOURCE)
            return super().open((rounds[-1] if rounds else _add_round(store, 1)).id)

    def again(self) -> dict[str, Any]:
        """A new round of the same visit."""
        with self.workspace.store() as store:
            _add_round(store, len(store.list_encounters(source=SOURCE)) + 1)
        return self.open()

    def check(self, review: str) -> dict[str, Any]:
        """Only marks are asked for here; ratings and preference may be tried."""
        with self.workspace.store() as store:
            state = Reviews(store).state(review)
        nothing = not state.spans and not state.omissions
        return {"missing": [{"at": "marks", "side": "left", "sentence": PRACTICE.nothing_marked}] if nothing else []}

    def labels(self) -> LabelSet:
        """The study's own labels where they have all that the planted errors need, else the shipped ones."""
        own = study_labels(self.study)
        return own if all(own.find(it["kind"], it["label"]) for it in practice()["planted"]) else load_labels()

    def _shown(self, store: Store, reviews: Reviews, review_id: str) -> dict[str, Any]:
        state = reviews.state(review_id)
        feedback = compare(state) if state.review.status == "submitted" else None
        hidden = {"reveal": None, "next": None, "previous": None}
        return super()._shown(store, reviews, review_id) | hidden | {"practice": {"feedback": feedback}}


def practice_workspace(workspace: Workspace) -> Workspace:
    return Workspace(workspace.home / "practice")


def has_practised(workspace: Workspace, reviewer_id: str = "local") -> bool:
    """Whether this reviewer has been through a round."""
    own = practice_workspace(workspace)
    if not own.db_path.exists():
        return False
    with own.store() as store:
        return bool(Reviews(store).list_reviews(reviewer_id, status="submitted"))


@cache
def practice() -> dict[str, Any]:
    """The practice visit as its file has it."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def compare(state: ReviewState) -> dict[str, Any]:
    """What was planted and what the reviewer made of it, then what she marked besides.

    A mark meets a planted error when it is of the same kind, on the same note, and has a character in common with it.
    """
    flawed = next((side, output) for side, output in sides_of(state) if output.text == practice()["notes"]["flawed"])
    planted = [_planted(state, *flawed, expected) for expected in practice()["planted"]]
    met = {mark_id for it in planted for mark_id in it.pop("met")}
    side_of = {output.id: side for side, output in sides_of(state)}
    besides = [_mine(mark) | {"side": side_of[mark.output_id]} for mark in (*state.spans, *state.omissions) if mark.id not in met]
    return {"planted": planted, "besides": besides}


def _planted(state: ReviewState, side: str, output: Output, expected: dict[str, str]) -> dict[str, Any]:
    omission = expected["kind"] == "omission"
    text, marks = (state.encounter.transcript, state.omissions) if omission else (output.text, state.spans)
    start = text.index(expected["quote"])
    end = start + len(expected["quote"])
    met = [mark for mark in marks if mark.output_id == output.id and mark.start < end and mark.end > start]
    same = [mark for mark in met if mark.label == expected["label"]]
    outcome = "found" if same else "otherwise" if met else "missed"
    yours = _mine((same or met)[0]) if met else None
    place = {"pane": "transcript" if omission else side, "start": start, "end": end}
    return expected | {"side": side, "place": place, "outcome": outcome, "yours": yours, "met": [mark.id for mark in met]}


def _mine(mark: Span | Omission) -> dict[str, Any]:
    kind = "omission" if isinstance(mark, Omission) else "error"
    return {"kind": kind} | {name: getattr(mark, name) for name in ("quote", "label", "severity")}


def _add_round(store: Store, number: int) -> Encounter:
    """The visit once more under a number of its own, with both notes."""
    given = practice()
    told = {"specialty": given["specialty"], "synthetic": True, "title": given["title"]}
    encounter = Encounter(SOURCE, f"round-{number}", given["transcript"].strip(), "dev", **told)
    with store.act():
        store.add_encounters([encounter])
        for name in _NOTES:
            # Two writers, because a comparison takes one note of each; what they weigh is of no account.
            store.ensure_model(Model(f"{SOURCE}-{name}", f"{SOURCE}-{name}", "base", "", name))
            store.add_output(Output(encounter.id, f"{SOURCE}-{name}", given["notes"][name], "by hand", "", {}, 0.0, 0, 0, "stop"))
    return encounter
