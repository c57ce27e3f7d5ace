"""Publishing: the dry run, the rules, and the real Hub client against a server on the loopback that speaks the Hub's API."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from click.testing import CliRunner

from annotations import Encounter, Model, Promotions
from exports.datasets import build_dataset
from exports.publishing import find_target, publications
from exports.publishing.standing import standing_of, taught_with_real_text
from pipeline.models import register_adapter
from pipeline.splits import dev_half
from pipeline.workspace import Workspace
from studio.cli import main
from studio.desks.models import ModelsDesk
from tests.chromium import chromium_page
from tests.exports.tuned import CORRECTED, TRANSCRIPT
from tests.hub import TOKEN, hub_server

LICENCE = ("--licence", "Apache-2.0")
SETTLED = "body[data-state=ready], body[data-state=failed]"
GATE = 'split = "dev-b"\nsafety = []\n[primary]\nmeasure = "rouge1"\nsource = "references"\n[general]\nmargin = 100.0\n'
VISIT = Encounter("scribeloop-demo", "d1", TRANSCRIPT, "dev", synthetic=True, title="Thyroid <b>tablets</b>")
TOKEN_SHAPED = "hf_" + "Q7" * 17


def visit(name: str, split: str = "train", synthetic: bool | None = True) -> Encounter:
    return Encounter("invented", name, f"Doctor: visit {name}. Patient: tired.", split, "SUBJECTIVE\nTired.", synthetic=synthetic)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """An empty Hub, and the client of this process let out to it, with its token in the environment alone."""
    from huggingface_hub import constants

    with pytest.MonkeyPatch.context() as patch, hub_server(tmp_path_factory.mktemp("hub") / "objects") as server:
        patch.delenv("HF_HUB_OFFLINE", raising=False)
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        patch.setenv("HF_TOKEN", TOKEN)
        patch.setenv("HF_ENDPOINT", server.address)
        yield server


@pytest.fixture(scope="module")
def workspace(tuned_home, tmp_path_factory):
    """A copy of the home with the tuned model's site, in which the model is champion and the site's example is known."""
    home = tmp_path_factory.mktemp("publish") / "home"
    shutil.copytree(tuned_home, home, ignore=shutil.ignore_patterns("npm"))
    shutil.rmtree(home / "browser")
    shutil.copytree(tuned_home.parent / "site", home / "browser" / "tuned")
    (home / "gate.toml").write_text(GATE)
    workspace = Workspace(home)
    judged = next(one for one in (visit(f"judged {n}", "dev") for n in range(20)) if dev_half(one.id) == "dev-b")
    with workspace.store() as store:
        store.add_encounters([VISIT, judged, visit("one"), visit("two"), visit("real", synthetic=None), visit("held", "test")])
        Promotions(store).promote("tuned", {"against": "tiny-base", "split": "dev-b", "rows": []}, "for this test")
    return workspace


def scribeloop(workspace: Workspace, *words: str):
    return CliRunner().invoke(main, [*words, "--home", str(workspace.home)])


def done(workspace: Workspace, *words: str) -> dict:
    """What the command said in JSON; its talk goes into the failure's message."""
    answer = scribeloop(workspace, *words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def refused(workspace: Workspace, *words: str) -> str:
    answer = scribeloop(workspace, *words)
    assert answer.exit_code == 1, answer.output
    return answer.stderr.splitlines()[-1]


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def download(hub, repo: str, folder: Path, repo_type: str = "space", revision: str | None = None) -> Path:
    from huggingface_hub import snapshot_download

    snapshot_download(repo, repo_type=repo_type, revision=revision, local_dir=folder, endpoint=hub.address)
    (folder / ".gitattributes").unlink()
    return folder


def card(folder: Path) -> tuple[dict, str]:
    """A README's front matter and its text."""
    _, head, text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(head), text


@contextmanager
def static_space(folder: Path):
    """What a static Space does: serve the files, with the headers that its README's front matter names, and no others."""
    sent = card(folder)[0]["custom_headers"]

    class Handler(SimpleHTTPRequestHandler):
        extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript", ".wasm": "application/wasm"}

        def end_headers(self):
            for name, value in sent.items():
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_a_dry_run_shows_every_file_and_asks_nobody(workspace, hub):
    answer = scribeloop(workspace, "publish", "browser", "champion", "--repo", "clinic/notes", *LICENCE)
    assert answer.exit_code == 0, answer.output
    site = workspace.browser / "tuned"
    for path in [path for path in site.rglob("*") if path.is_file()]:
        assert f"{path.relative_to(site).as_posix()} " in answer.stdout and f"{path.stat().st_size:,}" in answer.stdout
    assert f"to {hub.address}/spaces/clinic/notes, for private" in answer.stdout and "Nothing was sent." in answer.stdout
    assert hub.log == [] and publications(workspace, "browser") == []


def test_a_site_whose_upload_was_killed_is_whole_the_second_time_and_writes_its_note(workspace, hub, tmp_path):
    words = ["publish", "browser", "champion", "--repo", "clinic/notes", *LICENCE, "--upload", "--home", str(workspace.home)]
    environment = os.environ | {"HF_HUB_DISABLE_XET": "1"}
    process = subprocess.Popen([sys.executable, "-m", "studio.cli", *words], env=environment, stdout=subprocess.DEVNULL)
    hub.on_object = lambda number: process.kill()
    process.wait(timeout=300)
    hub.on_object = lambda number: None
    assert process.returncode < 0
    repository = hub.repositories["spaces/clinic/notes"]
    assert len(hub.sent) == 1 and len(repository.commits) == 1, "nothing of it is to be seen yet"
    assert (repository.private, repository.sdk) == (True, "static")

    answer = scribeloop(workspace, *words[:-2])
    assert answer.exit_code == 0, answer.output
    assert f"is published at {hub.address}/spaces/clinic/notes, for private; version {repository.head[:12]}" in answer.stdout
    assert " MB: vendor/" in answer.stderr, "it says how far it is"
    # (Two builds may have the same weights, which the client then sends side by side.)
    assert hub.sent[0] not in hub.sent[1:] and len(repository.commits) == 2, "what was there was not sent twice"

    folder = download(hub, "clinic/notes", tmp_path / "downloaded")
    site = hashes(workspace.browser / "tuned")
    assert {path: found for path, found in hashes(folder).items() if path in site} == site
    assert set(hashes(folder)) - set(site) == {"README.md"}
    head, text = card(folder)
    assert (head["sdk"], head["app_file"], head["license"]) == ("static", "index.html", "apache-2.0")
    assert "Not a medical device" in text and 'Reason given: "for this test"' in text and "| wasm | wasm | int4 |" in text
    with static_space(folder) as address, chromium_page(address) as page:
        page.goto(f"{address}?device=wasm&tokens=16&start")
        page.wait_for_selector(SETTLED, timeout=120_000)
        assert page.evaluate("crossOriginIsolated") is True
        page.select_option("#examples", "0")
        page.click("#generate")
        page.wait_for_selector(SETTLED, timeout=120_000)
        text = page.evaluate("scribeloop.result.text")
        assert len(text) > 30 and CORRECTED.startswith(text) and page.foreign == []
        # On such a host the policy stands in the page itself.
        assert page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'stopped')") == "stopped"


def test_a_commit_that_fails_leaves_the_old_version_whole(workspace, hub):
    repository = hub.repositories["spaces/clinic/notes"]
    before, sent = list(repository.commits), len(hub.sent)
    (workspace.browser / "tuned" / "thoughts.txt").write_text("no file of the site")
    words = ["publish", "browser", "tuned", "--repo", "clinic/notes", "--licence", "MIT", "--upload"]
    hub.fail_commits = 412
    assert "changed by someone else meanwhile (412); nothing was changed" in refused(workspace, *words)
    hub.fail_commits = None
    assert repository.commits == before and len(publications(workspace, "browser")) == 1
    done(workspace, *words)
    (workspace.browser / "tuned" / "thoughts.txt").unlink()
    assert len(repository.commits) == 3 and len(hub.sent) == sent
    assert set(repository.commits[-1][1]) == set(before[-1][1]) and b'license: "mit"' in repository.commits[-1][1]["README.md"]


def test_promotion_publishes_and_rollback_brings_the_old_site_back(workspace, hub, tmp_path):
    with workspace.store() as store:
        tuned = store.get_model("tuned")
        base = store.get_model(tuned.base_id)
    register_adapter(workspace, tuned.path, base, "second")
    repository, sent = hub.repositories["spaces/clinic/notes"], len(hub.sent)
    found = done(workspace, "model", "promote", "second", "--override", "it is the same model", "--publish")
    assert found["outcome"] == "overridden" and found["published"]["version"] == repository.head
    # The old site's files are gone with the same commit that brought the new one's.
    paths = set(repository.commits[-1][1])
    assert "models/second/onnx/model_wasm_q4.onnx" in paths and "models/tuned/config.json" not in paths
    assert json.loads(hub.read(repository.commits[-1][1]["manifest.json"]))["id"] == "second"

    answer = scribeloop(workspace, "model", "rollback")
    assert answer.exit_code == 0 and "tuned is champion again" in answer.stdout and "browser tuned is published" in answer.stdout
    assert json.loads(hub.read(repository.commits[-1][1]["manifest.json"]))["id"] == "tuned"
    assert len(hub.sent) - sent < 4, "of all these versions only what is new was sent"
    ledger = publications(workspace, "browser")
    assert [one["id"] for one in ledger] == ["tuned", "tuned", "second", "tuned"]
    assert [one["version"] for one in ledger] == [oid for oid, _ in repository.commits[1:]]
    assert ledger[-1]["before"]["version"] == ledger[-2]["version"]
    # An older version is there as it was.
    folder = download(hub, "clinic/notes", tmp_path / "older", revision=ledger[2]["version"])
    assert json.loads((folder / "manifest.json").read_text())["id"] == "second"
    # One that was rolled back is not published any more.
    assert "'second' was rolled back" in refused(workspace, "publish", "browser", "second", "--repo", "clinic/other", *LICENCE)


def test_a_public_dataset_comes_down_as_it_went_up_with_a_card(workspace, hub, tmp_path):
    build_dataset(workspace, "invented", "references", without=[visit("real", synthetic=None).id])
    found = done(
        workspace, "publish", "dataset", "invented", "--repo", "clinic/visits", "--licence", "cc-by-4.0", "--public", "--upload"
    )
    assert found["files"] == 3 and hub.repositories["datasets/clinic/visits"].private is False
    folder = download(hub, "clinic/visits", tmp_path / "visits", "dataset")
    local = hashes(workspace.datasets / "invented")
    assert {path: found for path, found in hashes(folder).items() if path in local} == local
    head, text = card(folder)
    assert head["license"] == "cc-by-4.0" and head["configs"][0]["data_files"][0]["path"] == "train.jsonl"
    assert "2 pairs of transcript and note from 2 encounters, all marked as invented" in text
    # The repository is open; what is meant to be private does not go there.
    words = ["publish", "dataset", "invented", "--repo", "clinic/visits", "--licence", "cc-by-4.0", "--upload"]
    assert "clinic/visits is public and this was to be private" in refused(workspace, *words)


def test_a_model_goes_up_with_its_adapter_and_a_card_of_recorded_facts(workspace, hub, tmp_path):
    done(workspace, "publish", "model", "champion", "--repo", "clinic/tuned", *LICENCE, "--upload")
    folder = download(hub, "clinic/tuned", tmp_path / "model", "model")
    merged = Workspace(workspace.home).models / "tuned-merged"
    assert hashes(folder)["model.safetensors"] == hashes(merged)["model.safetensors"]
    assert {"adapter/adapter_model.safetensors", "adapter/adapter_config.json"} <= set(hashes(folder))
    head, text = card(folder)
    assert head["license"] == "apache-2.0" and head["library_name"] == "transformers"
    facts = json.loads((merged / "model.json").read_text())
    for said in ("No evaluation is recorded", "## Intended use", "## Limits", facts["weights_sha256"], "overridden by local"):
        assert said in text


def test_the_token_is_written_nowhere(workspace, hub):
    assert not [path for path in workspace.home.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert TOKEN not in scribeloop(workspace, "publish", "list", "--json").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["browser", "tiny-base", "--repo", "clinic/base", *LICENCE], "which no gate here has judged"),
        (["browser", "champion", "--repo", "clinic/notes-2"], "licence of 'tuned' is not recorded"),
        (["browser", "champion", "--repo", "clinic/notes-2", "--licence", "mine"], "is not one whose conditions are known"),
        (["browser", "champion", "--repo", "clinic/notes-2", "--licence", "Llama 3.2"], "begins with Llama"),
        (["browser", "champion", "--repo", "clinic/Llama-notes", "--licence", "Llama 3.2"], "its text is not here"),
        (["browser", "champion", "--repo", "clinic/notes-2", *LICENCE, "--public"], "weights can recite what they learnt"),
        (["browser", "champion", "--repo", "notes", *LICENCE], "expected OWNER/NAME"),
        (["browser", "champion", "--repo", "a/b", "--to", "c", *LICENCE], "Name one target"),
        (["browser", "nobody", "--repo", "clinic/notes-2", *LICENCE], "no browser site for 'nobody'"),
        (["dataset", "mixed", "--repo", "clinic/mixed", "--licence", "mit"], "1 of 3 rows are real or not marked"),
        (["dataset", "invented", "--repo", "clinic/mixed"], "No licence was stated for the dataset 'invented'"),
        (["dataset", "leaked", "--repo", "clinic/mixed", "--licence", "mit"], "1 of 1 rows are of the test split"),
        (["dataset", "secret", "--repo", "clinic/mixed", "--licence", "mit"], "a Hugging Face token in train.jsonl, line 1"),
    ],
)
def test_what_must_not_leave_is_refused_in_a_sentence(workspace, hub, words, said):
    _make_datasets(workspace)
    if "tiny-base" in words:
        with workspace.store() as store:
            base = store.get_model("tuned").base_id
        if not (workspace.browser / base).exists():
            _copy_site(workspace, "tuned", base)
        words = [base if word == "tiny-base" else word for word in words]
    log = len(hub.log)
    # With the word to send it, too: nothing gets as far as the Hub.
    for more in ([], ["--upload"]):
        assert said in refused(workspace, "publish", *words, *more)
    assert len(hub.log) == log


def _make_datasets(workspace: Workspace) -> None:
    if (workspace.datasets / "mixed").exists():
        return
    build_dataset(workspace, "mixed", "references")
    build_dataset(workspace, "invented", "references", without=[visit("real", synthetic=None).id])
    transcripts = {"leaked": visit("held").transcript.upper(), "secret": f"My key is {TOKEN_SHAPED}."}
    manifest = json.loads((workspace.datasets / "mixed" / "manifest.json").read_text())
    for name, transcript in transcripts.items():
        text = json.dumps({"encounter_id": "unknown", "transcript": transcript, "note": "Tired.", "synthetic": True}) + "\n"
        folder = workspace.datasets / name
        folder.mkdir()
        (folder / "train.jsonl").write_text(text)
        files = {"train.jsonl": {"sha256": hashlib.sha256(text.encode()).hexdigest(), "rows": 1, "bytes": len(text)}}
        (folder / "manifest.json").write_text(json.dumps(manifest | {"name": name, "files": files}))


def _copy_site(workspace: Workspace, id: str, other: str) -> None:
    shutil.copytree(workspace.browser / id, workspace.browser / other)


def test_a_changed_file_and_an_example_that_nobody_knows_are_refused(workspace, tmp_path):
    path = workspace.browser / "tuned" / "page.js"
    whole = path.read_bytes()
    path.write_bytes(whole + b"// changed")
    words = ["publish", "browser", "tuned", "--to", str(tmp_path / "www"), *LICENCE]
    assert "page.js of the site 'tuned' is missing or changed" in refused(workspace, *words)
    path.write_bytes(whole)
    with workspace.store() as store:
        store.table("encounters").update(VISIT.id, {"synthetic": None})
    try:
        assert "1 of 1 example visits are not known here as invented" in refused(workspace, *words)
    finally:
        with workspace.store() as store:
            store.table("encounters").update(VISIT.id, {"synthetic": 1})


def test_a_folder_for_any_web_server_keeps_the_version_before(workspace, tmp_path):
    folder, words = tmp_path / "www", ["publish", "browser", "champion", *LICENCE]
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "thesis.txt").write_text("years of work")
    said = refused(workspace, *words, "--to", str(tmp_path / "others"), "--upload")
    assert "holds files that were not published from here" in said
    before = len(publications(workspace, "browser"))
    first = done(workspace, *words, "--to", str(folder), "--upload")
    site = hashes(workspace.browser / "tuned")
    assert {path: found for path, found in hashes(folder).items() if path in site} == site
    assert set(hashes(folder)) - set(site) == {"README.md", "server/nginx.conf", "server/Caddyfile"}
    (folder / "mine.txt").write_text("put there by hand")
    # The place of the last time is taken when none is named, as the button of the Models page does in a process of its own.
    desk = ModelsDesk(workspace)
    assert desk.place() == ("tuned", f"{folder}, for whoever can read the folder")
    assert desk.publish().startswith("Publishing the site of tuned to")
    deadline = time.monotonic() + 500
    while len(publications(workspace, "browser")) == before + 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    again = publications(workspace, "browser")[-1]
    assert (first["kept"], again["kept"]) == (None, f"{folder}.previous"), desk.log("tuned")
    assert (tmp_path / "www.previous" / "mine.txt").exists() and not (folder / "mine.txt").exists()
    (workspace.home / "publish.toml").write_text('[browser]\nrepo = "clinic/configured"\npublic = true\n')
    target = find_target(workspace, "browser")
    assert (target.repo, target.public) == ("clinic/configured", True)
    (workspace.home / "publish.toml").write_text('[browser]\nrepo = "clinic/configured"\nto = "/srv"\n')
    assert "publish.toml is not understood at browser" in refused(workspace, "publish", "browser", "champion")
    (workspace.home / "publish.toml").unlink()


def test_a_model_from_real_visits_stays_private_and_the_notice_says_so(workspace):
    _make_datasets(workspace)
    with workspace.store() as store:
        base = store.get_model(store.get_model("tuned").base_id)
        store.ensure_model(Model("taught", "Taught", "adapter", "nowhere", "a" * 64, base.id, base.weights_sha256, "run-1"))
    facts = json.loads((workspace.datasets / "mixed" / "manifest.json").read_text())["files"]["train.jsonl"]
    (workspace.runs / "run-1").mkdir()
    run = {"id": "run-1", "dataset": {"name": "mixed", "sha256": facts["sha256"], "rows": 3}}
    (workspace.runs / "run-1" / "run.json").write_text(json.dumps(run))
    standing = standing_of(workspace, "taught")
    assert "mixed (1 rows not marked as invented)" in taught_with_real_text(standing, public=True)[0]
    assert "keep the place that you publish to private" in taught_with_real_text(standing, public=False)[1]
