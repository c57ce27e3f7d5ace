"""The local server of a browser site: static files, whole or in part, with the headers that threads and a closed house need."""

import errno
import io
import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

from annotations import Unavailable
from pipeline.workspace import Workspace

from .browser import site_folder
from .policy import headers

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Handler(SimpleHTTPRequestHandler):
    """GET and HEAD of files below the site's folder, and of parts of them (one range); no listings, no uploads."""

    protocol_version = "HTTP/1.1"
    # An answer is two writes, head and body; the second would wait 40 ms for the first to be confirmed.
    disable_nagle_algorithm = True
    extensions_map = {
        ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".wasm": "application/wasm",
        ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", "": "application/octet-stream",
    }  # fmt: skip

    def __init__(self, *args: Any, sent: dict[str, str], **settings: Any) -> None:
        self.sent = sent | {"Accept-Ranges": "bytes"}
        super().__init__(*args, **settings)

    def end_headers(self) -> None:
        for name, value in self.sent.items():
            self.send_header(name, value)
        super().end_headers()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The file, at the place where the answer's body begins."""
        asked = RANGE.fullmatch(self.headers.get("Range", ""))
        path = self.translate_path(self.path)
        self.left: int | None = None
        if asked is None or not os.path.isfile(path):
            return super().send_head()
        size, start = os.path.getsize(path), int(asked[1])
        stop = min(int(asked[2]) + 1, size) if asked[2] else size
        if start >= stop:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        file = open(path, "rb")  # noqa: SIM115 (the caller closes it)
        file.seek(start)
        self.left = stop - start
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        self.send_header("Content-Length", str(self.left))
        self.end_headers()
        return file

    def copyfile(self, source: Any, outputfile: Any) -> None:
        if self.left is None:
            shutil.copyfileobj(source, outputfile)
            return
        while self.left and (block := source.read(min(self.left, 1 << 16))):
            outputfile.write(block)
            self.left -= len(block)

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
        sent = headers(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
        return Server((host, port), partial(Handler, directory=str(folder), sent=sent))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Unavailable(f"Port {port} is in use; choose another with --port {port + 1}.") from error
