"""What a build is held to: the limits, what counts as no note, the visits it is measured on; and how weights are quantised."""

import json

import numpy as np
import pytest

from annotations import Refused
from pipeline.degenerate import degenerate, repeated
from pipeline.demo import demo_encounters
from pipeline.held_out import TRANSCRIPTS
from pipeline.parity_limits import LIMITS, refuse_unfit, unfit

SOUND = {"mean_kl": 0.1, "agreement": 0.95, "rouge1": 0.8, "degenerate": 0.0, "model_degenerate": 0.0, "others_rouge1": 0.3}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        ({"agreement": None}, None),
        ({"degenerate": 1 / 6}, None),
        ({"degenerate": 0.5, "model_degenerate": 0.4}, None),
        ({"mean_kl": 0.26}, "a mean divergence of 0.260 nats (at most 0.25)"),
        ({"mean_kl": float("nan")}, "a mean divergence of nan nats"),
        ({"agreement": 0.84}, "agrees on 84% of the decided tokens (at least 85%)"),
        ({"rouge1": 0.31}, None),
        ({"rouge1": 0.3}, "a ROUGE-1 of 0.30 against the model's (those of other visits have 0.30)"),
        ({"rouge1": float("nan")}, "a ROUGE-1 of nan"),
        ({"degenerate": 2 / 6}, "loops or writes nothing in 33% of its notes (at most 20%)"),
        ({"unmeasured": "no float16 kernel"}, "could not be measured (no float16 kernel)"),
    ],
)
def test_each_limit_refuses_with_its_figure(changed, said):
    found = SOUND | changed
    if said is None:
        assert unfit(found) is None
        refuse_unfit({"q4": found})
    else:
        assert said in unfit(found)
        with pytest.raises(Refused, match=r"closely enough: wasm .*; q4 .*--force"):
            refuse_unfit({"wasm": found, "q4": found})
    assert LIMITS.max_kl == 0.25 and LIMITS.min_agreement == 0.85


def test_a_note_without_a_word_or_in_a_loop_is_degenerate_and_a_sound_one_is_not():
    assert degenerate("") and degenerate(" \n-- ...") and degenerate("dran " * 20)
    # The decoding rule bars eight tokens from coming twice, so a loop counts up: of 8 pairs in each of 20 rounds, 6 come again.
    assert degenerate("".join(f"The patient has had pain since day {n}. " for n in range(20)))
    assert not degenerate("Pain.") and not degenerate("She denies fever. She denies cough. She denies any pain in the chest.")
    # Seven pairs, of which ab, bc and cd come twice.
    assert repeated("A b c d; a b c d") == pytest.approx(3 / 7) and repeated("a b c") == repeated("a") == 0
    assert not any(degenerate(one.reference) for one in demo_encounters())


def test_the_held_out_visits_are_in_no_encounter_that_ships():
    def runs(text: str) -> set[tuple[str, ...]]:
        words = text.casefold().split()
        return set(zip(*(words[k:] for k in range(8)), strict=False))

    shipped = set().union(*(runs(one.transcript) for one in demo_encounters()))
    for number, transcript in enumerate(TRANSCRIPTS):
        others = set().union(*(runs(other) for other in TRANSCRIPTS[:number]))
        assert len(runs(transcript)) > 20 and not runs(transcript) & (shipped | others)


def test_quantising_in_slices_gives_the_numbers_of_the_whole(monkeypatch):
    from onnxruntime.quantization.neural_compressor.weight_only import quant_tensor_k_quant_cpu as whole

    from pipeline import onnx_builder

    monkeypatch.setattr(onnx_builder, "SLICE", 5)
    weights = np.random.default_rng(0).normal(size=(16, 64)).astype(np.float32)
    for bits in (4, 8):
        for expected, found in zip(whole(weights, bits, 32), onnx_builder.in_slices(whole)(weights, bits, 32), strict=True):
            assert expected.shape == found.shape and np.array_equal(expected.astype(found.dtype), found)


def test_the_wide_projections_are_named_to_the_builder_one_by_one(tmp_path):
    from pipeline.onnx_builder import spelt_out

    (tmp_path / "config.json").write_text('{"num_hidden_layers": 2}')
    plain = ["-m", str(tmp_path), "-p", "int8"]
    assert spelt_out(plain) == plain
    words = spelt_out(["-m", str(tmp_path), "--gate_up", "int4", "-p", "int8"])
    assert words[:3] == ["-m", str(tmp_path), "--target_options"] and words[4:] == ["-p", "int8"]
    overrides = json.loads(words[3])["quant_config"]["weights"]["overrides"]
    assert [one["match"]["name"] for one in overrides] == [
        f"/model/layers.{layer}/mlp/{name}_proj/MatMul" for layer in (0, 1) for name in ("gate", "up")
    ]
    assert {one["type"] for one in overrides} == {"int4"}
