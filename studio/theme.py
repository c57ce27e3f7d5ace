"""The studio's looks: Gradio's theme set to our tokens, and what goes into the head of every page: the style sheets, and the
switch for text size and light.

The sheets go in by ``head`` and not by Gradio's ``css``: Gradio rewrites that one selector by selector, drops what its parser
does not know (container queries, ``@supports``) and applies it only after the first paint. What the tokens and classes are,
and how a page uses them, is said at the top of ``assets/studio.css``.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from .words import LOOK

if TYPE_CHECKING:
    import gradio as gr

SANS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")
_ROOT = Path(__file__).parent

# Gradio's variables in our tokens. The tokens themselves turn with light and dark, so each serves both.
_SETTINGS = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--muted)",
    "background_fill_primary": "var(--surface)",
    "background_fill_secondary": "var(--paper)",
    "border_color_primary": "var(--line)",
    "border_color_accent": "var(--accent)",
    "block_background_fill": "var(--surface)",
    "block_border_color": "var(--line)",
    "block_label_text_color": "var(--muted)",
    "block_label_background_fill": "transparent",
    "block_title_text_color": "var(--ink)",
    "block_info_text_color": "var(--muted)",
    "input_background_fill": "var(--surface)",
    "input_border_color": "var(--line-strong)",
    "input_border_color_focus": "var(--accent)",
    "input_placeholder_color": "var(--muted)",
    "link_text_color": "var(--accent)",
    "link_text_color_hover": "var(--accent)",
    "link_text_color_visited": "var(--accent)",
    "color_accent_soft": "var(--accent-soft)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-strong)",
    "button_primary_border_color": "var(--accent)",
    "button_primary_text_color": "var(--on-accent)",
    "button_secondary_background_fill": "var(--surface)",
    "button_secondary_background_fill_hover": "var(--hover)",
    "button_secondary_border_color": "var(--line-strong)",
    "button_secondary_text_color": "var(--ink)",
    "button_cancel_background_fill": "var(--surface)",
    "button_cancel_background_fill_hover": "var(--bad-soft)",
    "button_cancel_border_color": "var(--bad)",
    "button_cancel_text_color": "var(--bad)",
    "table_border_color": "var(--line)",
    "table_even_background_fill": "var(--surface)",
    "table_odd_background_fill": "var(--surface)",
    "table_row_focus": "var(--accent-soft)",
    "panel_background_fill": "var(--surface)",
    "panel_border_color": "var(--line)",
    "code_background_fill": "var(--sunken)",
    "checkbox_background_color_selected": "var(--accent)",
    "checkbox_border_color_selected": "var(--accent)",
    "checkbox_label_background_fill": "var(--surface)",
    "checkbox_label_background_fill_selected": "var(--accent-soft)",
    "checkbox_label_text_color": "var(--ink)",
    "checkbox_label_text_color_selected": "var(--ink)",
    "slider_color": "var(--accent)",
    "stat_background_fill": "var(--accent)",
    "loader_color": "var(--accent)",
}
_PLAIN = {
    "input_border_width": "1px", "button_border_width": "1px",
    "block_shadow": "none", "block_border_width": "1px", "block_radius": "var(--radius)", "input_radius": "var(--radius)",
    "container_radius": "var(--radius)", "button_large_radius": "var(--radius)", "button_medium_radius": "var(--radius)",
    "button_small_radius": "var(--radius)", "input_shadow": "none", "input_shadow_focus": "0 0 0 3px var(--accent-soft)",
    "button_primary_shadow": "none", "button_secondary_shadow": "none", "button_large_text_weight": "550",
    "button_large_text_size": "var(--text-2)", "button_large_padding": "8px 16px", "block_label_text_weight": "550",
    "block_title_text_weight": "550",
}  # fmt: skip


def theme() -> "gr.themes.Base":
    """Gradio's plainest theme in our tokens, with the fonts of the machine: nothing is fetched from another host."""
    import gradio as gr

    base = gr.themes.Base(primary_hue="teal", neutral_hue="stone", font=SANS, font_mono=MONO)
    known = set(vars(base))
    dark = {f"{name}_dark": value for name, value in _SETTINGS.items() if f"{name}_dark" in known}
    return base.set(**_SETTINGS, **dark, **_PLAIN)


def head(*more: str) -> str:
    """What every page carries in its head: the tokens, the shared classes, the review desk's own sheet, the look switch; ``more``
    are further sheets of the assets."""
    sheets = [_ROOT / "assets" / "studio.css", *sorted((_ROOT / "components").rglob("*.css"))]
    sheets += [_ROOT / "assets" / name for name in more]
    styles = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    switch = (_ROOT / "assets" / "look.js").read_text(encoding="utf-8")
    words = f'<script type="application/json" id="look-words">{json.dumps(asdict(LOOK))}</script>'
    return f"<style>\n{styles}</style>{words}<script>\n{switch}</script>"
