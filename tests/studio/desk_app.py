"""The review page alone as an app of its own, and a second process that serves it: ``python -m tests.studio.desk_app HOME PORT``."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def serve(home: str, port: int) -> None:
    import gradio as gr

    from pipeline.workspace import open_workspace
    from studio.pages import review
    from studio.theme import head, theme

    with gr.Blocks(analytics_enabled=False) as app:
        gr.Markdown("Queue")
    with app.route("Review", "/review", show_in_navbar=False):
        review.page(open_workspace(home))
    app.launch(server_name="127.0.0.1", server_port=port, theme=theme(), head=head(), footer_links=[], quiet=True, ssr_mode=False)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The process that serves one home; stop and start it again at will, on the same port."""

    def __init__(self, home: Path) -> None:
        self.home, self.port, self.process = home, free_port(), None

    def url(self, query: str) -> str:
        return f"http://127.0.0.1:{self.port}/review?{query}"

    def start(self) -> "Server":
        env = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "tests.studio.desk_app", str(self.home), str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/gradio_api/startup-events", timeout=2).close()
                return self
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"The app ended with {self.process.returncode} before it answered.") from None
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("The app did not answer within 30 seconds.")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
