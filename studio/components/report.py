"""A report's own page inside the studio, as the file has it: in a frame where no script runs."""

import gradio as gr

_FRAME = (
    '<iframe class="report-frame" title="Report" style="width:100%;border:0;display:block" hidden '
    'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe>'
)
# Same origin, so that the studio may turn the frame dark and make it as high as the report; scripts stay forbidden in it.
_SCRIPT = """
const frame = element.querySelector("iframe");
const fit = () => {
  const page = frame.contentDocument;
  if (!page || !page.querySelector("main")) return;
  page.documentElement.dataset.look = document.body.classList.contains("dark") ? "dark" : "light";
  frame.style.height = `${Math.ceil(page.body.getBoundingClientRect().height)}px`;
};
const draw = () => {
  frame.hidden = !props.value;
  frame.srcdoc = props.value || "";
};
frame.addEventListener("load", fit);
new ResizeObserver(fit).observe(element);
new MutationObserver(fit).observe(document.body, { attributeFilter: ["class"] });
watch("value", draw);
draw();
"""


class Report(gr.HTML):
    """``value`` is the whole page as HTML; empty for none."""

    def __init__(self, value: str = "", **settings) -> None:
        super().__init__(value=value, html_template=_FRAME, js_on_load=_SCRIPT, apply_default_css=False, **settings)
