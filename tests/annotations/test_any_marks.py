"""Any sequence of marks, on any texts: the texts stay as they were, every quote is exact, what is stored is what was done."""

import dataclasses
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from annotations import BadInput, Encounter, Model, Omission, Output, Reviews, Span
from pipeline.workspace import Workspace

PIECES = [
    "Fatigue",
    " ",
    "\n",
    "\r\n",
    "🙂",
    "👩🏽‍⚕️",
    "e\u0301",
    "שלום",
    "<script>",
    "${7*7}",
    "{{7*7}}",
    "BP <120",
    "\x00",
    "\u2028",
    "'",
    '"',
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), min_size=1, max_size=12).map("".join).filter(str.strip)
share = st.floats(0, 1)
# What to do, to which of the marks there are, and where: two shares of the text's length, so that every place can come up.
acts = st.tuples(
    st.sampled_from(["error", "omission", "resize", "evidence", "delete", "undo", "wrong"]), st.integers(0, 99), share, share
)


def place(text: str, one: float, other: float) -> tuple[int, int, str]:
    """A stretch of the text that is not empty."""
    start, end = sorted((round(one * (len(text) - 1)), round(other * (len(text) - 1))))
    return start, end + 1, text[start : end + 1]


class Desk:
    """A review, and beside it plainly what it should hold: ``marks`` by id, ``gone`` what was deleted."""

    def __init__(self, store, transcript: str, note: str) -> None:
        visit = Encounter("invented", "any", transcript, "train", synthetic=True)
        store.add_encounters([visit])
        store.ensure_model(Model("base-model", "Base", "base", "base", "b" * 64))
        self.output = store.add_output(Output(visit.id, "base-model", note, "test", "p" * 64, {}, 1, 1, 1, "stop"))
        self.reviews, self.visit, self.transcript, self.note = Reviews(store), visit, transcript, note
        self.review = self.reviews.open(visit.id, "local", [self.output.id])
        self.marks, self.gone = {}, []

    def put(self, mark) -> None:
        put = self.reviews.put_span if isinstance(mark, Span) else self.reviews.put_omission
        put(self.review.id, mark)
        self.marks[mark.id] = mark

    def do(self, what: str, which: int, one: float, other: float) -> None:
        chosen = list(self.marks.values())[which % len(self.marks)] if self.marks else None
        if what == "error":
            self.put(Span(self.output.id, *place(self.note, one, other), "repetition", "minor"))
        elif what == "omission":
            self.put(Omission(self.output.id, *place(self.transcript, one, other), "plan", "major"))
        elif what == "undo" and self.gone:
            self.put(self.gone.pop())
        elif chosen and what == "resize":
            start, end, quote = place(self.note if isinstance(chosen, Span) else self.transcript, one, other)
            self.put(dataclasses.replace(chosen, start=start, end=end, quote=quote))
        elif isinstance(chosen, Span) and what == "evidence":
            start, end, quote = place(self.transcript, one, other)
            self.put(dataclasses.replace(chosen, evidence_start=start, evidence_end=end, evidence_quote=quote))
        elif chosen and what == "delete":
            self.reviews.delete_mark(self.review.id, chosen.id)
            self.gone.append(self.marks.pop(chosen.id))
        elif chosen and what == "wrong":
            self.refuse(dataclasses.replace(chosen, quote=chosen.quote + "x"))

    def refuse(self, mark) -> None:
        kept = dict(self.marks)
        try:
            self.put(mark)
        except BadInput:
            assert self.marks == kept
        else:
            raise AssertionError(f"A mark that quotes other words was taken: {mark}")


@settings(max_examples=40, deadline=None)
@given(transcript=texts, note=texts, acts=st.lists(acts, max_size=20))
def test_any_sequence_of_marks_leaves_the_texts_unchanged_and_every_quote_exact(transcript, note, acts):
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder) / "home").store() as store:
        desk = Desk(store, transcript, note)
        for act in acts:
            desk.do(*act)
        state = desk.reviews.state(desk.review.id)
        assert store.get_output(desk.output.id).text == note and store.get_encounter(desk.visit.id).transcript == transcript
        assert all(note[span.start : span.end] == span.quote for span in state.spans)
        assert all(transcript[mark.start : mark.end] == mark.quote for mark in state.omissions)
        linked = [span for span in state.spans if span.evidence_start is not None]
        assert all(transcript[span.evidence_start : span.evidence_end] == span.evidence_quote for span in linked)
        stored = {mark.id: dataclasses.replace(mark, label_set="") for mark in (*state.spans, *state.omissions)}
        assert stored == desk.marks
        assert store.verify() == []
