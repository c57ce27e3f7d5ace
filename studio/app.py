"""The studio as one Gradio app, made by a function; nothing happens at import."""

import os
import socket
import sys
from types import SimpleNamespace

from annotations import Unavailable
from pipeline.workspace import Workspace


def check_port(host: str, port: int) -> None:
    """Raise Unavailable with the way out when something listens there already."""
    with socket.socket() as probe:
        # Without it a port that was closed a moment ago would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"Port {port} on {host} cannot be opened ({error.strerror}); close what uses it, or choose another with --port."
            ) from error


def make_app(workspace: Workspace):
    """All pages of the studio over one workspace, as ``gr.Blocks``; ``launch_app`` serves it."""
    import gradio as gr

    from .pages import judge, models, notes, practice, queue, report, results, retrain, review

    with gr.Blocks(title="Scribeloop", analytics_enabled=False) as app:
        queue.page(workspace)
    with app.route("Notes", "/notes", show_in_navbar=False):
        notes.page(workspace)
    with app.route("Review", "/review", show_in_navbar=False):
        review.page(workspace)
    with app.route("Practice", "/practice", show_in_navbar=False):
        practice.page(workspace)
    with app.route("Results", "/results", show_in_navbar=False):
        results.page(workspace)
    with app.route("Judge", "/judge", show_in_navbar=False):
        judge.page(workspace)
    with app.route("Retrain", "/retrain", show_in_navbar=False):
        retrain.page(workspace)
    with app.route("Models", "/models", show_in_navbar=False):
        models.page(workspace)
    with app.route("Report", "/report", show_in_navbar=False):
        report.page(workspace)
    return app


def quiet_gradio() -> None:
    """To be called before Gradio and the Hub client are imported, which read this then."""
    # Nothing leaves the machine unasked.
    os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_DISABLE_TELEMETRY="1")
    # Gradio sums up its own last 10,000 events after each event, with pandas, for a monitoring page that is switched off here.
    os.environ.update(GRADIO_ANALYTICS_CACHE_FREQUENCY=str(10**9), GRADIO_ANALYTICS_MAX_EVENTS="1")


def serve_app(workspace: Workspace, host: str, port: int) -> None:
    """Serve until interrupted."""
    quiet_gradio()
    with workspace.kept_open() as kept:
        app = make_app(kept)
        # A person at a terminal gets the page opened; a service or a test does not.
        launch_app(app, host, port, inbrowser=sys.stdout.isatty())
        app.block_thread()


def launch_app(app, host: str, port: int, inbrowser: bool = False) -> None:
    """Serve from a thread of its own until ``app.close()``; ``serve_app`` and the tests of pages both come through here."""
    app.queue(default_concurrency_limit=8)
    app.launch(server_name=host, server_port=port, inbrowser=inbrowser, prevent_thread_lock=True, **launch_settings())
    _open_pages_quickly(app)


def _open_pages_quickly(app) -> None:
    """Gradio describes every component of every page again for each page that is opened (60 ms), to restore deep links, of which
    the studio has none. With no components named it describes them as they change; the session is otherwise the same."""
    app.state_holder.blocks = SimpleNamespace(default_config=app.default_config, blocks=())


def launch_settings(*sheets: str) -> dict:
    """Looks and privacy for ``launch``: our theme, no links and no telemetry of Gradio's. ``sheets`` are further style sheets of
    the assets."""
    from .theme import head, theme

    return {
        "theme": theme(), "head": head(*sheets), "footer_links": [], "quiet": True, "share": False, "ssr_mode": False,
        "enable_monitoring": False, "show_error": True, "run_history": False,
    }  # fmt: skip
