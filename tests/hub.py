"""A server on the loopback that speaks the Hub's API for writing and reading: repositories, LFS, commits, trees, files.

It keeps everything in memory but large files, which lie in ``folder``. The real huggingface_hub client is its only caller.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

TOKEN = "hf_" + "loopback" * 4
# From this size on a file goes by LFS here; the real Hub decides by size and kind.
LFS_FROM = 50_000
_KINDS = ("models", "datasets", "spaces")


class Repository:
    """Commits are whole trees: path to content, which is bytes or (for LFS) the sha256 of a stored object."""

    def __init__(self, kind: str, private: bool, sdk: str | None) -> None:
        self.kind, self.private, self.sdk = kind, private, sdk
        self.commits: list[tuple[str, dict[str, bytes | str]]] = []
        self.commit({".gitattributes": b"*.onnx filter=lfs\n"})

    def commit(self, tree: dict[str, bytes | str]) -> str:
        oid = hashlib.sha1(f"{len(self.commits)} {sorted(tree.items(), key=str)}".encode()).hexdigest()
        self.commits.append((oid, tree))
        return oid

    @property
    def head(self) -> str:
        return self.commits[-1][0]

    def tree(self, revision: str) -> dict[str, bytes | str] | None:
        return self.commits[-1][1] if revision == "main" else dict(self.commits).get(revision)


class Hub:
    """``repositories`` by ``spaces/owner/name``; ``sent`` the LFS objects that were uploaded, in order; ``log`` each request.
    ``fail_commits`` makes commits fail with that status; ``on_object`` is called when an LFS object has been stored."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lock = folder, threading.Lock()
        self.repositories: dict[str, Repository] = {}
        self.sent: list[str] = []
        self.log: list[str] = []
        self.fail_commits: int | None = None
        self.on_object = lambda number: None
        self.address = ""

    def size(self, content: bytes | str) -> int:
        return len(content) if isinstance(content, bytes) else (self.folder / content).stat().st_size

    def read(self, content: bytes | str) -> bytes:
        return content if isinstance(content, bytes) else (self.folder / content).read_bytes()


@contextmanager
def hub_server(folder: Path, handler: type[BaseHTTPRequestHandler] | None = None) -> Iterator[Hub]:
    """Serve an empty Hub until the block ends, by a handler of one's own if it can more."""
    hub = Hub(folder)
    folder.mkdir(parents=True, exist_ok=True)
    handler = type("Handler", (handler or HubHandler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class HubHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_GET(self) -> None:
        self._route("GET")

    do_HEAD = lambda self: self._route("HEAD")  # noqa: E731
    do_POST = lambda self: self._route("POST")  # noqa: E731
    do_PUT = lambda self: self._route("PUT")  # noqa: E731

    def _route(self, method: str) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.log.append(f"{method} {path}")
        parts = path.strip("/").split("/")
        if method == "PUT" and parts[0] == "lfs":
            return self._store(parts[1])
        body = self._body()
        if method == "GET" and "resolve" in parts or method == "HEAD":
            return self._resolve(parts, method)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._answer(401, {"error": "Invalid credentials"})
        if path == "/api/whoami-v2":
            return self._answer(200, {"name": "clinic", "type": "user", "orgs": []})
        if path == "/api/validate-yaml":
            return self._answer(200, {"errors": [], "warnings": []})
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path.endswith(".git/info/lfs/objects/batch"):
            return self._batch(json.loads(body))
        if parts[0] == "api" and len(parts) >= 4:
            name, rest = "/".join(parts[1:4]), parts[4:]
            with self.hub.lock:
                return self._repository(name, rest, body)
        return self._answer(404, {"error": path})

    def _repository(self, name: str, rest: list[str], body: bytes) -> None:
        repository = self.hub.repositories.get(name)
        if repository is None:
            return self._answer(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        verb = rest[0] if rest else "revision"
        if verb == "revision":
            return self._info(name, repository, rest[1] if len(rest) > 1 else "main")
        if verb == "preupload":
            return self._answer(200, {"files": [self._mode(repository, file) for file in json.loads(body)["files"]]})
        if verb == "commit":
            return self._commit(name, repository, body)
        if verb == "tree":
            return self._tree(repository, rest[1])
        return self._answer(404, {"error": verb})

    def _create(self, asked: dict) -> None:
        kind = f"{asked.get('type') or 'model'}s"
        name = f"{kind}/{asked['organization'] or 'clinic'}/{asked['name']}"
        if name in self.hub.repositories:
            return self._answer(409, {"error": "You already created this repo"})
        private = asked.get("visibility") == "private" or asked.get("private") is True
        self.hub.repositories[name] = Repository(kind, private, asked.get("sdk"))
        return self._answer(200, {"url": f"{self.hub.address}/{name.removeprefix('models/')}", "name": name})

    def _mode(self, repository: Repository, file: dict) -> dict:
        content = repository.commits[-1][1].get(file["path"])
        # As the Hub: the blob's own git hash, or the object's sha256.
        oid = content if isinstance(content, str) else None if content is None else _git_hash(content)
        mode = "lfs" if file["size"] >= LFS_FROM else "regular"
        return {"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid}

    def _batch(self, asked: dict) -> None:
        objects = []
        for each in asked["objects"]:
            found = {"oid": each["oid"], "size": each["size"]}
            if not (self.hub.folder / each["oid"]).exists():
                found["actions"] = {"upload": {"href": f"{self.hub.address}/lfs/{each['oid']}", "header": {}}}
            objects.append(found)
        self._answer(200, {"transfer": "basic", "objects": objects})

    def _store(self, oid: str) -> None:
        """Kept under its name only when it is whole."""
        part = self.hub.folder / f"{oid}.{threading.get_ident()}.part"
        left, digest = int(self.headers["Content-Length"]), hashlib.sha256()
        with part.open("wb") as stream:
            while left:
                data = self.rfile.read(min(left, 1 << 16))
                if not data:
                    return part.unlink()
                digest.update(data)
                stream.write(data)
                left -= len(data)
        assert digest.hexdigest() == oid
        part.rename(self.hub.folder / oid)
        self.hub.sent.append(oid)
        self.hub.on_object(len(self.hub.sent))
        self._answer(200, {})

    def _commit(self, name: str, repository: Repository, body: bytes) -> None:
        if self.hub.fail_commits:
            return self._answer(self.hub.fail_commits, {"error": "the commit was not taken"})
        lines = [json.loads(line) for line in body.splitlines() if line]
        parent = lines[0]["value"].get("parentCommit")
        if parent and parent != repository.head:
            return self._answer(412, {"error": "A commit has happened since."})
        tree = dict(repository.commits[-1][1])
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                tree[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                assert (self.hub.folder / value["oid"]).exists(), "an object that was never sent"
                tree[value["path"]] = value["oid"]
            elif line["key"] == "deletedFile":
                del tree[value["path"]]
            else:
                return self._answer(400, {"error": f"unknown line {line['key']}"})
        oid = repository.commit(tree)
        url = f"{self.hub.address}/{name}/commit/{oid}"
        self._answer(200, {"success": True, "commitOid": oid, "commitUrl": url, "hookOutput": ""})

    def _info(self, name: str, repository: Repository, revision: str) -> None:
        tree = repository.tree(revision)
        if tree is None:
            return self._answer(404, {"error": "Invalid rev"}, {"X-Error-Code": "RevisionNotFound"})
        sha = repository.head if revision == "main" else revision
        self._answer(200, {
            "id": name.split("/", 1)[1], "sha": sha, "private": repository.private, "sdk": repository.sdk, "tags": [],
            "siblings": [{"rfilename": path} for path in sorted(tree)],
        })  # fmt: skip

    def _tree(self, repository: Repository, revision: str) -> None:
        tree = repository.tree(revision) or {}
        found = []
        for path, content in sorted(tree.items()):
            each = {"type": "file", "path": path, "size": self.hub.size(content), "oid": _git_hash(self.hub.read(content))}
            if isinstance(content, str):
                each["lfs"] = {"oid": content, "size": each["size"], "pointerSize": 134}
            found.append(each)
        self._answer(200, found)

    def _resolve(self, parts: list[str], method: str) -> None:
        at = parts.index("resolve")
        name = "/".join(parts[:at]) if parts[0] in _KINDS else "models/" + "/".join(parts[:at])
        repository = self.hub.repositories.get(name)
        allowed = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if repository is None or (repository.private and not allowed):
            return self._answer(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        content = (repository.tree(parts[at + 1]) or {}).get("/".join(parts[at + 2 :]))
        if content is None:
            return self._answer(404, {}, {"X-Error-Code": "EntryNotFound"})
        data = self.hub.read(content)
        etag = content if isinstance(content, str) else _git_hash(content)
        sha = repository.head if parts[at + 1] == "main" else parts[at + 1]
        self._send(200, data, {"ETag": f'"{etag}"', "X-Repo-Commit": sha}, method != "HEAD")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            data = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, data: object, headers: dict[str, str] | None = None) -> None:
        headers = {"Content-Type": "application/json"} | (headers or {})
        self._send(status, json.dumps(data).encode(), headers, self.command != "HEAD")

    def _send(self, status: int, data: bytes, headers: dict[str, str], body: bool) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def _git_hash(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
