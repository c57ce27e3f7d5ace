"""Text of models and people, shown as text with its line breaks, never as HTML."""

from typing import Any

import gradio as gr

# The script, not the template, puts the value in: a template would run what the text holds.
_SCRIPT = """
const box = element.firstElementChild;
const draw = () => {
  // A pane that was filled before and stands at its end is being streamed into; one filled for the first time starts at its top.
  const follow = box.textContent && box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  box.textContent = props.value || '';
  if (follow) box.scrollTop = box.scrollHeight;
};
watch('value', draw);
draw();
"""


class _Text(gr.HTML):
    skeleton = ""

    def __init__(self, value: str = "", **settings: Any) -> None:
        super().__init__(value=value, html_template=self.skeleton, js_on_load=_SCRIPT, apply_default_css=False, **settings)


class PlainText(_Text):
    """A scrolling pane of text that follows what is streamed into it."""

    skeleton = '<div class="plain-text" tabindex="0"></div>'


class Said(_Text):
    """What the studio says of the last act: a sentence or two, announced to a screen reader."""

    skeleton = '<p class="said" role="status"></p>'


class Title(_Text):
    """A page's heading when it holds a name that people gave."""

    skeleton = "<h1></h1>"


class Command(_Text):
    """A command line to copy, as the terminal takes it."""

    skeleton = '<code class="command"></code>'


class Fact(_Text):
    """A quiet line below a heading."""

    skeleton = '<p class="sub"></p>'
