"""A site's server that can fail as real ones do, and two witnesses: of what it was asked, and of what other hosts were."""

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from exports.policy import headers
from exports.serving import Handler, Server


class Faulty(Handler):
    """The real handler. ``faults`` is shared by all requests: ``log`` holds (path, Range) of each; a path in ``damage`` has a
    byte changed, and one in ``cut`` loses its connection after so many bytes, for as many requests as the number (or pair) says;
    without ``ranges`` every answer is whole; when it is ``gone`` there is none."""

    def __init__(self, *args: Any, faults: "Faults", **settings: Any) -> None:
        self.faults = faults
        super().__init__(*args, **settings)

    def parse_request(self) -> bool:
        return super().parse_request() and not self.faults.gone

    def send_head(self) -> Any:
        self.faults.log.append((self.path.removeprefix("/"), self.headers.get("Range")))
        if not self.faults.ranges:
            del self.headers["Range"]
        return super().send_head()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        path = self.path.removeprefix("/")
        body = source.read() if self.left is None else source.read(self.left)
        if self.faults.take(self.faults.damage, path):
            body = bytes([body[0] ^ 1]) + body[1:]
        if self.faults.take(self.faults.cut, path):
            outputfile.write(body[: self.faults.after])
            # A browser throws away what it has not read yet when the connection breaks; on a slow line that is little.
            time.sleep(0.5 if self.faults.after > 1000 else 0)
            self.close_connection = True
            return
        outputfile.write(body)


class Faults:
    def __init__(self) -> None:
        self.log: list[tuple[str, str | None]] = []
        self.damage: dict[str, int] = {}
        self.cut: dict[str, int] = {}
        self.after, self.ranges, self.gone = 0, True, False

    def take(self, left: dict[str, int], path: str) -> bool:
        """Whether it is to happen to this request too."""
        left[path] = left.get(path, 0) - 1
        return left[path] >= 0

    def asked(self, ending: str) -> list[str | None]:
        """The Range of each request for the file that ends so."""
        return [wanted for path, wanted in self.log if path.endswith(ending)]


@contextmanager
def failing(folder: Path, sent: dict[str, str] | None = None) -> Iterator[tuple[str, Faults]]:
    """Serve the folder, and give the address and its faults; with ``sent`` instead of our own headers, as another server does."""
    faults = Faults()
    if sent is None:
        sent = headers(json.loads((folder / "manifest.json").read_text()))
    with Server(("127.0.0.1", 0), partial(Faulty, directory=str(folder), sent=sent, faults=faults)) as server:
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.1), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", faults
        server.shutdown()


@contextmanager
def witness() -> Iterator[tuple[str, list[str]]]:
    """A proxy that lets nothing through: its address, and the first line of all that it was asked for. Chromium asks it for every
    host but this machine's own, whoever in the browser wants it: page, worker or service worker."""
    heard: list[str] = []

    class Deaf(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            heard.append(self.rfile.readline().decode("latin-1").strip())
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Deaf) as server:
        server.daemon_threads = True
        threading.Thread(target=partial(server.serve_forever, poll_interval=0.1), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()
