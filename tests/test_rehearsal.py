"""The rehearsal's own parts: its batches write what the engine writes, and its rows are dealt and summed up as it says."""

import pytest

from pipeline.models import resolve_base
from tests.invented import encounter
from tests.rehearsal import scores
from tests.rehearsal.batch import write


def test_a_batch_writes_what_the_engine_writes_one_by_one(workspace, tiny_llama):
    from pipeline.engines import Draft, Request
    from pipeline.engines.torch_engine import TransformersEngine
    from pipeline.prompts import prompt_ids

    base = resolve_base(workspace, str(tiny_llama), print)
    engine = TransformersEngine(base)
    # In float32, so that padding cannot tip the balance between two tokens.
    engine.model.float()
    # Of many lengths, so that most rows are padded.
    texts = [encounter(n).transcript * (1 + n % 3) for n in range(4)]
    found = write(engine.model, [prompt_ids(engine.tokenizer, text) for text in texts], engine.stops, 60)
    requests = [Request(base, text, 60) for text in texts]
    drafts = {draft.index: draft for draft in engine.stream(requests) if isinstance(draft, Draft)}
    assert [tuple(note.ids) for note in found] == [drafts[index].token_ids for index in range(4)]
    assert max(len(note.ids) for note in found) > 20


def test_seeds_are_averaged_by_encounter_and_compared_in_pairs():
    values = {("base", 1): (0.1, 0.3), ("base", 2): (0.1, 0.3), ("round1", 1): (0.2, 0.5), ("round1", 2): (0.4, 0.5)}
    notes = [
        {"arm": "main", "seed": seed, "model": model, "id": f"e{n}", "scores": {"rouge1": value}}
        for (model, seed), pair in values.items()
        for n, value in enumerate(pair)
    ]
    base, round1 = scores.summary(notes, ["rouge1"])
    assert (base["mean"], base["spread"], base["encounters"]) == (pytest.approx(0.2), 0.0, 2)
    # Encounter e0: 0.3 - 0.1, e1: 0.5 - 0.3. Seed means 0.35 and 0.45, whose standard deviation is 0.1 / sqrt(2).
    assert (round1["difference"], round1["spread"]) == (pytest.approx(0.2), pytest.approx(0.1 / 2**0.5))
