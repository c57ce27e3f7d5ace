"""The transformers engine: transformers' own tokens under the same rule, side by side, piece by piece, stopped at once."""

import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest

from annotations import BadInput, Refused
from pipeline.decoding import NO_REPEAT_NGRAM, choose
from pipeline.engines import Draft, Piece, Request, Unfit, open_engine, torch_engine, writing
from pipeline.engines.detokenize import Detokenizer
from pipeline.engines.fitting import fit
from pipeline.models import register_adapter, resolve_base
from pipeline.prompts import USER, prompt_ids
from pipeline.tokenizer import load_tokenizer
from pipeline.workspace import Workspace
from tests.tiny import make_tiny_llama

TRANSCRIPT = "Doctor: What brings you in? 😀\nPatient: I have been tired since May.\nDoctor: Blood pressure 120 over 80."


def make_lively(folder: Path) -> Path:
    """A tiny Llama whose layers outweigh its embeddings, so that it writes varied tokens instead of repeating one."""
    import torch
    from transformers import AutoModelForCausalLM

    make_tiny_llama(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "layers" in name and "norm" not in name:
                weights.mul_(20)
    model.save_pretrained(folder)
    return folder


def make_adapter(base: Path, folder: Path, seed: int) -> Path:
    """A LoRA adapter with random weights of some size."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    lora = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    get_peft_model(model, lora).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("engine") / "home")


@pytest.fixture(scope="module")
def base(home):
    return resolve_base(home, str(make_lively(home.models / "lively")), print)


@pytest.fixture(scope="module")
def tuned(home, base):
    return [
        register_adapter(home, make_adapter(Path(base.path), home.models / f"adapter{n}", n), base, f"tuned{n}") for n in (1, 2)
    ]


@pytest.fixture(scope="module")
def engine(base):
    """In float32 on every machine: in bfloat16 a token depends on how the prompt was cut into parts."""
    import torch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch_engine, "_place", lambda: (torch.device("cpu"), torch.float32))
        engine = open_engine(base)
    yield engine
    engine.close()


def run(engine, requests, cancelled=None):
    """Pieces in order and drafts by index."""
    found = list(engine.stream(requests, cancelled))
    return [each for each in found if isinstance(each, Piece)], {each.index: each for each in found if isinstance(each, Draft)}


def greedy(base, adapter, tokens):
    """What ``generate`` writes, in a model loaded for this alone: its own rule against repetition, without the prompt."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, NoRepeatNGramLogitsProcessor

    model = AutoModelForCausalLM.from_pretrained(base.path, dtype=torch.float32)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter.path)
    ids = torch.tensor([prompt_ids(load_tokenizer(base.path), TRANSCRIPT)])
    rule = NoRepeatNGramLogitsProcessor(NO_REPEAT_NGRAM)
    made = model.eval().generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, do_sample=False, use_cache=True,
        logits_processor=[lambda written, scores: rule(written[:, ids.shape[1] :], scores)],
    )  # fmt: skip
    return made[0, ids.shape[1] :].tolist()


@pytest.mark.parametrize("chunk", [1024, 16])
def test_base_and_adapters_side_by_side_equal_separate_greedy_searches(engine, base, tuned, monkeypatch, chunk):
    monkeypatch.setattr(writing, "CHUNK", chunk)
    models = [base, *tuned, base]
    pieces, drafts = run(engine, [Request(model, TRANSCRIPT, 40) for model in models])
    expected = [greedy(base, model if model.kind == "adapter" else None, 40) for model in models]
    assert len({tuple(ids) for ids in expected}) == 3, "the adapters must change what is written, or this shows nothing"
    for index, ids in enumerate(expected):
        kept = ids[: ids.index(2)] if 2 in ids else ids
        assert list(drafts[index].token_ids) == kept
        assert drafts[index].finish_reason == ("stop" if 2 in ids else "length")
        assert "".join(piece.text for piece in pieces if piece.index == index) == drafts[index].text


def test_no_long_run_of_tokens_comes_twice(home):
    monotonous = resolve_base(home, str(make_tiny_llama(home.models / "monotonous")), print)
    with closing(open_engine(monotonous)) as engine:
        _, drafts = run(engine, [Request(monotonous, TRANSCRIPT, 200)])
    ids = drafts[0].token_ids
    runs = [ids[at : at + NO_REPEAT_NGRAM] for at in range(len(ids) - NO_REPEAT_NGRAM + 1)]
    shorter = [ids[at : at + 2] for at in range(len(ids) - 1)]
    assert len(ids) > 100 and len(set(shorter)) < len(shorter), "the note must repeat something, or this shows nothing"
    assert len(set(runs)) == len(runs)


def test_the_rule_bars_the_end_of_a_run_alone():
    logits = [0.0] * 50
    logits[9], logits[5] = 2.0, 1.0
    run = [1, 2, 3, 4, 6, 7, 8, 9]
    assert len(run) == NO_REPEAT_NGRAM and choose(logits, []) == 9
    assert choose(logits, [*run, *run[:-1]]) == 5, "9 would end the run a second time"
    assert choose(logits, [*run, *run[1:-1]]) == 9, "a shorter run may come again"


def test_notes_come_token_by_token_in_turn(engine, base, tuned):
    pieces, drafts = run(engine, [Request(base, TRANSCRIPT, 20), Request(tuned[0], TRANSCRIPT, 20)])
    writing = [piece for piece in pieces if piece.tokens]
    assert [piece.index for piece in writing[1:39]] == [0, 1] * 19
    assert [piece.tokens for piece in writing if piece.index == 0] == list(range(1, 21))
    draft = drafts[1]
    assert 0 < draft.first_token_seconds < draft.seconds and draft.prompt_tokens == len(prompt_ids(engine.tokenizer, TRANSCRIPT))
    assert draft.parameters["decoding"] == "greedy" and draft.parameters["max_new_tokens"] == 20
    assert draft.parameters["dtype"] in ("float32", "bfloat16") and "peft" in draft.parameters["versions"]


def test_the_end_of_turn_ends_the_note(engine, base, monkeypatch):
    """A token that the model writes in the middle of a note is declared an end of turn."""
    _, drafts = run(engine, [Request(base, TRANSCRIPT, 10)])
    ids = drafts[0].token_ids
    end = next(token for at, token in enumerate(ids) if at and token not in ids[:at])
    monkeypatch.setattr(engine, "stops", frozenset([end]))
    _, drafts = run(engine, [Request(base, TRANSCRIPT, 10)])
    assert drafts[0].finish_reason == "stop" and drafts[0].token_ids == ids[: ids.index(end)]


def test_closing_or_cancelling_stops_at_once(engine, base):
    requests = [Request(base, TRANSCRIPT, 2000)] * 2
    stream = engine.stream(requests)
    for _ in range(5):
        next(stream)
    started = time.monotonic()
    stream.close()
    assert time.monotonic() - started < 0.5
    asked = []
    pieces, drafts = run(engine, requests, cancelled=lambda: asked.append(1) or len(asked) > 8)
    assert {draft.finish_reason for draft in drafts.values()} == {"cancelled"} and len(drafts) == 2
    for index, draft in drafts.items():
        assert 0 < len(draft.token_ids) < 10
        assert "".join(piece.text for piece in pieces if piece.index == index) == draft.text


def test_an_adapter_of_another_base_and_another_base_are_refused(engine, home, tmp_path):
    other = resolve_base(home, str(make_tiny_llama(tmp_path / "other", seed=9)), print)
    adapter = register_adapter(home, make_adapter(Path(other.path), tmp_path / "adapter", 5), other, "of-another")
    with pytest.raises(Refused, match=f"{other.weights_sha256[:12]}.*{engine.base.weights_sha256[:12]}"):
        next(engine.stream([Request(adapter, TRANSCRIPT)]))
    with pytest.raises(Refused, match="open an engine for that model"):
        next(engine.stream([Request(other, TRANSCRIPT)]))
    with pytest.raises(BadInput, match="is an adapter of"):
        open_engine(adapter)


def test_an_adapter_that_does_not_fit_leaves_the_engine_as_it_was(engine, base, home, tmp_path):
    """Its folder says nothing of a base, so only the shapes can tell; the base's notes are the same afterwards."""
    import torch
    from safetensors.torch import load_file, save_file

    folder = make_adapter(Path(base.path), tmp_path / "adapter", 6)
    tensors = load_file(folder / "adapter_model.safetensors")
    name = next(name for name in tensors if "q_proj.lora_A" in name)
    tensors[name] = torch.zeros(4, 48)
    save_file(tensors, folder / "adapter_model.safetensors")
    misfit = register_adapter(home, folder, base, "misfit")
    before = run(engine, [Request(base, TRANSCRIPT, 12)])[1][0].token_ids
    with pytest.raises(BadInput, match=r"'misfit' does not fit its base: .*q_proj.lora_A.weight of shape \[4, 48\]"):
        list(engine.stream([Request(misfit, TRANSCRIPT)]))
    assert run(engine, [Request(base, TRANSCRIPT, 12)])[1][0].token_ids == before


# A transcript that does not fit


def test_a_very_long_transcript_gets_its_sentence_quickly(engine, base):
    long = ("Patient: My knee hurts when I climb the stairs.\n" * 5000)[:200_000]
    started = time.monotonic()
    with pytest.raises(BadInput, match=r"the prompt has [\d,]{6,} tokens, and 3,584 fit beside a note of up to 512"):
        next(engine.stream([Request(base, long, 512)]))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("breaks", ["\n", " ", ""])
def test_shortening_leaves_out_the_middle_behind_a_mark(engine, breaks):
    """Whether the transcript has lines, only sentences, or not even spaces between its words."""
    turns = [f"Patient: Item {n} hurts." if breaks else f"item{n}" + " " * (n % 50 == 0) for n in range(3000)]
    transcript = breaks.join(turns).strip()
    ids, words = fit(engine.tokenizer, transcript, engine.context, 512, "shorten")
    text = engine.tokenizer.decode(ids)
    assert 0.9 * (engine.context - 512) < len(ids) <= engine.context - 512
    before, after = USER.split("{transcript}")
    read = text.split(before)[1].split(after)[0]
    head, tail = read.split(f"\n[... {words:,} words left out here ...]\n")
    assert transcript.startswith(head) and transcript.endswith(tail) and head and tail
    # Where words are longer than a line two of them are cut, and each half counts.
    cut = 0 if breaks else 2
    assert 0 <= len(head.split()) + words + len(tail.split()) - len(transcript.split()) <= cut


def test_a_transcript_that_fits_is_never_touched(engine):
    assert fit(engine.tokenizer, TRANSCRIPT, engine.context, 512, "shorten") == (prompt_ids(engine.tokenizer, TRANSCRIPT), 0)
    exact = len(prompt_ids(engine.tokenizer, TRANSCRIPT)) + 512
    assert fit(engine.tokenizer, TRANSCRIPT, exact, 512, "refuse")[1] == 0
    with pytest.raises(BadInput):
        fit(engine.tokenizer, TRANSCRIPT, exact - 1, 512, "refuse")
    with pytest.raises(BadInput, match="no room for a transcript"):
        fit(engine.tokenizer, TRANSCRIPT, 600, 590, "shorten")


def test_a_shortened_note_says_how_much_was_left_out(engine, base):
    transcript = "Patient: It hurts.\n" * 2000
    _, drafts = run(engine, [Request(base, transcript, 3, "shorten")])
    assert drafts[0].shortened_words == fit(engine.tokenizer, transcript, engine.context, 3, "shorten")[1] > 0


# Text from tokens


@pytest.mark.parametrize("text", ["fever 😀😀 38.5 °C — naïve 👩‍⚕️ end", "", "plain", "\ufffd kept \ufffd"])
def test_half_a_character_is_never_given_out(engine, text):
    """With a vocabulary of single bytes every emoji comes in four tokens."""
    out = Detokenizer(engine.tokenizer)
    ids = engine.tokenizer(text, add_special_tokens=False)["input_ids"]
    pieces = [out.add(token) for token in ids] + [out.finish()]
    assert "".join(pieces) == out.text == text
    if "\ufffd" not in text:
        assert all("\ufffd" not in piece for piece in pieces)


def test_half_a_character_at_the_end_is_shown_as_such_and_counted_once(engine):
    ids = engine.tokenizer("ok 😀", add_special_tokens=False)["input_ids"][:-1]
    out = Detokenizer(engine.tokenizer)
    pieces = [out.add(token) for token in ids]
    assert "".join(pieces) == "ok "
    assert "".join([*pieces, out.finish()]) == out.text == engine.tokenizer.decode(ids) != "ok "


def test_a_model_without_weights_cannot_be_opened(home, base, tmp_path):
    shutil.copytree(base.path, tmp_path / "copy")
    (tmp_path / "copy" / "model.safetensors").unlink()
    with pytest.raises(BadInput, match="has no model.safetensors"):
        resolve_base(home, str(tmp_path / "copy"), print)


# Many notes at once


def test_a_batch_writes_what_is_written_one_by_one(engine, base, tuned):
    """Base and adapters, prompts and limits of many lengths, one that ends by itself, and one too long for the model."""
    asked = [(base, 1, 40), (tuned[0], 9, 80), (base, 9, 80), (tuned[0], 2, 17), (base, 3, 60), (tuned[1], 1, 25)]
    requests = [Request(model, TRANSCRIPT * times, most) for model, times, most in asked]
    alone = [run(engine, [request])[1][0] for request in requests]
    # Where the longest note would hold again what it holds already, the rule speaks: 80 tokens of a small vocabulary.
    end = alone[2].token_ids[30]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "stops", frozenset([end]))
        alone = [run(engine, [request])[1][0] for request in requests]
        found = list(engine.write([*requests, Request(base, TRANSCRIPT * 300, 20)]))
    drafts = {each.index: each for each in found if isinstance(each, Draft)}
    for index, expected in enumerate(alone):
        draft = drafts[index]
        same = ("token_ids", "text", "finish_reason", "prompt_tokens", "parameters")
        assert [getattr(draft, name) for name in same] == [getattr(expected, name) for name in same]
        assert 0 < draft.first_token_seconds <= draft.seconds
    assert {draft.finish_reason for draft in alone} == {"stop", "length"}
    (unfit,) = [each for each in found if isinstance(each, Unfit)]
    assert unfit.index == len(requests) and "too long for this model" in unfit.why
    # A note that ends early is given out while others are still written.
    kinds = [type(each).__name__ for each in found]
    assert "Piece" in kinds[kinds.index("Draft") :]


def test_a_batch_keeps_the_rule_against_repeated_runs(engine, home, tmp_path):
    """The plain tiny model repeats one token for ever; in a batch it is stopped from it like alone."""
    monotonous = resolve_base(home, str(make_tiny_llama(tmp_path / "monotonous")), print)
    with closing(open_engine(monotonous)) as plain:
        plain.model.float()
        requests = [Request(monotonous, TRANSCRIPT * times, 60) for times in (1, 2, 5)]
        alone = [run(plain, [request])[1][0].token_ids for request in requests]
        drafts = {each.index: each.token_ids for each in plain.write(requests) if isinstance(each, Draft)}
    assert [drafts[index] for index in range(3)] == alone
    runs = [tuple(alone[0][at : at + NO_REPEAT_NGRAM]) for at in range(len(alone[0]) - NO_REPEAT_NGRAM + 1)]
    assert len(set(runs)) == len(runs) and len(alone[0]) > 2 * NO_REPEAT_NGRAM
