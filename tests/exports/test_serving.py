"""The local server of a browser site."""

import http.client
import socket

import pytest

from annotations import NotFound, Unavailable
from pipeline.workspace import Workspace


def ask(address, path, method="GET", headers=None):
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_the_server_isolates_the_page_and_shows_nothing_but_the_site(tuned_home):
    from exports.serving import serving

    with serving(Workspace(tuned_home), "tuned") as address:
        answer, body = ask(address, "/")
        assert answer.status == 200 and b"Scribeloop" in body and answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        policy = answer.headers["Content-Security-Policy"]
        assert "connect-src 'self'" in policy and "'unsafe-eval'" not in policy and "unsafe-inline" not in policy
        types = {
            "/worker.js": "text/javascript; charset=utf-8", "/manifest.json": "application/json", "/icon.svg": "image/svg+xml",
            "/vendor/ort-wasm-simd-threaded.wasm": "application/wasm",
            "/models/tuned/onnx/model_q4.onnx_data": "application/octet-stream",
        }  # fmt: skip
        assert {path: ask(address, path, "HEAD")[0].headers["Content-Type"] for path in types} == types
        for path in ("/models/", "/nothing", "/../../studio.db", "/%2e%2e/%2e%2e/studio.db"):
            assert ask(address, path)[0].status == 404, path
        assert ask(address, "/", "POST")[0].status == 501


def test_a_port_in_use_and_a_site_that_is_not_there_get_a_sentence(tuned_home, workspace):
    from exports.serving import serve_site

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=f"Port {port} is in use.*--port"):
            serve_site(Workspace(tuned_home), "tuned", port)
    with pytest.raises(NotFound, match="scribeloop browser build nobody"):
        serve_site(workspace, "nobody", 0)
