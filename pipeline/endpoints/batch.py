"""Many questions as one batch, where the server has that: answered within a day, and at hosted ones for less.

Work that asks through a ``Gatherer`` instead of a client stops at each question that has no answer yet, which is noted. The noted
ones go out as one batch; with its answers the same work is done again and gets one question further, until none is left.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotations import Unavailable, sha256

from .answers import write_once
from .budget import Cost
from .client import Client, Reply, Request
from .privacy import without_key
from .reading import fields_of, reply_of

ENDED = ("completed", "failed", "expired", "cancelled")
# Seconds between two looks at a batch.
EVERY = 20.0
WINDOW, URL = "24h", "/v1/chat/completions"


class Later(Exception):
    """This question is noted and will be answered with its batch."""


class Gatherer:
    """Stands in for a client: answers what a batch has answered, notes everything else."""

    def __init__(self, client: Client) -> None:
        self.endpoint = client.endpoint
        mode = client.endpoint.structured
        # In a batch nobody can be asked in another way after a refusal.
        self.structured_mode = "json_schema" if mode == "auto" else mode
        self.ready: dict[str, Reply] = {}
        self.unanswered: set[str] = set()
        self.noted: dict[str, Request] = {}

    def ask(self, request: Request) -> Reply:
        key = key_of(self, request)
        if key in self.ready:
            return self.ready[key]
        if key not in self.unanswered:
            self.noted[key] = request
        raise Later


def key_of(asker: Any, request: Request) -> str:
    return sha256(json.dumps(fields_of(asker.endpoint, request), sort_keys=True))[:32]


def answer_batch(client: Client, gatherer: Gatherer, folder: Path, say: Callable[[str], None]) -> int:
    """Send what is noted as one batch, wait for it, and put its answers into ``gatherer.ready``; how many came.

    A batch that was sent before a kill is known by its questions and waited for, not sent again. What a batch leaves unanswered
    is not noted again. Unavailable when the server has no batches, or ends one without any answer.
    """
    noted, gatherer.noted = gatherer.noted, {}
    key = sha256("\n".join(sorted(noted)))[:24]
    state = folder / f"{key}.json"
    with _said(client):
        if not state.exists():
            write_once(state, json.dumps({"batch": _send(client, noted, key)}) + "\n")
        batch = _wait(client, json.loads(state.read_text(encoding="utf-8"))["batch"], say)
        lines = _lines(client, batch)
    if not lines:
        where = f"The batch {batch.id} at {client.endpoint.host}"
        raise Unavailable(f"{where} ended as {batch.status} without an answer; see there why, or judge without --batch.")
    for id, body in lines.items():
        gatherer.ready[id] = _take(client, noted[id], id, body)
    gatherer.unanswered |= set(noted) - set(lines)
    return len(lines)


@contextmanager
def _said(client: Client) -> Iterator[None]:
    """The SDK's failures as a sentence; its own retries are enough here."""
    import openai

    try:
        yield
    except openai.OpenAIError as error:
        why = without_key(str(error), client.key)
        raise Unavailable(
            f"The batch at {client.endpoint.host} could not be sent or fetched ({why}). If the server has no batches, judge "
            "without --batch; else run the same command again: a batch that was sent is found."
        ) from None


def _send(client: Client, noted: dict[str, Request], key: str) -> str:
    """The id of the new batch, or of the one with these questions that was made and not written down before a kill."""
    sdk = client.sdk.with_options(max_retries=client.endpoint.retries)
    for known in sdk.batches.list(limit=50):
        if (known.metadata or {}).get("scribeloop") == key:
            return known.id
    most = _sum(client, noted)
    client.budget.set_aside(most)
    for id, request in noted.items():
        one = client.most(request)
        facts = {"purpose": request.purpose, "model": client.endpoint.model, "host": client.endpoint.host}
        client.ledger.add("sent", id, attempt=1, tokens_at_most=one.tokens, usd_at_most=one.usd, batch=key, **facts)
    lines = [json.dumps(_line(client, id, request), ensure_ascii=False) for id, request in noted.items()]
    file = sdk.files.create(file=(f"{key}.jsonl", "\n".join(lines).encode()), purpose="batch")
    made = sdk.batches.create(
        input_file_id=file.id, endpoint=URL, completion_window=WINDOW, metadata={"scribeloop": key}
    )
    # Set aside no longer: what it really costs is counted with each answer.
    client.budget.settle(most, Cost(0, 0.0))
    return made.id


def _line(client: Client, id: str, request: Request) -> dict[str, Any]:
    body = fields_of(client.endpoint, request) | client.endpoint.extra
    return {"custom_id": id, "method": "POST", "url": URL, "body": body}


def _wait(client: Client, id: str, say: Callable[[str], None]) -> Any:
    while True:
        batch = client.sdk.with_options(max_retries=client.endpoint.retries).batches.retrieve(id)
        if batch.status in ENDED:
            return batch
        counts = batch.request_counts
        done = f"{counts.completed} of {counts.total} answered" if counts else batch.status
        say(f"Batch {id}: {done}; it may take until tomorrow, and this command can be stopped and run again meanwhile")
        time.sleep(EVERY)


def _lines(client: Client, batch: Any) -> dict[str, dict[str, Any]]:
    """The whole answers of a batch by the ids of their questions."""
    if not batch.output_file_id:
        return {}
    text = client.sdk.with_options(max_retries=client.endpoint.retries).files.content(batch.output_file_id).text
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    return {
        line["custom_id"]: line["response"]["body"]
        for line in lines
        if line.get("response") and line["response"]["status_code"] == 200 and line["response"]["body"].get("choices")
    }


def _take(client: Client, request: Request, id: str, body: dict[str, Any]) -> Reply:
    choice, usage = body["choices"][0], body.get("usage")
    text, finish = choice["message"]["content"] or "", choice.get("finish_reason")
    counts = (usage["prompt_tokens"], usage["completion_tokens"]) if usage else None
    reply = reply_of(request, text, finish, counts, body.get("model") or client.endpoint.model, 0.0)
    usd = client.endpoint.usd(reply.prompt_tokens, reply.tokens)
    usd = usd and usd * client.endpoint.batch_share
    client.budget.settle(Cost(0, 0.0), Cost(reply.prompt_tokens + reply.tokens, usd or 0.0))
    client.ledger.add(
        "answered", id, attempt=1, prompt_tokens=reply.prompt_tokens, tokens=reply.tokens, usd=usd,
        finish_reason=reply.finish_reason, seconds=None, counted=reply.counted,
    )  # fmt: skip
    return reply


def _sum(client: Client, noted: dict[str, Request]) -> Cost:
    costs = [client.most(request) for request in noted.values()]
    return Cost(sum(one.tokens for one in costs), sum(one.usd for one in costs) * client.endpoint.batch_share)
