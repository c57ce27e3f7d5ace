"""The line at the top of every page: the name, the rooms of the studio, where one is."""

import gradio as gr

PAGES = (("Queue", "/"), ("Results", "/results"), ("Judge", "/judge"), ("Retrain", "/retrain"), ("Models", "/models"))


def header(current: str) -> None:
    """Draw the navigation; ``current`` is the title of the page that it stands on. No data goes into it."""
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if title == current else ""}>{title}</a>' for title, path in PAGES
    )
    gr.HTML(
        f'<nav class="top-bar" aria-label="Pages"><a class="brand" href="/">Scribeloop</a>{links}'
        '<span class="spread"></span><a href="/practice">Practice</a><look-switch></look-switch></nav>',
        apply_default_css=False,
    )
