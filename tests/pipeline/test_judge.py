"""The judge: what it is asked, what becomes of its quotes, and that what it finds stays apart from what people found."""

import json

import pytest

from annotations import (
    BadInput,
    Conflict,
    Encounter,
    JudgedPair,
    JudgedRating,
    Judgement,
    Judgements,
    NotFound,
    Refused,
    Selection,
    Span,
    Unavailable,
    corrected_pairs,
    count_findings,
    findings_stamp,
    load_labels,
)  # fmt: skip
from pipeline.endpoints import BudgetSpent, Endpoint
from pipeline.judge import family_of, judge_notes, locate, model_family
from tests.pipeline.invented_judge import judge
from tests.pipeline.loopback_batches import BatchHandler, BatchServed
from tests.pipeline.loopback_model import loopback_model
from tests.reviewed import BASE, TUNED, add_models, few_reviews, opened, visit


def endpoint(served, **more):
    return Endpoint("judge", served.address, "judge-model", timeout=5.0, **({"retries": 2, "concurrency": 2} | more))


@pytest.fixture
def notes(workspace):
    with workspace.store() as store:
        add_models(store)
        return visit(store, 1, "dev")


def read(workspace, judge_id, output):
    with workspace.store() as store:
        return Judgements(store).find(judge_id, output.id, 0)


def run(workspace, served, said=None, **more):
    return judge_notes(workspace, endpoint(served), (said if said is not None else []).append, **more)


def test_a_judgement_holds_marks_omissions_and_ratings_with_places(workspace, notes):
    with loopback_model(judge()) as served:
        said = []
        done = run(workspace, served, said)
        asked = len(served.requests)
        # The facts, and for each note two checks of up to 20 facts, errors and ratings: said before the first question.
        assert said[0].startswith("Estimate: 9 questions, about ") and "1 of 1 encounters judged" in said[1]
        # The facts once for the encounter, and three questions for each of its two notes.
        assert asked == 1 + 2 * 3
        assert run(workspace, served).skipped == 2 and len(served.requests) == asked
    base, tuned = (read(workspace, done.judge_id, notes[model]) for model in (BASE, TUNED))
    text = notes[BASE].text
    assert [(span.quote, span.label, span.severity, span.section) for span in base.spans] == [
        ("since March", "contextual", "major", "subjective"),
        ("Start aspirin", "fabrication", "major", "assessment_and_plan"),
        ("Heart regular", "inference", None, "objective_exam"),
    ]
    assert all(text[span.start : span.end] == span.quote for span in base.spans)
    assert [span.evidence_quote for span in base.spans] == ["since May", None, None]
    # The judge wrote a small w and two spaces; what is stored are the transcript's own words.
    assert [(o.quote, o.label, o.important_negative) for o in base.omissions] == [
        ("No chest pain.", "current_issues", True), ("We repeat the TSH in six weeks", "plan", False),
    ]  # fmt: skip
    assert [o.quote for o in tuned.omissions] == ["No chest pain."]
    assert {rating.value for rating in base.ratings} == {2} and len(base.ratings) == len(load_labels().dimensions) == 8
    assert {(rating.place, rating.start, rating.quote) for rating in tuned.ratings} == {("note", 0, "SUBJECTIVE")}
    assert (base.facts, base.dropped, tuned.dropped) == (3, 0, 0)
    with workspace.store() as store:
        assert store.verify() == []


def test_a_quote_that_is_not_there_is_asked_for_again_and_at_last_dropped_and_counted(workspace, notes):
    tries = []

    def change(kind, body, said):
        if kind == "errors" and len(said["errors"]) == 3:
            tries.append(body["messages"][-1]["content"])
            said["errors"][1]["quote"] = "Start ibuprofen" if len(tries) < 9 else "Start aspirin"
        return said

    with loopback_model(judge(change)) as served:
        done = run(workspace, served, models=[BASE])
    assert len(tries) == 3 and all("'Start ibuprofen' is not in the text" in told for told in tries[1:])
    found = read(workspace, done.judge_id, notes[BASE])
    assert [span.label for span in found.spans] == ["contextual", "inference"] and found.dropped == 1

    tries.clear()

    def mends(kind, body, said):
        if kind == "errors" and len(body["messages"]) == 2:
            said["errors"][0]["quote"] = "Tired since Easter"
        return said

    with loopback_model(judge(mends)) as served:
        other = judge_notes(workspace, endpoint(served, extra={"top_p": 0.9}), print, models=[BASE])
    found = read(workspace, other.judge_id, notes[BASE])
    # Another parameter is another judge; asked again, this one quoted what is there.
    assert other.judge_id != done.judge_id and len(found.spans) == 3 and found.dropped == 0
    assert served.requests[0]["top_p"] == 0.9


def test_a_fact_that_is_called_present_without_words_of_the_note_is_no_omission_but_counted(workspace, notes):
    def change(kind, body, said):
        if kind == "checks":
            said["checks"][1] = {"number": 2, "state": "present", "quote": "chest pain is denied"}
        return said

    with loopback_model(judge(change)) as served:
        done = run(workspace, served, models=[TUNED])
    found = read(workspace, done.judge_id, notes[TUNED])
    assert (len(found.omissions), found.dropped) == (0, 1)


def test_an_answer_that_cannot_be_used_costs_the_other_notes_nothing(workspace, notes):
    def change(kind, body, said):
        return "I would rather not." if kind == "ratings" and "March" in body["messages"][1]["content"] else said

    with loopback_model(judge(change)) as served:
        done = run(workspace, served)
        assert list(done.failed) == [notes[BASE].id] and "no usable answer" in done.failed[notes[BASE].id]
        assert [one.output_id for one in done.judgements] == [notes[TUNED].id]


def test_notes_are_compared_in_both_orders(workspace, notes):
    by_place = {"why": "The first one.", "better": "A"}
    with loopback_model(judge()) as served:
        done = run(workspace, served, pairwise=True)
    pair = done.pairs[0]
    names = {"first": pair.first, "second": pair.second}
    assert names[pair.preference] == notes[TUNED].id and pair.forward == pair.backward
    # A judge that always takes the first one has no preference.
    with loopback_model(judge(lambda kind, body, said: by_place if kind == "compare" else said)) as served:
        done = judge_notes(workspace, endpoint(served, extra={"x": 1}), print, pairwise=True)
    assert (done.pairs[0].forward, done.pairs[0].backward, done.pairs[0].preference) == ("first", "second", "tie")
    assert JudgedPair("j", "e", "a", "b", "neither", "neither").preference == "neither"


def test_several_samples_are_several_readings(workspace, notes):
    with loopback_model(judge()) as served:
        done = run(workspace, served, samples=3, models=[BASE])
    assert [one.sample for one in done.judgements] == [0, 1, 2]
    assert {body["seed"] for body in served.requests} == {1, 2, 3} and {body["temperature"] for body in served.requests} == {0.7}


def test_a_real_transcript_is_not_sent_away_and_the_test_split_needs_a_word(workspace, notes):
    with workspace.store() as store:
        store.add_encounters([Encounter("clinic", "1", "Doctor: Hello.\nPatient: Hello.", "dev")])
        real = visit(store, 7, "test")
        held_out = store.get_encounter(real[BASE].encounter_id)
    with loopback_model(judge()) as served:
        with pytest.raises(Refused, match="add --final"):
            run(workspace, served, split="test")
        assert len(run(workspace, served, encounter_ids=[held_out.id], final=True).judgements) == 2
        with workspace.store() as store:
            assert [event.after["encounters"] for event in store.list_events() if event.verb == "judge test"] == [[held_out.id]]
        before = len(served.requests)
        with workspace.store() as store:
            clinic = store.list_encounters(source="clinic")[0]
            store.add_output(_like(notes[BASE], clinic.id))
        away = Endpoint("away", "http://models.example/v1", "m", retries=0)
        with pytest.raises(Refused, match="counts as real"):
            judge_notes(workspace, away, print, encounter_ids=[clinic.id])
        # On this machine it may be read.
        assert len(run(workspace, served, encounter_ids=[clinic.id], models=[BASE]).judgements) + before < len(served.requests)


def _like(output, encounter_id):
    import dataclasses

    return dataclasses.replace(output, encounter_id=encounter_id, id="out-of-the-clinic")


def test_a_budget_stops_the_judge_and_nothing_paid_is_asked_again(workspace, notes):
    def talks(kind, body, said):
        return said if kind != "errors" else {"errors": [one | {"why": "so " * 1500} for one in said["errors"]]}

    with loopback_model(judge(talks)) as served:
        # The facts may take 4,096 tokens and the question; after three errors of 1,500 words each nothing more fits.
        with pytest.raises(BudgetSpent):
            run(workspace, served, tokens=6_000, models=[BASE])
        assert len(served.requests) == 3
        done = run(workspace, served, models=[BASE])
        assert len(served.requests) == 4 and len(done.judgements) == 1


# In batches


@pytest.fixture
def batching(monkeypatch):
    monkeypatch.setattr("pipeline.endpoints.batch.EVERY", 0.01)
    return {"kind": BatchHandler, "served": BatchServed}


def test_a_batch_gives_what_single_questions_give(workspace, notes, batching):
    with loopback_model(judge(), **batching) as served:
        done = run(workspace, served, batch=True, pairwise=True)
        # Facts, errors, ratings and both orders of the comparison first; what is missing once the facts are known.
        assert served.requests == [] and len(served.batched) == (1 + 2 + 2 + 2) + 2
    with loopback_model(judge()) as other:
        single = judge_notes(workspace, endpoint(other, extra={"x": 1}), print, pairwise=True)
    with workspace.store() as store:
        both = [Judgements(store).list_judgements(one.judge_id) for one in (done, single)]
    assert [plain(one) for one in both[0]] == [plain(one) for one in both[1]] != []
    assert done.pairs[0].preference == single.pairs[0].preference
    # The books hold every answer once: 9 of the batches and 9 single ones.
    assert (single.spent.answered, single.spent.unknown) == (18, 0)


def plain(judgement):
    marks = [(mark.quote, mark.start, mark.label, mark.severity) for mark in (*judgement.spans, *judgement.omissions)]
    return judgement.output_id, marks, judgement.ratings


def test_what_a_batch_leaves_open_is_asked_singly_and_wrong_quotes_again(workspace, notes, batching):
    def mends(kind, body, said):
        if kind == "errors" and len(body["messages"]) == 2 and len(said["errors"]) == 3:
            said["errors"][0]["quote"] = "Tired since Easter"
        return said

    with loopback_model(judge(mends), **batching) as served:
        served.refuses_in_batch = lambda body: "value" in json.dumps(body.get("response_format", {}))
        done = run(workspace, served, batch=True, models=[BASE])
        # The ratings were refused in the batch and asked singly; the errors were asked again in a batch of their own.
        assert len(served.requests) == 1 and len(done.judgements[0].spans) == 3
    assert done.judgements[0].dropped == 0


def test_a_batch_that_was_sent_before_a_kill_is_waited_for_and_not_sent_again(workspace, notes, batching, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with loopback_model(judge(), **batching) as served:
        with monkeypatch.context() as killing:
            killing.setattr("pipeline.endpoints.batch._wait", die)
            with pytest.raises(Killed):
                run(workspace, served, batch=True, models=[BASE])
        # As if the kill had come before the batch's id was written down.
        (state,) = (workspace.home / "judge" / "batches").glob("*.json")
        state.unlink()
        done = run(workspace, served, batch=True, models=[BASE])
        assert len([id for id in served.stored if id.startswith("batch")]) == 2 and len(done.judgements) == 1
    assert (done.spent.answered, done.spent.unknown) == (4, 0)


def test_a_server_without_batches_says_so(workspace, notes):
    with loopback_model(judge()) as served, pytest.raises(Unavailable, match="judge without --batch"):
        run(workspace, served, batch=True)


# Apart from people


def test_no_count_of_reviews_and_no_training_pair_changes_by_what_a_judge_finds(workspace):
    with workspace.store() as store:
        few_reviews(store)
        before = (count_findings(store, Selection(), load_labels()), findings_stamp(store), corrected_pairs(store))
        reviews = store.counts()["reviews"]
    with loopback_model(judge()) as served:
        run(workspace, served, split="train", pairwise=True)
    with workspace.store() as store:
        assert store.counts()["judge_spans"] > 0 and store.counts()["reviews"] == reviews
        assert (count_findings(store, Selection(), load_labels()), findings_stamp(store), corrected_pairs(store)) == before


def test_suggestions_come_only_after_the_first_review_and_a_person_decides(workspace, notes):
    with loopback_model(judge()) as served:
        done = run(workspace, served)
    with workspace.store() as store:
        desk = opened(store, notes, "local")
        judgements = Judgements(store)
        for act in (judgements.suggestions, judgements.take_over, judgements.turn_down):
            with pytest.raises(Refused, match="after a first review is submitted"):
                act(desk.review.id, done.judge_id)
        desk.error(BASE, "Denies fever", "negation", "minor")
        desk.submit()
        before = count_findings(store, Selection(), load_labels())
        offered = judgements.suggestions(desk.review.id, done.judge_id)
        # Three errors and two omissions of the base's note, one of each of the tuned one's.
        assert len(offered) == 3 + 2 + 1 + 1
        march = next(mark for mark in offered if mark.quote == "since March")
        heart = next(mark for mark in offered if mark.quote == "Heart regular")
        missing = next(mark for mark in offered if mark.quote.startswith("We repeat"))
        later = judgements.take_over(desk.review.id, march.id)
        judgements.take_over(later.id, missing.id)
        judgements.turn_down(later.id, heart.id)
        left = {mark.id for mark in judgements.suggestions(later.id, done.judge_id)}
        assert left == {mark.id for mark in offered} - {march.id, missing.id, heart.id}
        # What she took over is hers, in a second version; the first one, which counts, is as it was.
        state = desk.reviews.state(later.id)
        assert later.version == 2 and {span.quote for span in state.spans} == {"Denies fever", "since March"}
        assert [one.quote for one in state.omissions] == ["We repeat the TSH in six weeks"]
        assert count_findings(store, Selection(), load_labels()) == before
        with pytest.raises(NotFound):
            judgements.take_over(later.id, "span-of-nobody")
        assert store.verify() == []


def test_what_does_not_fit_is_not_stored(workspace, notes):
    base = notes[BASE]
    good = Span(base.id, 11, 16, "Tired", "fabrication", "major")
    assert base.text[11:16] == "Tired"
    with loopback_model(judge()) as served:
        judge_id = run(workspace, served, models=[TUNED]).judge_id
    wrong = [
        {"spans": (Span(base.id, 12, 17, "Tired", "fabrication", "major"),)},
        {"spans": (Span(base.id, 11, 16, "Tired", "no-such-label", "major"),)},
        {"spans": (Span(notes[TUNED].id, 11, 16, "Tired", "fabrication", "major"),)},
        {"ratings": (JudgedRating("clarity", 3, "transcript", 0, 5, "Tired"),)},
        {"ratings": (JudgedRating("no-such-dimension", 3),)},
    ]
    with workspace.store() as store:
        judgements = Judgements(store)
        for parts in wrong:
            with pytest.raises(BadInput):
                judgements.add(Judgement(judge_id, base.id, 0, **parts))
        assert judgements.find(judge_id, base.id, 0) is None
        judgements.add(Judgement(judge_id, base.id, 0, (good,)))
        with pytest.raises(Conflict):
            judgements.add(Judgement(judge_id, base.id, 0))
        store.db.execute("DROP TRIGGER judge_spans_are_immutable")
        store.db.execute("UPDATE judge_spans SET start = start + 1 WHERE output_id = ?", [base.id])
        assert len(store.verify()) == 1 and "judge's mark" in store.verify()[0]


# Quotes and families


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("BP 120/80", "BP 120/80"),
        ("bp  120/80\nsitting", "BP 120/80 sitting"),
        ('"doesn\'t smoke"', "doesn’t smoke"),
        ("follow - up", "follow – up"),
        ("🙂 Tired", "🙂 Tired"),
        ("BP 120/90", None),
        ("a+b", None),
        ("x", None),
        ("", None),
        ("...", None),
    ],
)
def test_a_quote_is_found_exactly_or_not_at_all(quote, found):
    text = "Note: 🙂 Tired. BP 120/80 sitting; doesn’t smoke, follow – up. aab"
    place = locate(text, quote)
    assert (place and text[slice(*place)]) == found


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("unsloth/Llama-3.2-1B-Instruct", "llama"),
        ("SmolLM2-135M-Instruct (Q4_1)", "smollm"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "llama"),
        ("Qwen/QwQ-32B", "qwen"),
        ("mixtral-8x7b", "mistral"),
        ("gpt-4o-mini", "gpt"),
        ("openai/o3-mini", "gpt"),
        ("alpha-beta-7b", "alpha"),
    ],
)
def test_the_family_of_a_name(name, family):
    assert family_of(name) == family


def test_an_adapter_is_of_its_bases_family(workspace):
    with workspace.store() as store:
        add_models(store)
        assert model_family(store, store.get_model(TUNED)) == family_of("Base")


def test_json_with_a_stray_quote_is_mended_by_asking_again(workspace, notes):
    """Small servers cut JSON at their limit: the model is told so."""
    cut = []

    def change(kind, body, said):
        if kind == "facts" and not cut:
            cut.append(1)
            return json.dumps(said)[:60]
        return said

    with loopback_model(judge(change)) as served:
        assert len(run(workspace, served).judgements) == 2
    assert "it is not JSON" in served.requests[1]["messages"][-1]["content"]
