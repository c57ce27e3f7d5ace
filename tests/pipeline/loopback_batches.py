"""Files and batches of the loopback's server: a batch is done after it has been looked at twice."""

import json
import re
from typing import Any

from tests.pipeline.loopback_model import Served, _Handler


class BatchHandler(_Handler):
    """Adds ``/files`` and ``/batches`` to the chat; what is stored lies in ``Served.stored``."""

    def do_POST(self):
        if self.path.endswith("/chat/completions"):
            return super().do_POST()
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        stored = self.state.stored
        if self.path.endswith("/files"):
            id = f"file-{len(stored)}"
            # The part that has a file name, up to the boundary.
            stored[id] = re.search(rb'filename="[^"]+"\r\n.*?\r\n\r\n(.*?)\r\n--', raw, re.DOTALL).group(1)
            return self.answer({"id": id, "object": "file", "bytes": 1, "created_at": 1, "filename": "f", "purpose": "batch"})
        asked = json.loads(raw)
        batch = self.batch(f"batch-{len(stored)}", asked)
        stored[batch["id"]] = batch
        return self.answer(batch)

    def do_GET(self):
        stored, id = self.state.stored, self.path.split("?")[0].removesuffix("/content").rsplit("/", 1)[-1]
        if id == "batches":
            found = [one for key, one in stored.items() if key.startswith("batch")]
            return self.answer({"object": "list", "data": found, "has_more": False})
        if self.path.endswith("/content"):
            return self.send(200, stored[id])
        batch = stored[id]
        batch["looks"] += 1
        if batch["looks"] == 2:
            self.finish_batch(batch)
        return self.answer(batch)

    def batch(self, id: str, asked: dict[str, Any]) -> dict[str, Any]:
        lines = self.state.stored[asked["input_file_id"]].splitlines()
        return {
            "id": id, "object": "batch", "created_at": 1, "status": "in_progress", "output_file_id": None, "looks": 0,
            "request_counts": {"total": len(lines), "completed": 0, "failed": 0}, **asked,
        }  # fmt: skip

    def finish_batch(self, batch: dict[str, Any]) -> None:
        done = []
        for line in map(json.loads, self.state.stored[batch["input_file_id"]].splitlines()):
            body = line["body"]
            text = self.state.answer(body)
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            answer = self.frame(body, "chat.completion", [choice]) | {"usage": self.count(body, text)}
            failed = self.state.refuses_in_batch(body)
            response = {"status_code": 500 if failed else 200, "request_id": "r", "body": {} if failed else answer}
            done.append({"id": "b", "custom_id": line["custom_id"], "response": response, "error": None})
            self.state.batched.append(body)
        output = f"file-{len(self.state.stored)}"
        # A batch's answers come in any order.
        self.state.stored[output] = "\n".join(map(json.dumps, reversed(done))).encode()
        batch |= {"status": "completed", "output_file_id": output}

    def answer(self, value: dict[str, Any]) -> None:
        self.send(200, json.dumps(value).encode())


class BatchServed(Served):
    """``batched`` are the bodies that came in batches; ``refuses_in_batch`` says which of them the server does not answer."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.stored: dict[str, Any] = {}
        self.batched: list[dict[str, Any]] = []
        self.refuses_in_batch = lambda body: False
