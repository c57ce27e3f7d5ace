"""The measure of a judge by planted errors, held against a judge of whom it is known what it finds."""

import json

from pipeline.demo import demo_encounters
from pipeline.endpoints import Endpoint
from pipeline.synthesis.planting import plant
from tests.bench.judge_recall import recall
from tests.pipeline.loopback_model import loopback_model


def test_recall_and_false_alarms_are_counted_as_they_are(workspace):
    visits = [one for one in demo_encounters() if one.split != "test"][:3]
    made = {visit.id: plant(visit.transcript, visit.reference, 1 + number, count=4) for number, visit in enumerate(visits)}
    errors = [error for one in made.values() for error in one.errors if not error.omission]

    def answer(body):
        """Marks the first planted error of each note under its label, and the first three words of every note."""
        shape = body["response_format"]["json_schema"]["schema"]["properties"]
        asked = body["messages"][1]["content"]
        if "facts" in shape:
            return json.dumps({"facts": []})
        if "errors" not in shape:
            return json.dumps({name: {"value": 3, "quote": "Doctor"} for name in shape})
        note = next((one for one in made.values() if one.note in asked), None)
        first = next((error for error in note.errors if not error.omission), None) if note else None
        own = next(visit.reference for visit in visits if visit.transcript in asked)
        marks = [(own.split()[0], "unclear")] + ([(first.quote, first.label)] if first else [])
        said = [{"quote": quote, "label": label, "severity": "minor", "evidence": "", "why": ""} for quote, label in marks]
        return json.dumps({"errors": said})

    with loopback_model(answer) as served:
        found = recall(workspace, Endpoint("judge", served.address, "m", timeout=5.0), visits=3, errors=4)
    with_errors = sum(any(not error.omission for error in one.errors) for one in made.values())
    assert (found["notes"], found["judged"], found["planted"]) == (6, 6, len(errors))
    # One right mark in each note that has a planted error, one false alarm in each of the six.
    assert found["found"] == found["right_label"] == with_errors == 3
    assert (found["false_alarms"], found["marks_on_faithful"], found["dropped"], found["unusable"]) == (6, 3, 0, {})
