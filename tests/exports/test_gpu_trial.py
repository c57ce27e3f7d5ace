"""A GPU reads a known text before a visit, and one that computes wrongly is found out: SwiftShader and a tiny tuned Llama."""

import json
import re

import pytest

from pipeline.workspace import Workspace
from tests.chromium import chromium_page
from tests.exports.tuned import CORRECTED

SETTLED = "body[data-state=ready], body[data-state=failed]"
# SwiftShader gives itself away by its name, and would not be asked to compute.
CALLED_REAL = """Object.defineProperty(GPUAdapter.prototype, 'info', { get: () =>
  ({ vendor: 'acme', architecture: 'one', device: '', description: '', isFallbackAdapter: false }) })"""
# Without what this file does, onnxruntime-web reads prompts of 32 tokens and more wrongly here.
WRONG = "export function withoutSmallSubgroups() {}"


@pytest.fixture(scope="module")
def workspace(tuned_home):
    return Workspace(tuned_home)


@pytest.fixture(scope="module")
def known(workspace):
    manifest = json.loads((workspace.browser / "tuned" / "manifest.json").read_text())
    return manifest["known"]


@pytest.fixture
def page(workspace):
    from exports.serving import serving

    with serving(workspace, "tuned") as address, chromium_page(address) as page:
        page.address = address
        page.add_init_script(CALLED_REAL)
        yield page


def arrive(page, query="tokens=16&start"):
    page.goto(f"{page.address}?{query}")
    page.wait_for_selector(SETTLED, timeout=120_000)


def report(page):
    with page.expect_download() as saved:
        page.click("#load-report")
    return json.loads(saved.value.path().read_text())


def compute_wrongly(page):
    page.route("**/gpu.js", lambda route: route.fulfill(body=WRONG, content_type="text/javascript"))


def test_a_gpu_that_chooses_as_the_build_did_writes_and_is_tried_once(page, known):
    assert len(known["q4"]["logits"]) == 4 and len(known["q4"]["logits"][0]) == len(known["q4"]["sample"]) == 64
    arrive(page)
    found = report(page)
    assert found["device"] == "webgpu" and 0 < found["trial"]["apart"] < 0.05 < found["trial"]["most"]
    arrive(page)
    assert report(page)["device"] == "webgpu" and report(page)["trial"] is None
    # Another driver or browser may compute otherwise.
    page.evaluate("localStorage.setItem('scribeloop-gpu-was-right tuned', 'another')")
    arrive(page)
    assert report(page)["trial"]["apart"] == found["trial"]["apart"]
    assert page.complaints == [] and page.foreign == []


def test_a_gpu_that_computes_wrongly_gives_way_to_the_processor(page):
    compute_wrongly(page)
    arrive(page)
    found = report(page)
    assert found["device"] == "wasm" and found["trial"] is None
    said = page.inner_text("#notice")
    assert said.startswith("This GPU computes the model wrongly: on a known text it is ") and int(re.search(r"\d+", said)[0]) > 20
    page.select_option("#examples", "0")
    page.click("#generate")
    page.wait_for_selector(SETTLED)
    assert CORRECTED.startswith(page.text_content("#note")) and len(page.text_content("#note")) > 30


def test_where_the_gpu_was_asked_for_it_says_so_and_offers_the_processor(page):
    compute_wrongly(page)
    arrive(page, "device=webgpu&dtype=q4&tokens=16&start")
    assert page.evaluate("document.body.dataset.state") == "failed"
    said = page.inner_text("#load-error")
    assert "computes the model wrongly" in said and "would not be of your visit" in said
    page.click("#load-wasm")
    page.wait_for_selector("body[data-state=ready]", timeout=60_000)
    assert report(page)["device"] == "wasm"
