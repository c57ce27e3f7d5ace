"""A model's server on the loopback that speaks the chat protocol as hosted ones do, and fails in the ways that they fail.

What it answers is a function of the request, given by the test. It counts what it serves, so that a client's books can be held
against its own.
"""

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], str]
# rate: 429 with Retry-After; broken: 200 with half a JSON document; drop: the line is cut before a word, half: after some words;
# silent: the stream ends without its last words; slow: a pause between pieces; hang: no sign of life.
FAULTS = ("rate", "error", "broken", "drop", "half", "silent", "slow", "hang")


@dataclass
class Served:
    """What the server knows of itself. ``served`` holds, by the client's id of an attempt, the tokens of whole answers."""

    address: str = ""
    answer: Answer = lambda body: "Yes."
    faults: deque = field(default_factory=deque)
    refuses: tuple[str, ...] = ()
    refusal: int = 400
    key: str | None = None
    retry_after: str = "0.05"
    pause: float = 0.0
    usage: bool = True
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    served: dict[str, tuple[int, int]] = field(default_factory=dict)
    most_at_once: int = 0
    at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def loopback_model(
    answer: Answer | None = None, faults: Iterable[str] = (), kind: type | None = None, served: type = Served, **more: Any
):
    """Yields the ``Served``; its ``address`` ends in ``/v1``. ``refuses`` names response formats that it does not know."""
    state = served(faults=deque(faults), **({"answer": answer} if answer else {}), **more)
    handler = type("Handler", (kind or _Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_port}/v1"
    # Looks for the end of the test this often: at the usual half a second, ending would be the longest part of most tests.
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Served

    def handle(self):
        # A client that was killed, or that gave up waiting, resets the line between two requests.
        with suppress(ConnectionError):
            super().handle()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        state = self.state
        with state.lock:
            state.requests.append(body)
            state.headers.append(dict(self.headers))
            state.at_once += 1
            state.most_at_once = max(state.most_at_once, state.at_once)
            fault = state.faults.popleft() if state.faults else None
        try:
            # A client that was killed is gone in the middle of its answer.
            with suppress(ConnectionError):
                self.reply(body, fault)
        finally:
            with state.lock:
                state.at_once -= 1

    def reply(self, body: dict[str, Any], fault: str | None) -> None:
        kind = body.get("response_format", {}).get("type")
        if self.state.key and self.headers["Authorization"] != f"Bearer {self.state.key}":
            return self.fail(401, "invalid_api_key", f"Incorrect API key provided: {self.headers['Authorization']}")
        if fault == "rate":
            return self.fail(429, "rate_limit_exceeded", "Slow down.", {"Retry-After": self.state.retry_after})
        if fault == "error":
            return self.fail(500, None, "Something broke.")
        if fault == "drop":
            return self.cut()
        if fault == "hang":
            time.sleep(3)
            return self.cut()
        if kind in self.state.refuses:
            return self.fail(self.state.refusal, None, f"response_format {kind} is not supported")
        if fault == "broken":
            return self.send(200, b'{"id": "chatcmpl-1", "choices": [{"mess')
        time.sleep(self.state.pause)
        text = self.state.answer(body)
        (self.stream if body.get("stream") else self.whole)(body, text, fault)

    def whole(self, body: dict[str, Any], text: str, fault: str | None) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": self.reason(body, text)}
        answer = self.frame(body, "chat.completion", [choice]) | ({"usage": self.count(body, text)} if self.state.usage else {})
        self.book(body, text)
        self.send(200, json.dumps(answer).encode())

    def stream(self, body: dict[str, Any], text: str, fault: str | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = [text[at : at + 40] for at in range(0, len(text), 40)] or [""]
        for number, piece in enumerate(pieces):
            if fault == "half" and number >= len(pieces) // 2:
                return self.cut()
            if fault == "slow":
                time.sleep(0.05)
            self.event(body, [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}])
        if fault != "silent":
            self.event(body, [{"index": 0, "delta": {}, "finish_reason": self.reason(body, text)}])
            # Booked before the last words leave: what a client counted, the server must have counted.
            self.book(body, text)
            if self.state.usage and body.get("stream_options", {}).get("include_usage"):
                self.event(body, [], usage=self.count(body, text))
        self.piece(b"data: [DONE]\n\n")
        self.piece(b"")

    def event(self, body: dict[str, Any], choices: list, **more: Any) -> None:
        self.piece(f"data: {json.dumps(self.frame(body, 'chat.completion.chunk', choices) | more)}\n\n".encode())

    def piece(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def frame(self, body: dict[str, Any], kind: str, choices: list) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"], "choices": choices}

    def reason(self, body: dict[str, Any], text: str) -> str:
        return "stop"

    def count(self, body: dict[str, Any], text: str) -> dict[str, int]:
        prompt = sum(len(message["content"].split()) for message in body["messages"])
        tokens = len(text.split())
        return {"prompt_tokens": prompt, "completion_tokens": tokens, "total_tokens": prompt + tokens}

    def book(self, body: dict[str, Any], text: str) -> None:
        usage = self.count(body, text)
        with self.state.lock:
            self.state.served[self.headers["X-Client-Request-Id"]] = (usage["prompt_tokens"], usage["completion_tokens"])

    def fail(self, status: int, code: str | None, message: str, headers: dict[str, str] | None = None) -> None:
        error = {"message": message, "type": "error", "param": None, "code": code}
        self.send(status, json.dumps({"error": error}).encode(), headers)

    def send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def cut(self) -> None:
        """Reset the connection, as a server that was killed does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_):
        pass
