"""The studio's other pages in a real Chromium against the real app: queue, notes, retrain, models."""

import socket

import pytest

from annotations import Unavailable
from pipeline.demo import demo_encounters
from tests.chromium import chromium_page, growth, watch_growth
from tests.studio.desk_app import free_port
from tests.tiny import make_tiny_llama

WAIT = 120_000


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """The running studio over the demo encounters, a tiny base and an adapter of it with weights of its own."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from pipeline.models import register_adapter, resolve_base
    from pipeline.workspace import Workspace
    from studio.app import launch_app, make_app

    workspace = Workspace(tmp_path_factory.mktemp("studio") / "home")
    # Room for whole visits: a training row that does not fit would be refused.
    folder = make_tiny_llama(tmp_path_factory.mktemp("long") / "tiny-llama", positions=8192)
    base = resolve_base(workspace, str(folder), print)
    model = AutoModelForCausalLM.from_pretrained(folder)
    # Not PEFT's usual start, which changes nothing: the tuned note has to differ from the base's.
    model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM"))
    model.save_pretrained(workspace.models / "tuned")
    register_adapter(workspace, workspace.models / "tuned", base, "tuned")
    with workspace.store() as store:
        store.add_encounters([one for one in demo_encounters() if one.split != "test"][:6])
    app, port = make_app(workspace), free_port()
    launch_app(app, "127.0.0.1", port)
    yield workspace, f"http://127.0.0.1:{port}"
    app.close(verbose=False)


def test_the_queue_lists_filters_and_leads_on(studio):
    _, address = studio
    with chromium_page(address) as page:
        page.goto(address)
        page.wait_for_selector(".listing tbody tr", timeout=WAIT)
        assert page.locator(".listing tbody tr").count() == 6
        page.get_by_label("Search").fill("metformin")
        page.wait_for_function("document.querySelectorAll('.listing tbody tr').length === 1", timeout=WAIT)
        assert page.locator(".listing a").get_attribute("href").startswith("/notes?encounter=enc-")
        page.get_by_label("Search").fill("no such encounter")
        page.wait_for_selector(".empty-state", timeout=WAIT)
        assert page.foreign == []


def test_two_notes_appear_token_by_token_and_are_stored(studio):
    workspace, address = studio
    with workspace.store() as store:
        encounter = store.list_encounters()[0]
    with chromium_page(address) as page:
        page.goto(f"{address}/notes?encounter={encounter.id}")
        page.locator("h1", has_text="metformin").wait_for(timeout=WAIT)
        page.get_by_label("Tokens at most").fill("150")
        watch_growth(page, ".plain-text", 1)
        page.get_by_role("button", name="Write both notes").click()
        page.get_by_role("link", name="Review them blind").wait_for(timeout=WAIT)
        shown = {page.locator(".plain-text").nth(side).text_content() for side in (1, 2)}
        assert len(growth(page)) >= 3, "the note came all at once"
        # A reload finds the writing, or its end, again.
        page.reload()
        page.get_by_role("link", name="Review them blind").wait_for(timeout=WAIT)
    with workspace.store() as store:
        stored = store.list_outputs(encounter.id)
    assert {output.text for output in stored} == shown
    assert len(stored) == 2 and stored[0].text != stored[1].text


def test_an_unknown_encounter_is_a_sentence_not_markup(studio):
    _, address = studio
    with chromium_page(address) as page:
        page.goto(f"{address}/notes?encounter=%3Cimg%20src%3Dx%20onerror%3D%22window.ran%3D1%22%3E")
        page.get_by_text("There is no encounter").wait_for(timeout=WAIT)
        assert "<img" in page.locator(".said").first.text_content()
        assert page.evaluate("window.ran") is None


def test_a_run_is_started_watched_and_found_again_after_a_reload(studio):
    workspace, address = studio
    with chromium_page(address) as page:
        page.goto(f"{address}/retrain")
        page.get_by_text("No run yet").wait_for(timeout=WAIT)
        page.get_by_role("button", name="Build a dataset").click()
        page.get_by_label("From").click()
        page.get_by_role("option", name="Reference notes").click()
        page.get_by_label("Name", exact=True).fill("refs")
        page.get_by_role("button", name="Build", exact=True).click()
        page.get_by_text("Dataset refs:").wait_for(timeout=WAIT)
        page.get_by_label("Name of the new model").fill("from-the-page")
        page.get_by_label("Epochs").fill("1")
        page.locator(".command", has_text="--name from-the-page --epochs 1").wait_for(timeout=WAIT)
        page.get_by_label("Base model").click()
        page.get_by_role("option", name="tiny-llama").click()
        page.get_by_role("button", name="Start training").click()
        page.locator(".listing tbody tr", has_text="from-the-page").wait_for(timeout=WAIT)
        page.reload()
        page.locator("#run-status", has_text="from-the-page is done").wait_for(timeout=3 * WAIT)
        assert page.foreign == []
    with workspace.store() as store:
        assert store.get_model("from-the-page").kind == "adapter"


def test_a_model_is_built_for_the_browser_and_opened(studio):
    workspace, address = studio
    with chromium_page(address) as page:
        page.goto(f"{address}/models")
        page.locator(".listing tbody tr", has_text="tuned").first.wait_for(timeout=WAIT)
        page.get_by_label("Model").click()
        page.get_by_role("option", name="tuned", exact=True).click()
        page.get_by_role("button", name="Build the browser site").click()
        page.locator(".listing tbody tr", has_text="ready").wait_for(timeout=3 * WAIT)
        page.get_by_role("button", name="Open the site").click()
        link = page.get_by_role("link", name="Open it in a new tab")
        link.wait_for(timeout=WAIT)
        address = link.get_attribute("href")
    with chromium_page(address) as page:
        page.goto(address)
        page.locator("#transcript").wait_for(timeout=WAIT)
        assert page.foreign == []


def test_a_port_in_use_is_a_sentence(tmp_path):
    from studio.app import check_port

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Unavailable, match=r"cannot be opened.*--port"):
            check_port("127.0.0.1", taken.getsockname()[1])
