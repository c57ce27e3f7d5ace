"""The promotion gate: what it lets through, what it does not and why, and the line of models that it keeps."""

import json
import sqlite3
from pathlib import Path

import numpy
import pytest
from click.testing import CliRunner

from annotations import (
    BadInput,
    Conflict,
    Judge,
    JudgedRating,
    Judgement,
    Judgements,
    NotFound,
    Output,
    Promotions,
    Rating,
    Reviews,
    Span,
)
from pipeline.gate import general_row, judged, run_gate
from pipeline.gate_config import Named, gate_config
from pipeline.gate_measures import measure_of
from pipeline.general import general_texts, mean_loss
from pipeline.hints import UNSUPPORTED, find_hints
from pipeline.models import named, register_adapter, resolve_base
from pipeline.prompts import prompt_hash
from pipeline.registry import NotPromoted, promote, roll_back
from pipeline.splits import dev_half
from pipeline.statistics import compare_models
from studio.cli import main
from tests.invented import encounter
from tests.soak.gates import a_against_a, promoted

PRIMARY, MAJOR = Named("rouge1", "references"), Named("major hallucinations", "reviews", 0.1)
RATED = Named("factual_correctness", "reviews", 0.25)
# Eight encounters that the hash of their id puts into dev-b.
VISITS = [one for one in (encounter(n, "dev") for n in range(20)) if dev_half(one.id) == "dev-b"][:8]
ONLY_ROUGE = 'split = "dev-b"\nsafety = []\n[primary]\nmeasure = "rouge1"\nsource = "references"\n[general]\nmargin = 100.0\n'


def row(named: Named, first: list, second: list, part: str = "safety") -> dict:
    sides = [[{"id": n, named.measure: value} for n, value in enumerate(values)] for values in (first, second)]
    return judged(part, named, compare_models(*sides, [measure_of(named)])[0])


# The rules


def test_the_primary_measures_whole_interval_must_lie_on_the_better_side():
    before = [0.30, 0.31, 0.32, 0.33, 0.34, 0.35, 0.36, 0.37]
    better = [value + 0.05 + 0.01 * (n % 2) for n, value in enumerate(before)]
    assert row(PRIMARY, better, before, "primary")["passes"]
    assert not row(PRIMARY, before, better, "primary")["passes"]
    # As often up as down: the interval holds 0.
    mixed = [value + 0.05 * (-1) ** n for n, value in enumerate(before)]
    assert row(PRIMARY, mixed, before, "primary")["why"] == "not shown"
    # Five encounters are too few, however clear they are.
    few = row(PRIMARY, better[:5], before[:5], "primary")
    assert not few["passes"] and few["why"] == "too few to tell: 5 of at least 6 encounters"


def test_a_safety_measure_is_held_at_the_worse_end_of_its_interval():
    # A rating that is 0.2 lower on average, within the margin of 0.25, but may be lower by more.
    before = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4]
    after = [4, 4, 4, 4, 4, 4, 4, 4, 3, 3]
    found = row(RATED, after, before)
    assert found["difference"] == pytest.approx(-0.2) and found["ci95"][0] < -0.25
    assert not found["passes"] and found["why"] == "may be worse"
    assert row(RATED, before, before)["passes"]
    # 40 notes of which neither model's has a major hallucination: Agresti and Min's interval is half * 2, with
    # half = 1.96 * sqrt(0 + 0 + 1) / 42 = 0.047, within 0.1. With 10 notes it is 1.96 / 12 = 0.163, which is not.
    assert row(MAJOR, [False] * 40, [False] * 40)["passes"]
    assert not row(MAJOR, [False] * 10, [False] * 10)["passes"]


def test_a_measure_without_data_does_not_pass():
    found = row(MAJOR, [], [])
    assert not found["passes"] and found["why"] == "no data: no submitted review compares the two models here"


def test_forgotten_general_text_does_not_pass():
    losses = {"base": 3.0, "against": 3.1, "candidate": 3.25, "texts": 30.0}
    assert general_row(losses, 0.3)["passes"]
    assert not general_row(losses | {"candidate": 3.35}, 0.3)["passes"]
    assert not general_row(losses | {"candidate": float("nan")}, 0.3)["passes"]


def test_the_loss_on_general_text_is_the_models_own(tiny_llama):
    import torch
    from transformers import AutoModelForCausalLM

    assert len(general_texts()) == 30
    model = AutoModelForCausalLM.from_pretrained(tiny_llama).eval()
    texts = [torch.arange(3, 30)[None], torch.arange(40, 50)[None]]
    own = [model(ids, labels=ids).loss.item() * (ids.shape[1] - 1) for ids in texts]
    assert mean_loss(model, texts) == pytest.approx(sum(own) / (26 + 9), rel=1e-5)


@pytest.mark.parametrize("n", [20])
def test_a_model_against_itself_is_promoted_at_most_5_times_in_100(n):
    # Two in 40 are 5 in 100; make soak makes 2,000 studies of four sizes.
    assert promoted(a_against_a, n, 40) <= 2


def test_a_much_better_model_is_promoted():
    dice = numpy.random.default_rng(5)

    def better(dice, n):
        first, second = a_against_a(dice, n)
        return [case | {"rouge1": case["rouge1"] + 0.1, "factual_correctness": 5} for case in first], second

    assert promoted(better, 40, 5, dice) >= 4


# The settings


def test_the_gates_settings_are_the_workspaces_own_or_those_that_ship(workspace):
    shipped = gate_config(workspace)
    assert shipped.split == "dev-b" and shipped.primary == PRIMARY
    assert {one.measure for one in shipped.safety} == {"major hallucinations", "major omissions", "factual_correctness"}
    workspace.home.mkdir(parents=True)
    own = workspace.home / "gate.toml"
    for text, says in (
        (ONLY_ROUGE, None), ("split =", "cannot be used"), (ONLY_ROUGE.replace("dev-b", "test"), "expected one of dev, dev-a"),
        (ONLY_ROUGE.replace("references", "gossip"), "gossip"), (ONLY_ROUGE + "[more]\n", "has more"),
    ):  # fmt: skip
        own.write_text(text)
        if says:
            with pytest.raises(BadInput, match=says):
                gate_config(workspace)
        else:
            assert gate_config(workspace).safety == ()


# The line


@pytest.fixture
def models(workspace, tiny_llama, tmp_path, monkeypatch):
    """A base whose notes are poor, and three adapters of it: two good, one as poor as the base."""
    few = general_texts()[:3]
    monkeypatch.setattr("pipeline.general.general_texts", lambda: few)
    from tests.pipeline.test_merge import make_adapter

    base = resolve_base(workspace, str(tiny_llama), print)
    (workspace.home / "gate.toml").write_text(ONLY_ROUGE)
    folder = make_adapter(tiny_llama, tmp_path / "adapter")
    for name in ("good", "better", "poor"):
        register_adapter(workspace, folder, base, name)
    (folder / "README.md").write_text("# A card\n\nKept as it is.\n", encoding="utf-8")
    with workspace.store() as store:
        store.add_encounters(VISITS)
        for n, visit in enumerate(VISITS):
            words = visit.reference.split()
            # ``better`` beats ``good`` everywhere; ``poor`` says nothing of the reference, but for the first visit.
            notes = {
                base.id: "No word of it.", "good": " ".join(words[:4]) + " and more", "better": " ".join(words[: 5 + n % 2]),
                "poor": visit.reference if n == 0 else "Nothing at all.",
            }  # fmt: skip
            for model, text in notes.items():
                store.add_output(Output(visit.id, model, text, "test", prompt_hash(), {}, 1.0, 1, 1, "stop"))
    return base


def status(workspace, name: str) -> str | None:
    with workspace.store() as store:
        return store.get_model(name).status


def test_the_line_moves_on_and_back_and_says_why(workspace, models):
    assert status(workspace, "good") == "candidate" and status(workspace, models.id) is None
    with pytest.raises(NotFound, match="No model is champion"):
        named(workspace, "champion")
    first = promote(workspace, "good", print)
    assert (first["against"], first["champion"], first["outcome"]) == (models.id, None, "promoted")
    promote(workspace, "better", print)
    assert [status(workspace, name) for name in ("good", "better")] == ["retired", "champion"]
    with pytest.raises(BadInput, match="champion already"):
        promote(workspace, "better", print)

    # What is worse is refused, with the table and the wins that it would give up; the try is on record.
    with pytest.raises(NotPromoted, match=r"poor is not promoted: rouge1 \(not shown\)") as refused:
        promote(workspace, "poor", print)
    changed = refused.value.table["changes"]
    assert changed["against_before"] == "good"
    assert set(changed["lost"]) == {visit.id for visit in VISITS[1:]}
    with pytest.raises(NotPromoted, match="try 2 on the same encounters"):
        promote(workspace, "poor", print)
    with pytest.raises(BadInput, match="reason in words"):
        promote(workspace, "poor", print, override=" ")
    assert promote(workspace, "poor", print, override="for a demonstration")["outcome"] == "overridden"
    card = _card(workspace, "poor")
    assert "Kept as it is." in card and card.count("## Promotion") == 1
    assert 'Reason given: "for a demonstration"' in card

    # Back to the champion before, twice, and then there is none.
    assert named(workspace, "champion") == "poor"
    assert roll_back(workspace, "it says nothing").replaced == "better"
    assert named(workspace, "champion") == "better" and status(workspace, "poor") == "retired"
    assert "rolled back" in _card(workspace, "poor") and "it says nothing" in _card(workspace, "poor")
    assert roll_back(workspace).replaced == "good"
    assert roll_back(workspace).replaced is None
    with pytest.raises(NotFound, match="nothing to roll back"):
        roll_back(workspace)
    with workspace.store() as store:
        outcomes = [one.outcome for one in Promotions(store).list()]
        verbs = [event.verb for event in store.list_events() if event.verb in outcomes]
        assert outcomes == verbs
        assert outcomes == ["promoted", "promoted", "refused", "refused", "overridden", *["rolled back"] * 3]
        for statement in ("DELETE FROM promotions", "UPDATE promotions SET reason = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                store.db.execute(statement)
        assert store.verify() == []


def _card(workspace, name: str) -> str:
    with workspace.store() as store:
        return (Path(store.get_model(name).path) / "README.md").read_text(encoding="utf-8")


def test_a_champion_that_came_meanwhile_is_not_overrun(workspace, models):
    table = run_gate(workspace, "better", print)
    promote(workspace, "good", print)
    with workspace.store() as store, pytest.raises(Conflict, match=r"Another model \(good\) became champion"):
        Promotions(store).promote("better", table)
    assert named(workspace, "champion") == "good"


def test_reviews_decide_where_the_settings_say_so(workspace, models):
    (workspace.home / "gate.toml").write_text(
        ONLY_ROUGE.replace("safety = []\n", "")
        + '[[safety]]\nmeasure = "major hallucinations"\nsource = "reviews"\nmargin = 0.5\n'
        + '[[safety]]\nmeasure = "factual_correctness"\nsource = "reviews"\nmargin = 0.5\n'
    )
    with pytest.raises(NotPromoted, match=r"major hallucinations \(no data.*factual_correctness \(no data"):
        promote(workspace, "good", print)
    with workspace.store() as store:
        for visit in VISITS:
            notes = {output.model_id: output for output in store.list_outputs(encounter_id=visit.id)}
            reviews = Reviews(store)
            review = reviews.open(visit.id, "local", [notes["good"].id, notes[models.id].id])
            quote = notes[models.id].text[:7]
            reviews.put_span(review.id, Span(notes[models.id].id, 0, 7, quote, "fabrication", "major"))
            reviews.rate(review.id, Rating(notes["good"].id, "factual_correctness", 4))
            reviews.rate(review.id, Rating(notes[models.id].id, "factual_correctness", 2))
            reviews.submit(review.id)
    rows = {one["measure"]: one for one in promote(workspace, "good", print)["rows"]}
    assert (rows["major hallucinations"]["candidate"], rows["major hallucinations"]["against"]) == (0.0, 1.0)
    assert rows["factual_correctness"]["difference"] == 2.0


def test_judges_and_hints_decide_where_the_settings_say_so(workspace, models):
    safety = [("major hallucinations", "judge", 0.5), ("factual_correctness", "judge", 0.5), ("unsupported facts", "hints", 5)]
    (workspace.home / "gate.toml").write_text(
        ONLY_ROUGE.replace("safety = []\n", "")
        + "".join(f'[[safety]]\nmeasure = "{name}"\nsource = "{source}"\nmargin = {margin}\n' for name, source, margin in safety)
    )
    # The hints have the stored notes, and nothing in them is unsupported; no judge has read any.
    with pytest.raises(NotPromoted, match=r"major hallucinations \(no data: no judge.*factual_correctness \(no data") as refused:
        promote(workspace, "good", print)
    assert [one["passes"] for one in refused.value.table["rows"] if one["source"] == "hints"] == [True]

    with workspace.store() as store:
        _judged(store, "judge-a", {"good": (False, 4), models.id: (True, 2)})
        # A later judge of one model's notes compares nothing, and a second reading of a note does not count.
        _judged(store, "judge-b", {"good": (True, 1)})
        _judged(store, "judge-a", {"good": (True, 1)}, sample=1)
    rows = {one["measure"]: one for one in run_gate(workspace, "good", print)["rows"]}
    assert (rows["major hallucinations"]["candidate"], rows["major hallucinations"]["against"]) == (0.0, 1.0)
    assert rows["factual_correctness"]["difference"] == 2.0 and all(one["passes"] for one in rows.values())

    # Eleven words, of which the rules doubt what to start and how much: nobody spoke of it.
    note = "SUBJECTIVE Tired since May. PLAN Start warfarin 75 mg daily now."
    kinds = [hint.kind for hint in find_hints(VISITS[0].transcript, note) if hint.kind in UNSUPPORTED]
    assert kinds and len(note.split()) == 11
    with workspace.store() as store:
        for visit in VISITS:
            store.add_output(Output(visit.id, "good", note, "test", prompt_hash(), {}, 1.0, 1, 1, "stop"))
    found = {one["source"]: one for one in run_gate(workspace, "good", print)["rows"]}["hints"]
    assert found["candidate"] == pytest.approx(100 * len(kinds) / 11) and found["against"] == 0
    assert not found["passes"] and found["why"] == "may be worse"


def _judged(store, name: str, found: dict[str, tuple[bool, int]], sample: int = 0) -> None:
    """One judge's reading of these models' notes: whether each has a major error, and a rating."""
    judgements = Judgements(store)
    judge = judgements.ensure_judge(Judge(name, "127.0.0.1", "p" * 64))
    for model, (major, value) in found.items():
        for output in store.list_outputs(model_id=model):
            span = Span(output.id, 0, 7, output.text[:7], "fabrication", "major" if major else "minor")
            rating = JudgedRating("factual_correctness", value)
            judgements.add(Judgement(judge.id, output.id, sample, spans=(span,), ratings=(rating,)))


def test_the_commands_show_the_table_and_obey_the_gate(workspace, models):
    def run(*words: str):
        return CliRunner().invoke(main, ["model", *words, "--home", str(workspace.home)])

    shown = run("promote", "good", "--check", "--json")
    assert json.loads(shown.stdout)["passes"] and status(workspace, "good") == "candidate"
    refused = run("promote", "poor")
    assert refused.exit_code == 1 and "poor is not promoted" in refused.stderr and "no: not shown" in refused.stderr
    assert "good is champion" in run("promote", "good").stdout
    evaluated = run("evaluate", "champion", "--split", "dev-b", "--no-generate", "--metrics", "rouge", "--json")
    assert json.loads(evaluated.stdout)["model"] == "good"
    assert "no model is champion now" in run("rollback").stdout
    listed = json.loads(run("list", "--kind", "adapter", "--json").stdout)
    assert {one["id"]: one["status"] for one in listed} == {"good": "retired", "better": "candidate", "poor": "candidate"}
