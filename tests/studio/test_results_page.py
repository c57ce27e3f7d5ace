"""The results page in a real Chromium: its numbers are the desk's, each opens what it counts, and everything can be saved."""

import csv
import io
import xml.etree.ElementTree as ElementTree

import pytest

from pipeline.workspace import Workspace
from studio.desks.results import ResultsDesk
from tests.reviewed import BASE, TUNED, few_reviews, many_reviews
from tests.studio.desk_app import Server

LINES = "all => all.map((n) => [n.querySelector('.value').textContent, n.querySelector('.detail').textContent])"
CELLS = "all => all.map((n) => [...n.children].map((cell) => cell.textContent))"
HOSTILE = "<b onclick=window.ran=2>${7*7}</b>"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A studio with the few reviews that are counted by hand, and some more thrown at random."""
    server = Server(tmp_path_factory.mktemp("results") / "home", ("results", "review")).start()
    with Workspace(server.home).store() as store:
        few_reviews(store)
        many_reviews(store, 12, seed=2)
    yield server
    server.stop()


def open_results(page, server, query=""):
    page.goto(server.url(query, "results"))
    page.wait_for_selector(".figures .plots table")
    return ResultsDesk(Workspace(server.home)).figures({})["shown"]


def test_the_numbers_shown_are_the_desks(page, server):
    shown = open_results(page, server)
    assert page.text_content(".figures .summary b") == shown["summary"]
    cards = page.eval_on_selector_all(".cards .line", LINES)
    assert cards == [[line["value"], line["detail"]] for card in shown["headline"] for line in card["lines"]]
    rows = page.eval_on_selector_all(".plot-by_type tbody tr:not(.heading)", CELLS)
    expected = []
    for row in next(plot for plot in shown["plots"] if plot["id"] == "by_type")["rows"]:
        cells = [[f"{c['hits']} of {c['n']}", f"{c['per_100']} ({c['range']})", str(c["marks"])] for c in row["cells"]["*"]]
        expected.append([row["title"], *sum(cells, [])])
    assert rows == expected
    # Each bar says the same.
    fabrication = shown["plots"][0]["rows"][0]["cells"]["*"][0]
    assert page.get_attribute(".plot-by_type svg [data-tip]", "data-tip").startswith(
        f"Fabrication, Base: {fabrication['hits']} of"
    )


def test_a_severity_and_a_group_are_chosen_in_place(page, server):
    shown = open_results(page, server)
    card = page.locator(".plot-by_section")
    card.get_by_role("button", name="Omissions").click()
    card.get_by_role("button", name="Major").click()
    rows = [row for row in shown["plots"][1]["rows"] if row["slice"]["group"] == "omission"]
    counts = card.locator("tbody td.model").all_text_contents()
    assert counts == [f"{cell['hits']} of {cell['n']}" for row in rows for cell in row["cells"]["major"]]
    # The button that was pressed keeps the focus although the card was drawn anew.
    assert page.evaluate("document.activeElement.textContent") == "Major"


def test_a_number_opens_its_encounters_and_an_encounter_its_review(page, server):
    shown = open_results(page, server)
    slice = shown["headline"][0]["lines"][0]["slice"]
    desk = ResultsDesk(Workspace(server.home)).behind(slice)
    page.locator(".cards .number").first.click()
    page.wait_for_selector("dialog.behind li a")
    assert page.text_content("dialog.behind h2") == desk["title"]
    assert page.locator("dialog.behind .behind-list > li > a").all_text_contents() == [found["title"] for found in desk["found"]]
    address = page.url
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert "of-what" not in page.url
    # Back opens it again, and its address alone does too.
    page.go_back()
    page.wait_for_selector("dialog.behind li a")
    assert page.url == address
    page.goto(address)
    page.wait_for_selector("dialog.behind li a")
    page.locator("dialog.behind li a", has_text="Visit 1").first.click()
    page.wait_for_selector(".desk[data-state=closed]")
    assert page.get_by_text("Review by Dr Ann").is_visible()
    assert page.locator(".desk .reopen").count() == 0


def test_a_bar_opens_what_it_counts(page, server):
    open_results(page, server)
    bar = page.locator(".plot-by_type svg .opens").first
    bar.hover()
    assert page.text_content(".plot-tip") == bar.get_attribute("data-tip")
    bar.click()
    page.wait_for_selector("dialog.behind li a")
    assert page.text_content("dialog.behind h2").startswith("Fabrication, Base")


def test_choices_stand_in_the_address(page, server):
    open_results(page, server)
    page.get_by_label("Reviewer").select_option("ben")
    page.wait_for_function("document.querySelector('.figures .summary').textContent.startsWith('1 submitted review by')")
    assert "reviewer=ben" in page.url
    page.reload()
    page.wait_for_function("document.querySelector('.figures .summary')?.textContent.startsWith('1 submitted review by')")
    assert page.get_by_label("Reviewer").input_value() == "ben"
    page.go_back()
    page.wait_for_function("!document.querySelector('.figures .summary').textContent.startsWith('1 submitted')")
    assert page.get_by_label("Reviewer").input_value() == "*"


def saved(page, button) -> bytes:
    with page.expect_download() as waiting:
        button.click()
    with open(waiting.value.path(), "rb") as file:
        return file.read()


def test_a_plot_is_saved_as_a_picture_and_its_table_as_numbers(page, server):
    shown = open_results(page, server)
    card = page.locator(".plot-by_type")
    svg = saved(page, card.get_by_role("button", name="as SVG")).decode()
    drawn = ElementTree.fromstring(svg)
    words = [node.text for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    # It stands alone: title, legend, and colours instead of the page's tokens.
    assert {"Errors by type", "Base", "Tuned", "Fabrication"} <= set(words) and "var(" not in svg
    png = saved(page, card.get_by_role("button", name="as PNG"))
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and len(png) > 5000
    table = list(csv.DictReader(io.StringIO(saved(page, card.get_by_role("button", name="as CSV")).decode())))
    cell = shown["plots"][0]["rows"][0]["cells"]["major"][0]
    line = next(row for row in table if (row["by_type"], row["severity"], row["model"]) == ("Fabrication", "major", BASE))
    assert (int(line["notes_with_one"]), int(line["notes"]), int(line["marks"])) == (cell["hits"], cell["n"], cell["marks"])
    ratings = list(
        csv.DictReader(io.StringIO(saved(page, page.locator(".plot-ratings").get_by_role("button", name="as CSV")).decode()))
    )
    assert {row["model"] for row in ratings} == {BASE, TUNED}


def test_everything_is_saved_as_json_lines(page, server):
    open_results(page, server)
    lines = saved(page, page.get_by_role("button", name="JSON lines")).decode().splitlines()
    assert all(line.startswith('{"format": "scribeloop-reviews/1"') for line in lines)


def test_names_are_text_whatever_they_hold(page, server):
    home = server.home.parent / "hostile"
    hostile = Server(home, ("results",)).start()
    with Workspace(home).store() as store:
        few_reviews(store)
        store.add_user("eve", "<img src=x onerror=window.ran=1>")
        store.db.execute("UPDATE models SET name = ?", [HOSTILE])
        store.db.execute("UPDATE encounters SET title = ?", [HOSTILE])
        store.db.conn.commit()
    try:
        open_results(page, hostile)
        page.locator(".cards .number").first.click()
        page.wait_for_selector("dialog.behind li a")
        assert page.text_content("dialog.behind li a") == HOSTILE
        assert page.evaluate("window.ran") is None and page.locator(".figures b[onclick]").count() == 0
    finally:
        hostile.stop()


def test_an_empty_studio_says_what_to_do(page, server):
    home = server.home.parent / "empty"
    empty = Server(home, ("results",)).start()
    try:
        page.goto(empty.url("", "results"))
        page.get_by_text("There is nothing to review yet").wait_for()
        assert page.get_by_role("link", name="Go to the queue").get_attribute("href") == "/"
    finally:
        empty.stop()
