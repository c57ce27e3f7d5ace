"""A Hub on the loopback that answers as the real one does to a client that lists a repository and downloads its files."""

import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "c0ffee" * 6 + "beef"


@contextmanager
def loopback_hub(repo: str, folder: Path, lie: str = "", gated: bool = False, pause: float = 0.0):
    """Serve ``folder`` as ``repo``; yields the address and the list of paths that were asked for. Of a file named ``lie``
    another hash is stated than it has; a ``gated`` repository can be listed but not downloaded. A file above 100 kB is sent in
    four parts with ``pause`` seconds between."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append(self.path)
            if self.path.startswith(f"/api/models/{repo}"):
                body = json.dumps({"id": repo, "modelId": repo, "sha": COMMIT, "siblings": _siblings(folder, lie)}).encode()
                return self.answer(200, body, {"Content-Type": "application/json"})
            return self.file(body=True)

        def do_HEAD(self):
            asked.append(self.path)
            self.file(body=False)

        def file(self, body: bool):
            path = folder / self.path.rsplit("/", 1)[-1]
            if not self.path.startswith(f"/{repo}/resolve/") or not path.is_file():
                code = "RepoNotFound" if not self.path.startswith(f"/{repo}/") else "EntryNotFound"
                return self.answer(404, b"", {"X-Error-Code": code})
            if gated:
                return self.answer(403, b"", {"X-Error-Code": "GatedRepo"})
            data = path.read_bytes()
            etag = hashlib.sha256(data).hexdigest()
            return self.answer(200, data, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}, body)

        def answer(self, status: int, data: bytes, headers: dict[str, str], body: bool = True):
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            part = max(1, -(-len(data) // 4)) if pause and len(data) > 100_000 else max(1, len(data))
            for start in range(0, len(data) if body else 0, part):
                time.sleep(pause if start else 0)
                self.wfile.write(data[start : start + part])

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def _siblings(folder: Path, lie: str) -> list[dict]:
    found = []
    for path in sorted(folder.iterdir()):
        each = {"rfilename": path.name, "size": path.stat().st_size, "blobId": "0" * 40}
        if path.suffix in (".safetensors", ".gguf"):
            sha = hashlib.sha256(path.read_bytes()).hexdigest() if path.name != lie else "0" * 64
            each["lfs"] = {"sha256": sha, "size": path.stat().st_size, "pointerSize": 134}
        found.append(each)
    # What a real repository has besides, and what must not be fetched.
    return [*found, {"rfilename": "original/consolidated.00.pth", "size": 10**12, "blobId": "0" * 40}]
