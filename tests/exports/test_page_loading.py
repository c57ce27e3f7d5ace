"""How the page gets its model and keeps it: asked first, checked, resumed, offline, replaced; and each failure's way on."""

import json
import shutil
from contextlib import contextmanager

import pytest

from annotations import BadInput
from exports.listing import listed
from exports.policy import HEADERS, check_place, close_page, headers
from exports.scripts import PAGE
from tests.exports.faults import failing, witness
from tests.exports.test_serving import ask
from tests.exports.tuned import CORRECTED, TRANSCRIPT
from tests.studio.axe import unfit

# Small, so that the tiny model has several, as a large one has.
PIECE = 128 << 10
# Chromium itself asks there what kind of form it sees, whatever the page.
BROWSERS_OWN = "content-autofill.googleapis.com"
DATA = "model_wasm_q4.onnx_data"


@pytest.fixture(scope="module")
def site(tuned_home, tmp_path_factory):
    """A copy of the site, its files in small pieces."""
    folder = tmp_path_factory.mktemp("loading") / "site"
    shutil.copytree(tuned_home.parent / "site", folder)
    seal(folder)
    return folder


def seal(folder, **changed):
    """Write the manifest of what lies in the folder."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | listed(folder, PIECE) | changed))


@pytest.fixture(scope="module")
def served(site):
    with failing(site) as (address, faults):
        yield address, faults


@pytest.fixture(scope="module")
def outside():
    with witness() as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    from exports.checking import open_chromium

    with open_chromium() as browser:
        yield browser


@pytest.fixture
def reader(browser, served, outside):
    """A page of a browser that was never here before; whatever the test does with it, no other host may be asked."""
    served[1].__init__()
    with newcomer(browser, outside) as page:
        yield page


@contextmanager
def newcomer(browser, outside):
    proxy, heard = outside
    context = browser.new_context(proxy={"server": proxy, "bypass": "127.0.0.1"}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.complaints = []
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()
    assert [line for line in heard if BROWSERS_OWN not in line] == []


def arrive(page, *states):
    page.wait_for_selector(", ".join(f"body[data-state={state}]" for state in states))


def written(page):
    """The note's ids, once the page has written it."""
    page.select_option("#examples", "0")
    page.click("#generate")
    arrive(page, "ready", "failed")
    result = page.evaluate("scribeloop.result")
    assert CORRECTED.startswith(result["text"]) and result["tokens"] == 32
    return result["ids"]


def panel(page):
    return page.inner_text("#loading")


def test_it_asks_first_then_works_without_a_network_and_tells_of_the_device(reader, served, site, axe):
    address, faults = served
    manifest = json.loads((site / "manifest.json").read_text())
    reader.goto(f"{address}?tokens=32")
    arrive(reader, "asking")
    folder = "models/tuned"
    names = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]
    needed = [f"{folder}/{name}" for name in names] + [f"{folder}/onnx/{DATA}", f"{folder}/onnx/{DATA.removesuffix('_data')}"]
    needed += ["prompt.json", "vendor/ort-wasm-simd-threaded.wasm"]
    size = sum(file["bytes"] for file in manifest["files"] if file["path"] in needed)
    assert reader.inner_text("#load-start") == f"Download {size / 1e6:.0f} MB and start"
    assert "WebGPU runs in software here" in reader.inner_text("#why") and "kept in this browser" in panel(reader)
    assert faults.asked(DATA) == [] and unfit(reader, axe) == []
    reader.click("#load-start")
    arrive(reader, "ready")
    ids = written(reader)
    # A file comes once and whole, and the library asks for nothing by itself.
    assert sorted(path for path, wanted in faults.log if path in needed) == sorted(needed) and faults.asked(DATA) == [None]
    reader.wait_for_function("() => navigator.serviceWorker.controller")
    assert reader.complaints == [] and faults.log[-1][1] is None

    # No network, and for whom the browser still lets through (its look for a newer service worker) no server.
    reader.context.set_offline(True)
    faults.gone = True
    reader.reload()
    arrive(reader, "ready")
    assert written(reader) == ids and reader.evaluate("crossOriginIsolated")
    with reader.expect_download() as saved:
        reader.click("#load-report")
    report = json.loads(saved.value.path().read_text())
    assert report["variant"] == "wasm" and report["software_adapter"] and "in software" in report["why"]
    assert report["download_bytes"] == report["stored_bytes"] == size and report["isolated"] and report["threads"] >= 1
    assert report["prepare_seconds"] > report["fetch_seconds"] >= 0 and "Chrome" in report["user_agent"]
    note = report["notes"][0]
    assert note["tokens"] == 32 and note["seconds"] > note["first_token_seconds"] > 0 and note["tokens_per_second"] > 0
    assert TRANSCRIPT not in json.dumps(report) and "thyroid" not in json.dumps(report)
    reader.click("#new-visit")
    reader.fill("#transcript", "Doctor: How are you? " * 1000)
    reader.wait_for_selector("#error:has-text('too long')")
    assert reader.is_disabled("#generate") and "tokens with the instructions" in reader.inner_text("#size")
    reader.fill("#transcript", TRANSCRIPT)
    reader.wait_for_selector("#generate:enabled")
    assert reader.is_hidden("#error") and unfit(reader, axe) == []


def test_a_damaged_file_is_fetched_again_and_never_used(reader, served, axe):
    address, faults = served
    path = f"models/tuned/onnx/{DATA}"
    faults.damage = {path: 2}
    reader.goto(f"{address}?device=wasm&tokens=32&start")
    arrive(reader, "failed")
    assert panel(reader).count(f"{path} arrived damaged.") == 1 and reader.evaluate("scribeloop.error") in panel(reader)
    assert faults.asked(DATA) == [None, None] and unfit(reader, axe) == []
    reader.set_viewport_size({"width": 375, "height": 700})
    assert reader.evaluate("document.documentElement.scrollWidth") <= 375
    # Damaged once more, and then whole.
    faults.damage = {path: 1}
    reader.click("#load-again")
    reader.wait_for_selector("#notice:has-text('It is fetched again, once.')", state="attached")
    arrive(reader, "ready")
    ids = written(reader)

    # What the browser kept is checked each time too: one byte of the second piece of the weights.
    reader.evaluate("""async data => {
      const { files } = await (await fetch('manifest.json')).json();
      const hash = files.find(({ path }) => path.endsWith(data)).pieces[1];
      const name = (await caches.keys()).find(name => name.startsWith('scribeloop-pieces'));
      const cache = await caches.open(name), key = (await cache.keys()).find(({ url }) => url.endsWith(hash));
      const bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
      bytes[7] ^= 1;
      await cache.put(key, new Response(bytes));
    }""", DATA)
    faults.log.clear()
    reader.reload()
    arrive(reader, "ready")
    assert "damaged in the browser's store" in panel(reader) and written(reader) == ids
    assert faults.asked(DATA) == [f"bytes={PIECE}-{2 * PIECE - 1}"]


def test_a_broken_download_goes_on_where_it_was(reader, served, site):
    address, faults = served
    path, size = f"models/tuned/onnx/{DATA}", (site / f"models/tuned/onnx/{DATA}").stat().st_size
    # Five tries: the first brings a piece and a half, the others nothing.
    faults.cut, faults.after = {path: 1}, PIECE + PIECE // 2
    reader.goto(f"{address}?device=wasm&tokens=32&start")
    arrive(reader, "ready")
    assert faults.asked(DATA) == [None, f"bytes={PIECE}-{size - 1}"]

    reader.evaluate("caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))")
    faults.log.clear()
    faults.cut, faults.after = {path: 100}, 10
    reader.goto(f"{address}?device=wasm&tokens=32")
    arrive(reader, "asking")
    reader.click("#load-start")
    reader.wait_for_selector("#load-error:has-text('The connection broke')")
    arrive(reader, "asking")
    assert reader.inner_text("#load-start") == "Go on" and "what is here is kept" in panel(reader)
    # Another day, and a server that knows no ranges.
    wasm = len(faults.asked("threaded.wasm"))
    faults.cut, faults.after = {path: 1}, 2 * PIECE + 10
    reader.reload()
    arrive(reader, "asking")
    assert reader.inner_text("#load-start").startswith("Go on: download the other 0.3 MB")
    faults.ranges = False
    reader.click("#load-start")
    reader.wait_for_selector("#notice:has-text('cannot go on in the middle')", state="attached")
    arrive(reader, "ready")
    assert faults.asked(DATA)[-2:] == [None, f"bytes={2 * PIECE}-{size - 1}"] and len(faults.asked("threaded.wasm")) == wasm
    written(reader)


def test_a_pause_is_kept_and_a_missing_file_is_named(reader, served, site):
    address, faults = served
    graph = site / "models/tuned/onnx" / DATA.removesuffix("_data")
    aside = graph.rename(graph.with_suffix(".aside"))
    reader.goto(f"{address}?device=wasm&tokens=32&start")
    arrive(reader, "failed")
    assert f"The server has no models/tuned/onnx/{graph.name} (status 404)" in panel(reader)
    aside.rename(graph)
    # Pressed by the page itself: the rest of this model comes faster than a click from outside.
    reader.evaluate("""() => {
      const button = document.querySelector('#load-pause');
      const press = (_, observer) => { if (!button.hidden) { observer.disconnect(); button.click() } };
      new MutationObserver(press).observe(button, { attributes: true });
    }""")
    reader.click("#load-again")
    arrive(reader, "asking")
    assert "Paused at" in panel(reader)
    reader.click("#load-start")
    arrive(reader, "ready")
    assert len(faults.asked("threaded.wasm")) == 1


def test_without_webgpu_and_without_room_it_runs_from_memory(reader, served):
    address, faults = served
    # Chromium keeps to the smaller quota, and goes on telling of the old one.
    reader.add_init_script("""
      delete Navigator.prototype.gpu;
      StorageManager.prototype.estimate = async () => ({ quota: 4e6, usage: 1e6 });
    """)
    limit = {"origin": address.rstrip("/"), "quotaSize": 4_000_000}
    reader.context.new_cdp_session(reader).send("Storage.overrideQuotaForOrigin", limit)
    reader.goto(f"{address}?tokens=32")
    arrive(reader, "asking")
    assert "This browser offers no WebGPU, so the model runs on the processor" in panel(reader)
    assert "has room for 3.0 MB only" in panel(reader) and "fetched again next time" in panel(reader)
    reader.click("#load-start")
    arrive(reader, "ready")
    assert "no room to keep the model" in panel(reader)
    written(reader)


def test_a_lost_gpu_and_an_old_browser_get_a_sentence_and_a_way_on(reader, served):
    address, _ = served
    reader.add_init_script("""if (location.search.includes('old')) {
      const Real = Worker;
      self.Worker = function (url) { return new Real(url) };
    }""")
    reader.goto(f"{address}?old")
    arrive(reader, "failed")
    assert "too old for the page" in panel(reader)
    reader.goto(f"{address}?dtype=q4&device=webgpu&tokens=32")
    arrive(reader, "asking")
    # The device is the library's own; a hand on it is the only way to lose it at a given moment.
    worker = reader.workers[0]
    worker.evaluate("""() => {
      const { requestDevice } = GPUAdapter.prototype;
      GPUAdapter.prototype.requestDevice = async function (wish) { return (self.held = await requestDevice.call(this, wish)) };
    }""")
    reader.click("#load-start")
    arrive(reader, "ready")
    worker.evaluate("held.destroy()")
    arrive(reader, "failed")
    assert "took the GPU away" in panel(reader) and reader.is_visible("#load-again")
    reader.click("#load-wasm")
    arrive(reader, "asking")
    reader.click("#load-start")
    arrive(reader, "ready")
    assert "on the processor" in panel(reader)
    written(reader)


def test_a_new_build_waits_for_the_reader_and_fetches_only_what_changed(reader, served, site):
    address, faults = served
    reader.goto(f"{address}?device=wasm&tokens=32&start")
    arrive(reader, "ready")
    reader.wait_for_function("() => navigator.serviceWorker.controller")
    old = reader.evaluate("caches.keys()")
    style, manifest = site / "page.css", (site / "manifest.json").read_text()
    before = style.read_text()
    style.write_text(before + "\nh1 { letter-spacing: 7px; }\n")
    seal(site)
    faults.log.clear()
    reader.reload()
    reader.wait_for_selector("#load-update")
    spacing = "getComputedStyle(document.querySelector('h1')).letterSpacing"
    assert "A new version of this page is ready" in panel(reader) and reader.evaluate(spacing) != "7px"
    reader.click("#load-update")
    reader.wait_for_function(f"() => {spacing} === '7px'")
    arrive(reader, "ready")
    new = reader.evaluate("caches.keys()")
    # One shell and one store of pieces, as before; the shell is another one.
    assert len(new) == len(old) == 2 and len(set(old) & set(new)) == 1
    assert not [path for path, _ in faults.log if path.startswith("models/") or path.endswith(".wasm")]
    style.write_text(before)
    (site / "manifest.json").write_text(manifest)


def test_a_plain_web_server_gets_isolation_and_the_policy_from_the_site_itself(browser, site, outside):
    with failing(site, sent={}) as (address, _), newcomer(browser, outside) as page:
        page.goto(address)
        page.wait_for_function("() => crossOriginIsolated")
        arrive(page, "asking")
        assert page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'stopped')") == "stopped"
        assert any("Content Security Policy" in said for said in page.complaints)


def test_a_model_may_lie_on_another_host_and_a_llama_is_named(browser, site, outside, tmp_path):
    near, far = tmp_path / "page", tmp_path / "far"
    shutil.copytree(site, near)
    with failing(far, sent={"Access-Control-Allow-Origin": "*"}) as (host, asked):
        (near / "index.html").write_text(close_page((PAGE / "index.html").read_text(), host))
        seal(near, model_at=host, licence="Llama 3.2 Community License")
        shutil.move(near / "models", far / "models")
        with failing(near) as (address, _), newcomer(browser, outside) as page:
            page.goto(f"{address}?device=wasm&tokens=32&start")
            arrive(page, "ready")
            assert written(page) and asked.asked(DATA) and not page.complaints
            assert "Built with Llama" in panel(page)
    with failing(site) as (address, _), newcomer(browser, outside) as page:
        page.goto(address)
        arrive(page, "asking")
        assert "Built with Llama" not in panel(page)


def test_the_reasons_for_a_build(reader, served):
    reader.goto(served[0])
    arrive(reader, "asking")
    machine = {"webgpu": True, "f16": True, "software": False, "largest": 1000}
    variants = [
        {"name": "q4f16", "device": "webgpu", "dtype": "q4f16", "largest_tensor": 900},
        {"name": "q4", "device": "webgpu", "dtype": "q4", "largest_tensor": 990},
        {"name": "wasm", "device": "wasm", "dtype": "q4", "largest_tensor": 5000},
    ]
    cases = [
        (machine, variants, "q4f16", "computes with 16-bit floats"),
        (machine | {"f16": False}, variants, "q4", "has no 16-bit floats"),
        (machine, variants[1:], "q4", "no 16-bit build that fits"),
        (machine | {"largest": 800}, variants, "wasm", "too large for a buffer of this GPU"),
        (machine | {"software": True}, variants, "wasm", "in software"),
        (machine | {"software": True}, variants[:2], "q4f16", "very slow"),
        (machine | {"webgpu": False}, variants, "wasm", "offers no WebGPU"),
        (machine, variants[2:], "wasm", "no build for the GPU"),
    ]
    script = """async ([machine, variants]) => {
      const { choose } = await import('./choose.js');
      const { variant, why } = choose(machine, variants);
      return [variant.name, why];
    }"""
    for offers, built, name, words in cases:
        chosen, why = reader.evaluate(script, [offers, built])
        assert chosen == name and words in why


def test_the_server_gives_parts_and_names_the_host_of_the_model(site, served):
    address, _ = served
    path = f"models/tuned/onnx/{DATA}"
    whole = (site / path).read_bytes()
    for asked, part in (("bytes=5-9", whole[5:10]), ("bytes=100-", whole[100:]), ("bytes=0-99999999", whole)):
        answer, body = ask(address, f"/{path}", headers={"Range": asked})
        start = int(asked[6:].split("-")[0])
        assert (answer.status, body) == (206, part)
        assert answer.headers["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(whole)}"
    answer, body = ask(address, f"/{path}", headers={"Range": f"bytes={len(whole)}-"})
    assert (answer.status, body, answer.headers["Content-Range"]) == (416, b"", f"bytes */{len(whole)}")
    # What the page says itself is what the header says, but for the part that counts in a header only.
    html = ask(address, "/")[1].decode()
    policy, _, rest = HEADERS["Content-Security-Policy"].partition("; frame-ancestors")
    assert f'content="{policy}"' in html and rest == " 'none'"
    far = headers({"model_at": "https://models.example:8443/a/"})["Content-Security-Policy"]
    assert "connect-src 'self' https://models.example:8443;" in far
    assert "connect-src 'self' https://models.example:8443;" in close_page('content="POLICY"', "https://models.example:8443/a/")
    for wrong in ("http://models.example/", "https://models.example/a", "models.example/", "https:///a/", "https://m.example/?a/"):
        with pytest.raises(BadInput, match="expected https://HOST/FOLDER/"):
            check_place(wrong)
