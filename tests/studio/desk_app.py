"""One page or a few as an app of their own, served from a thread of the test process, to be stopped and started again."""

import importlib
import socket
from contextlib import closing
from pathlib import Path


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A real HTTP server over one home; after ``stop`` and ``start`` it is a new one on the same port, without any session."""

    def __init__(self, home: Path, pages: tuple[str, ...] = ("review",)) -> None:
        import gradio as gr

        from pipeline.workspace import open_workspace

        self.home, self.port = home, free_port()
        with gr.Blocks(analytics_enabled=False) as self.app:
            gr.Markdown("Queue")
        for name in pages:
            with self.app.route(name.title(), f"/{name}", show_in_navbar=False):
                importlib.import_module(f"studio.pages.{name}").page(open_workspace(home))

    def url(self, query: str, page: str = "review") -> str:
        return f"http://127.0.0.1:{self.port}/{page}?{query}"

    def start(self) -> "Server":
        from studio.app import launch_app

        launch_app(self.app, "127.0.0.1", self.port)
        return self

    def stop(self) -> None:
        self.app.close(verbose=False)
