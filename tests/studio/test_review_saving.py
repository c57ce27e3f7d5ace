"""No work is lost: a server that goes, an answer that goes astray, a second tab."""

import re
from datetime import UTC, datetime, time, timedelta

from tests.studio.review_page import mark, open_review, sides, stored, wait_saved, watch

LEAVE = """() => {
  const leaving = new Event('beforeunload', {cancelable: true});
  window.dispatchEvent(leaving);
  return leaving.defaultPrevented;
}"""


def test_work_is_kept_while_the_server_is_gone_and_saved_when_it_is_back(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    server.stop()
    mark(page, plain, "March", "1")
    page.wait_for_selector(".saving[data-tone=bad]:has-text('Not saved')")
    mark(page, plain, "levothyroxine", "1")
    assert page.evaluate(LEAVE) is True
    server.start()
    wait_saved(page)
    page.wait_for_function("document.querySelector('.saving').textContent.startsWith('Saved ')")
    assert page.evaluate(LEAVE) is False
    assert [span.quote for span in stored(server, visit).spans] == ["March", "levothyroxine"]


def test_the_time_of_saving_is_the_servers(page, server, visit):
    """The page's clock stands five hours and a quarter ahead; what is shown is the instant that the server named."""
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=5, minutes=15))
    open_review(page, server, visit)
    _, plain = sides(page)
    before = datetime.now().replace(microsecond=0)
    mark(page, plain, "March", "1")
    wait_saved(page)
    shown = re.fullmatch(r"Saved (\d\d:\d\d:\d\d)", page.text_content(".saving").strip())
    at = datetime.combine(before.date(), time.fromisoformat(shown[1]))
    # Across midnight the same time of day is a day on.
    assert timedelta(0) <= (at - before) % timedelta(days=1) <= timedelta(seconds=20)


def test_an_answer_that_is_lost_on_its_way_does_not_save_twice(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    lost = []

    def lose_one(route):
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    page.route("**/component_server/", lose_one)
    mark(page, plain, "March", "1")
    page.wait_for_selector(".saving[data-tone=bad]")
    wait_saved(page)
    assert lost == [200] and [span.quote for span in stored(server, visit).spans] == ["March"]


def test_two_tabs_do_not_overwrite_each_other_silently(page, server, visit):
    open_review(page, server, visit)
    _, plain = sides(page)
    other = page.context.new_page()
    watch(other)
    open_review(other, server, visit)
    mark(other, plain, "March", "1")
    wait_saved(other)
    mark(page, plain, "levothyroxine", "2")
    page.wait_for_selector(".saving:has-text('another tab')")
    assert len(stored(server, visit).spans) == 1
    page.click(".saving button:has-text('Reload and add my change')")
    wait_saved(page)
    assert [span.quote for span in stored(server, visit).spans] == ["March", "levothyroxine"]
    assert page.locator(".entry").count() == 2
