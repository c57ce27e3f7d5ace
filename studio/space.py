"""The Space as an app of its own, started by ``app.py`` of a published folder (see ``exports/space.py``)."""

import os
from pathlib import Path

from .app import launch_settings, quiet_gradio
from .space_words import TITLE

PORT = 7860


def make_space(folder: Path):
    """The page over the folder of a Space, as ``gr.Blocks``."""
    import gradio as gr

    from .desks.space import SpaceDesk
    from .pages import space

    with gr.Blocks(title=TITLE, analytics_enabled=False) as app:
        space.page(SpaceDesk(folder))
    return app


def serve(folder: Path) -> None:
    """Serve until interrupted; on the Hub to all the world, anywhere else to this machine alone."""
    quiet_gradio()
    app = make_space(folder)
    host = os.environ.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if os.environ.get("SPACE_ID") else "127.0.0.1")
    port = int(os.environ.get("GRADIO_SERVER_PORT") or PORT)
    app.queue(max_size=64)
    app.launch(server_name=host, server_port=port, **launch_settings("space.css"))
