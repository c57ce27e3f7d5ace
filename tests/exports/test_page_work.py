"""A clinician's work on the browser page, from a dropped transcript to a file of corrections, and what a studio makes of it."""

import base64
import hashlib
import json
import re

import pytest
from click.testing import CliRunner

from annotations import Encounter, Reviews
from pipeline.workspace import Workspace
from studio.cli import main
from tests.chromium import chromium_page
from tests.exports.review_files import lines, rows
from tests.exports.tuned import CORRECTED, TRANSCRIPT
from tests.invented import NOTE
from tests.studio.axe import unfit

DROPPED = (
    "Doctor: Good morning 👩🏽‍⚕️ how is the thyroid?\r\nPatient: Cafe\u0301 <script>window.ran = 1</script> made me shaky.\r\n"
    "Patient: שלום, no chest pain ${7*7}.\r\n"
)
HELD = DROPPED.replace("\r\n", "\n")
DROP = """([files]) => {
  const transfer = new DataTransfer();
  for (const [name, bytes] of files) transfer.items.add(new File([new Uint8Array(bytes)], name));
  document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""
# As if the model had written it: no tiny model writes what breaks careless pages.
REWRITE = """text => new Promise(done => {
  const asked = indexedDB.open('scribeloop-drafts');
  asked.onsuccess = () => {
    const visits = asked.result.transaction('visits', 'readwrite').objectStore('visits');
    visits.getAll().onsuccess = ({ target }) => {
      const [visit] = target.result;
      visit.notes.at(-1).text = text;
      visits.put(visit).onsuccess = done;
    };
  };
})"""


@pytest.fixture(scope="module")
def site(tuned_home):
    """A site of the tiny model with its base beside it, under a name of its own; its graphs are built already."""
    from exports.browser import build_site
    from pipeline.models import register_adapter, resolve_model
    from tests.exports.conftest import EXAMPLES

    workspace = Workspace(tuned_home)
    adapter, base = resolve_model(workspace, "tuned", print)
    register_adapter(workspace, adapter.path, base, "paired")
    build_site(workspace, "paired", print, variants=("wasm",), examples=EXAMPLES, with_base=True)
    return workspace


@pytest.fixture(scope="module")
def served(site):
    from exports.serving import serving

    with serving(site, "paired") as address:
        yield f"{address}?device=wasm&start&tokens="


@pytest.fixture
def page(served):
    """A page of a browser that was never here; it asks no other host and complains of nothing."""
    address = served.split("?")[0]
    with chromium_page(address, viewport={"width": 1280, "height": 800}, accept_downloads=True) as page:
        page.set_default_timeout(60_000)
        yield page
        assert page.foreign == [] and page.complaints == []


def ready(page, address):
    page.goto(address)
    settled(page)


def settled(page):
    page.wait_for_selector("body[data-state=ready], body[data-state=failed]")
    assert page.evaluate("scribeloop.error") is None


def drop(page, *files):
    page.evaluate(DROP, [[[name, list(data if isinstance(data, bytes) else data.encode())] for name, data in files]])


def saved(page, press, tmp_path):
    with page.expect_download() as download:
        page.click(press)
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path


def box_of(page, pane, start, end):
    """Where these code points stand on the screen, as [left, right, middle]."""
    return page.evaluate(
        """async ([pane, start, end]) => {
          const { rangeOf } = await import('./panes.js');
          const { left, right, top, bottom } = rangeOf(pane, { start, end }).getBoundingClientRect();
          return [left, right, (top + bottom) / 2];
        }""",
        [pane, start, end],
    )


def sweep(page, pane, start, end):
    """Select with the mouse from the middle of one code point to the middle of another."""
    first, last = box_of(page, pane, start, start + 1), box_of(page, pane, end - 1, end)
    page.mouse.move((first[0] + first[1]) / 2, first[2])
    page.mouse.down()
    page.mouse.move((last[0] + last[1]) / 2 + 1, last[2], steps=3)
    page.mouse.up()
    page.wait_for_selector("#form:not([hidden])")


def scribeloop(*words, home):
    done = CliRunner().invoke(main, [*words, "--home", str(home), "--json"], catch_exceptions=False)
    return done, json.loads(done.stdout) if done.exit_code == 0 else done.stderr


def test_a_visit_from_the_dropped_file_to_a_dataset(page, served, axe, tmp_path):
    ready(page, served + "120")
    assert unfit(page, axe) == []
    take_files_in(page)
    write_stop_and_write_again(page)
    page.evaluate(REWRITE, NOTE)
    page.reload()
    settled(page)
    # The draft came back, and what looks like a script is text.
    assert page.text_content("#note") == NOTE and page.text_content("#transcript-text") == HELD
    assert page.evaluate("[window.ran, document.querySelectorAll('main script').length]") == [None, 0]

    mark_by_mouse_and_keys(page, axe)
    correct(page, axe)
    downloads(page, tmp_path)
    first = save(page, tmp_path, "imports it as real patient data", axe)
    page.keyboard.press(",")
    page.keyboard.press("Delete")
    second = save(page, tmp_path, "3 marks, and a corrected note")
    taken_in(first, second, tmp_path)
    wipe(page, axe, served)


def take_files_in(page):
    for files, said in [
        ([("scan.pdf", b"%PDF")], "scan.pdf is no transcript; expected one visit as .txt"),
        ([("a.txt", "a"), ("b.txt", "b")], "2 files were dropped; drop one visit at a time."),
        ([("two.jsonl", '{"transcript": "a"}\n{"transcript": "b"}\n')], "holds 2 visits; expected one"),
        ([("cut.json", '{"transcript": "a')], "is not whole JSON"),
        ([("none.json", '{"text": "a"}')], 'has no text under "transcript"'),
        ([("latin.txt", b"caf\xe9")], "is not UTF-8"),
        ([("empty.txt", " \n")], "is empty"),
    ]:
        drop(page, *files)
        page.wait_for_selector(f"#error:has-text('{said}')")
    drop(page, ("one.jsonl", json.dumps({"transcript": DROPPED, "title": "Tired <b>again</b>"}) + "\n"))
    page.wait_for_selector("#kept:has-text('Saved on this device')")
    assert page.input_value("#transcript") == HELD and page.is_hidden("#error")
    assert page.inner_text("#visits").endswith("Tired <b>again</b>")
    # The next file is another visit; the first one waits in the list.
    drop(page, ("other.txt", "Doctor: Another visit."))
    page.wait_for_selector("#visits option:nth-child(2)", state="attached")
    assert page.input_value("#transcript") == "Doctor: Another visit."
    page.click("#forget")
    page.click("dialog .danger")
    page.wait_for_selector("#visits option:nth-child(2)", state="detached")
    assert page.input_value("#transcript") == HELD


def write_stop_and_write_again(page):
    page.evaluate("""() => {
      const press = (_, observer) => { observer.disconnect(); document.querySelector('#stop').click() };
      new MutationObserver(press).observe(document.querySelector('#note'), { childList: true });
    }""")
    page.click("#generate")
    page.wait_for_selector("#transcript-text:not([hidden])")
    settled(page)
    stopped = page.evaluate("scribeloop.result")
    assert stopped["finishReason"] == "cancelled" and page.text_content("#note") == stopped["text"]
    page.click("#generate:has-text('Write again')")
    page.wait_for_selector("#notes-label:not([hidden])")
    settled(page)
    whole = page.evaluate("scribeloop.result.text")
    assert whole.startswith(stopped["text"]) and page.text_content("#note") == whole
    page.select_option("#notes", index=0)
    assert page.text_content("#note") == stopped["text"]
    page.select_option("#notes", index=1)
    assert page.text_content("#note") == whole


def mark_by_mouse_and_keys(page, axe):
    # From inside one word to inside another, around an emoji of five code points: the ends grow to whole words.
    at, end = NOTE.index("tigue"), NOTE.index("since") + 3
    sweep(page, "span", at, end)
    page.click("#form [data-field=label-negation]")
    page.click("#form [data-field=severity-major]")
    page.fill("#form [data-field=comment]", "u2 <b>said</b>")
    assert unfit(page, axe) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    # By keys alone: the second sentence of the note, stretched, as a style error; then a word inside the first mark.
    page.keyboard.press("a")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "7"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    for key in ("ArrowUp", "ArrowUp", "ArrowRight", "ArrowRight", "Enter", "9", "Escape"):
        page.keyboard.press(key)
    # What the note leaves out, on the transcript.
    page.keyboard.press("t")
    for key in ("ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight", "1", "m"):
        page.keyboard.press(key)
    page.select_option("#form [data-field=section]", "subjective")
    page.check("#form [data-field=negative]")
    page.keyboard.press("Escape")
    assert page.inner_text("#marks-count") == "4"
    page.keyboard.press("u")
    page.keyboard.press("u")
    page.keyboard.press("U")
    page.keyboard.press("U")
    page.click("#marks-list li:last-child .btn.quiet")
    assert page.inner_text("#marks-count") == "3"
    page.keyboard.press("Control+z")
    assert page.inner_text("#marks-count") == "4" and unfit(page, axe) == []


def correct(page, axe):
    page.keyboard.press("w")
    assert page.input_value("#correction") == NOTE.replace("\r\n", "\n") and "unchanged" in page.inner_text("#standing")
    page.fill("#correction", "Typing u, w and ? does nothing else.")
    page.focus("#correction")
    page.keyboard.type("?uw")
    assert page.input_value("#correction").endswith("?uw") and page.locator("dialog").count() == 0
    page.click("#go-back")
    assert page.input_value("#correction") == NOTE.replace("\r\n", "\n")
    page.fill("#correction", NOTE.replace("\r\n", "\n").replace("Denies chest pain", "No chest pain 🙂"))
    page.click("#mode-changes")
    assert page.locator("#changes del").all_text_contents() == [" Denies"]
    assert page.locator("#changes ins").all_text_contents() == [" No", " 🙂"] and unfit(page, axe) == []
    page.click("#mode-marks")


def downloads(page, tmp_path):
    corrected = NOTE.replace("\r\n", "\n").replace("Denies chest pain", "No chest pain 🙂")
    page.click("#downloads summary")
    text = saved(page, "#download-text", tmp_path)
    assert re.fullmatch(r"note-\d{4}-\d\d-\d\d-\d{4}\.txt", text.name) and text.read_bytes().decode() == corrected
    page.click("#downloads summary")
    whole = json.loads(saved(page, "#download-json", tmp_path).read_text())
    assert (whole["note"], whole["corrected"], whole["transcript"]) == (corrected, True, HELD)
    page.click("#downloads summary")
    check_document_reference(json.loads(saved(page, "#download-fhir", tmp_path).read_text()), corrected)


def check_document_reference(found, text):
    """By https://hl7.org/fhir/R4/documentreference.html: which elements, how many, from which codes, in which formats."""
    assert set(found) == {"resourceType", "status", "docStatus", "type", "date", "description", "content"}
    assert found["resourceType"] == "DocumentReference" and found["status"] in ("current", "superseded", "entered-in-error")
    assert found["docStatus"] in ("preliminary", "final", "amended", "entered-in-error")
    assert found["type"]["coding"] == [{"system": "http://loinc.org", "code": "11488-4", "display": "Consult note"}]
    instant = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
    assert re.fullmatch(instant, found["date"]) and found["description"].strip()
    [content] = found["content"]
    attachment = content["attachment"]
    assert attachment["contentType"] == "text/plain; charset=utf-8" and attachment["title"]
    raw = base64.b64decode(attachment["data"], validate=True)
    assert raw.decode() == text and attachment["size"] == len(raw)
    # Hash: "The calculated hash of the data using SHA-1. Represented using base64."
    assert base64.b64decode(attachment["hash"]) == hashlib.sha1(raw).digest()
    assert re.fullmatch(instant, attachment["creation"])


def save(page, tmp_path, said, axe=None):
    page.keyboard.press("Control+Enter")
    told = page.inner_text("dialog")
    assert said in told and "transcript" in told and "name of the model" in told
    assert axe is None or unfit(page, axe) == []
    path = saved(page, "dialog .primary", tmp_path)
    return path.rename(tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl")


def taken_in(first, second, tmp_path):
    home = tmp_path / "studio"
    done, said = scribeloop("reviews", "import", str(first), home=home)
    assert done.exit_code == 1
    assert re.search(r"Line \d+: Its encounter says no split; add --split train .* Nothing was imported", said)
    done, taken = scribeloop("reviews", "import", str(first), "--split", "train", home=home)
    assert taken["added"] == {"label_set": 1, "model": 1, "encounter": 1, "output": 1, "review": 1}
    workspace = Workspace(home)
    stored = rows(workspace)
    [review], [output], [visit] = stored["reviews"], stored["outputs"], stored["encounters"]
    assert (visit["transcript"], visit["synthetic"], visit["split"], visit["source"]) == (HELD, 0, "train", "browser")
    assert output["text"] == NOTE and output["model_id"] == "paired" and output["engine"] == "browser wasm q4"
    assert (review["status"], review["version"], review["right"]) == ("submitted", 1, None) and review["active_seconds"] > 0
    quotes = {row["label"]: row["quote"] for row in stored["spans"]}
    whole, inside = quotes["negation"], quotes["inference"]
    assert whole == "Fatigue 👩🏽‍⚕️\nsince" and inside == "👩🏽‍⚕️"
    assert quotes["misplaced"] == "since May."
    [negation] = [row for row in stored["spans"] if row["label"] == "negation"]
    assert (negation["severity"], negation["comment"]) == ("major", "u2 <b>said</b>")
    [omission] = stored["omissions"]
    assert omission["quote"] == "Good morning 👩🏽‍⚕️ how is the thyroid?\nPatient: Cafe\u0301"
    assert (omission["section"], omission["important_negative"], omission["severity"]) == ("subjective", 1, "major")
    with workspace.store() as store:
        assert store.verify() == []

    assert scribeloop("reviews", "import", str(first), home=home)[1]["added"] == {}
    assert rows(workspace) == stored
    done, built = scribeloop("dataset", "build", "round1", home=home)
    assert built["counts"]["rows"] == built["counts"]["real"] == 1
    [row] = lines(workspace.datasets / "round1" / "train.jsonl")
    assert row["note"] == NOTE.replace("\r\n", "\n").replace("Denies chest pain", "No chest pain 🙂") and row["rejected"] == NOTE
    # Saved again after more work: the first review stays, and there is a version more.
    assert scribeloop("reviews", "import", str(second), home=home)[1]["added"] == {"review": 1}
    with workspace.store() as store:
        assert [one.version for one in Reviews(store).list_reviews()] == [1, 2] and store.verify() == []


def wipe(page, axe, served):
    page.click("#wipe")
    assert "1 visit with transcripts, notes, marks and corrections, and the model" in page.inner_text("dialog")
    page.click("dialog .danger")
    page.wait_for_selector("body[data-state=wiped]")
    left = "async () => [(await indexedDB.databases()).length, (await caches.keys()).length, localStorage.length]"
    assert page.evaluate(left) == [0, 0, 0] and "is deleted" in page.inner_text("#said") and unfit(page, axe) == []
    page.reload()
    page.wait_for_selector("#said:has-text('Nothing was deleted')")
    page.goto(served.split("?")[0])
    page.wait_for_selector("#transcript:not([hidden])")
    page.wait_for_selector("#visits option", state="attached")
    assert page.input_value("#transcript") == "" and page.locator("#visits option").count() == 1


def test_both_models_side_by_side_on_an_example_that_a_studio_knows(page, served, axe, site, tmp_path):
    ready(page, served + "48")
    page.select_option("#examples", "0")
    page.click("#write-both")
    page.wait_for_selector("#both:not([hidden])")
    settled(page)
    names = page.locator("#both h3").all_text_contents()
    notes = page.locator("#both .text").all_text_contents()
    # The tuned one was taught its note, the base another one, for the same transcript.
    assert len(names) == 2 and notes[0] == CORRECTED and notes[1].startswith("SUBJECTIVE\nChief complaint: fatigue")
    assert unfit(page, axe) == []
    page.set_viewport_size({"width": 390, "height": 844})
    # A list is as wide as its longest name, and models have long ones.
    page.evaluate("document.querySelector('#models option').textContent = 'SmolLM2-135M-Instruct, tuned on '.repeat(4)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    left, right = (page.locator("#both > section").nth(at).bounding_box() for at in (0, 1))
    assert right["y"] >= left["y"] + left["height"] and unfit(page, axe) == []
    page.click("#both > section:nth-child(2) .btn")
    assert page.text_content("#note") == notes[1]
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("?")
    assert unfit(page, axe) == []
    page.keyboard.press("Escape")
    file = save(page, tmp_path, "You marked nothing and changed nothing")
    found = {line["record"]: line for line in lines(file)}
    assert found["encounter"]["synthetic"] is True and found["encounter"]["external_id"] == "d1"
    with site.store() as store:
        base = store.get_model("paired").base_id
    assert found["model"]["id"] == found["output"]["model_id"] == base and found["output"]["text"] == notes[1]
    # A studio that has the example keeps it as it is, with the split that is its own: an example of dev is never trained on.
    workspace = Workspace(tmp_path / "studio")
    with workspace.store() as store:
        reference = {"synthetic": True, "title": "Thyroid <b>tablets</b>"}
        store.add_encounters([Encounter("scribeloop-demo", "d1", f"  {TRANSCRIPT}\n", "dev", **reference)])
    assert scribeloop("reviews", "import", str(file), home=workspace.home)[1]["known"]["encounter"] == 1
