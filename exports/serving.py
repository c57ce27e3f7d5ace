"""The local server of a browser site: static files with the headers that threads and a closed house need."""

import errno
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from annotations import Unavailable
from pipeline.workspace import Workspace

from .browser import site_folder

# 'self' everywhere: the page can reach no other host, whatever a library would like. wasm-unsafe-eval compiles WebAssembly.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Together they make the page cross-origin isolated, which SharedArrayBuffer and so wasm threads ask for.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Asked anew each time (If-Modified-Since); the model's files are kept by the page in its own cache, under the build's name.
    "Cache-Control": "no-cache",
}


class Handler(SimpleHTTPRequestHandler):
    """GET and HEAD of files below the site's folder; no listings, no uploads."""

    protocol_version = "HTTP/1.1"
    extensions_map = {
        ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".wasm": "application/wasm",
        ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", "": "application/octet-stream",
    }  # fmt: skip

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path: str) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: who asked for what is nobody's business."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is not an error; anything else is a bug and shows itself."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(workspace: Workspace, id: str, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve the site in the background and give its address; port 0 takes a free one."""
    with _server(site_folder(workspace, id), host, port) as server:
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.1), daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def serve_site(workspace: Workspace, id: str, port: int, host: str = "127.0.0.1") -> None:
    """Serve the site until interrupted; Unavailable when the port is taken."""
    with _server(site_folder(workspace, id), host, port) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _server(folder: Path, host: str, port: int) -> Server:
    try:
        return Server((host, port), partial(Handler, directory=str(folder)))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Unavailable(f"Port {port} is in use; choose another with --port {port + 1}.") from error
