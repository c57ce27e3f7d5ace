"""The review page on a tablet, upright and across, under fingers."""

import pytest

from tests.studio.review_page import OTHER, open_review, sides, stored, wait_saved, watch

# What a finger is meant to hit and cannot well: smaller than 40 px, and not words of a text.
SMALL = """() => [...document.querySelectorAll('.desk button, .desk a, .desk .cell, .desk input, .desk summary')]
  .filter((node) => node.checkVisibility() && getComputedStyle(node).opacity !== '0' && !node.matches('[type=checkbox]'))
  .map((node) => [node.className + ' ' + node.textContent, node.getBoundingClientRect()])
  .filter(([, box]) => box.width < 39.5 || box.height < 39.5).map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
OUTSIDE = """() => [...document.querySelectorAll('.pane, .drawer, .finish, .bar, .form:not([hidden])')].filter((node) => {
  const box = node.getBoundingClientRect();
  return box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight || box.height < 40;
}).length"""
TAKE = """([pane, words]) => {
  const walker = document.createTreeWalker(document.querySelector('.text-' + pane), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.includes(words)) continue;
    getSelection().setBaseAndExtent(node, node.data.indexOf(words), node, node.data.indexOf(words) + words.length);
    return;
  }
}"""


@pytest.mark.parametrize("width, height", [(820, 1180), (1024, 768)])
def test_the_desk_fits_a_tablet(chromium, server, visit, width, height):
    context = chromium.new_context(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    page = context.new_page()
    watch(page)
    open_review(page, server, visit)
    _, plain = sides(page)
    assert page.evaluate(OUTSIDE) == 0 and page.evaluate(SMALL) == []
    # A selection by its handles is taken once they rest.
    page.evaluate(TAKE, [plain, "since"])
    page.wait_for_selector(".form:not([hidden])")
    page.tap(".form [data-field=label-fabrication]")
    assert page.evaluate(OUTSIDE) == 0 and page.evaluate(SMALL) == []
    page.tap(".form .nudge[data-field=end1]")
    page.tap(".form [aria-label=Close]")
    page.tap(".tab-ratings")
    assert page.evaluate(SMALL) == []
    page.tap(f".ratings label:has([name=rating-{plain}-clarity]) >> nth=3")
    page.tap("look-switch summary")
    assert page.evaluate(SMALL) == []
    wait_saved(page)
    state = stored(server, visit)
    assert [span.quote for span in state.spans] == ["since March"] and "since March" in OTHER
    assert [rating.value for rating in state.ratings] == [4]
    assert page.errors == [] and page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
