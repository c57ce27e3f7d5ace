"""The review page alone as an app of its own, served from a thread of the test process, to be stopped and started again."""

import socket
from contextlib import closing
from pathlib import Path


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A real HTTP server over one home; after ``stop`` and ``start`` it is a new one on the same port, without any session."""

    def __init__(self, home: Path) -> None:
        import gradio as gr

        from pipeline.workspace import open_workspace
        from studio.pages import review

        self.home, self.port = home, free_port()
        with gr.Blocks(analytics_enabled=False) as self.app:
            gr.Markdown("Queue")
        with self.app.route("Review", "/review", show_in_navbar=False):
            review.page(open_workspace(home))

    def url(self, query: str) -> str:
        return f"http://127.0.0.1:{self.port}/review?{query}"

    def start(self) -> "Server":
        from studio.theme import head, theme

        looks = {"theme": theme(), "head": head(), "footer_links": [], "ssr_mode": False}
        self.app.launch(server_name="127.0.0.1", server_port=self.port, quiet=True, prevent_thread_lock=True, **looks)
        return self

    def stop(self) -> None:
        self.app.close(verbose=False)
