"""Links to other pages of the Web, from data: put in as text, and only where they lead to https or to this machine."""

from typing import Any

import gradio as gr

from ..space_words import LINKS

_SCRIPT = """
const SAFE = /^(https:\\/\\/|http:\\/\\/(127\\.0\\.0\\.1|localhost)[:/])/;
const draw = () => {
  const links = Object.entries(props.value.links || {}).filter(([, href]) => SAFE.test(href || '')).map(([part, href]) => {
    const link = document.createElement('a');
    link.className = 'link-button';
    link.textContent = props.value.words[part];
    Object.assign(link, { href, target: '_blank', rel: 'noreferrer' });
    return link;
  });
  element.firstElementChild.replaceChildren(...links);
  element.firstElementChild.hidden = !links.length;
};
watch('value', draw);
draw();
"""


class Ways(gr.HTML):
    """``links`` is part to address, or None where that part is not published."""

    def __init__(self, links: dict[str, str | None], **settings: Any) -> None:
        super().__init__(
            value={"links": links, "words": LINKS}, html_template='<nav class="ways" aria-label="More"></nav>',
            js_on_load=_SCRIPT, apply_default_css=False, **settings,
        )  # fmt: skip

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
