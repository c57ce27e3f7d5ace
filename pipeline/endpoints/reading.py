"""One attempt through the SDK: the request as this server wants it, and its answer, streamed or whole."""

import time
from typing import TYPE_CHECKING, Any

from .config import Endpoint
from .shapes import limited

if TYPE_CHECKING:
    from .client import Reply, Request


def read_answer(client: Any, endpoint: Endpoint, request: "Request", id: str, start: float) -> "Reply":
    """Ask once. Raises the SDK's errors, ValueError for an answer that is none."""
    fields = fields_of(endpoint, request)
    fields |= {"extra_body": endpoint.extra} if endpoint.extra else {}
    headers = {"X-Client-Request-Id": id}
    if endpoint.stream:
        fields |= {"stream": True, "stream_options": {"include_usage": True}}
        fields = {name: value for name, value in fields.items() if name not in endpoint.omit}
        with client.chat.completions.create(**fields, extra_headers=headers) as stream:
            text, finish, counts, model = _read_stream(stream)
    else:
        answer = client.chat.completions.create(**fields, extra_headers=headers)
        if not getattr(answer, "choices", None):
            raise ValueError("the server's answer holds no choice")
        choice = answer.choices[0]
        text, finish, model = choice.message.content or "", choice.finish_reason, answer.model
        counts = _counts(answer.usage)
    return reply_of(request, text, finish, counts, model or endpoint.model, time.monotonic() - start)


def fields_of(endpoint: Endpoint, request: "Request") -> dict[str, Any]:
    """The body of the request as this server takes it, without the fields of its own."""
    fields: dict[str, Any] = {
        "model": endpoint.model, "messages": list(request.messages), endpoint.limit_field: request.max_tokens,
        "temperature": request.temperature,
    }  # fmt: skip
    if request.seed is not None:
        fields["seed"] = request.seed
    shape = request.shape and limited(request.shape, endpoint.longest_text, endpoint.longest_list)
    if request.mode == "json_schema":
        schema = {"name": "answer", "strict": True, "schema": shape}
        fields["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif request.mode == "schema_object":
        fields["response_format"] = {"type": "json_object", "schema": shape}
    elif request.mode == "json_object":
        fields["response_format"] = {"type": "json_object"}
    return {name: value for name, value in fields.items() if name not in endpoint.omit}


def _counts(usage: Any) -> tuple[int, int] | None:
    known = usage is not None and usage.prompt_tokens is not None and usage.completion_tokens is not None
    return (usage.prompt_tokens, usage.completion_tokens) if known else None


def _read_stream(stream: Any) -> tuple[str, str | None, tuple[int, int] | None, str | None]:
    pieces, finish, counts, model = [], None, None, None
    for chunk in stream:
        model = chunk.model or model
        counts = _counts(getattr(chunk, "usage", None)) or counts
        for choice in chunk.choices or []:
            pieces.append(choice.delta.content or "")
            finish = choice.finish_reason or finish
    if finish is None:
        # A server that died between two pieces ends the stream like one that has finished, but for this word.
        raise ValueError("the stream ended before the answer did")
    return "".join(pieces), finish, counts, model


def reply_of(
    request: "Request", text: str, finish: str | None, counts: tuple[int, int] | None, model: str, seconds: float
) -> "Reply":
    """``counts`` are the tokens read and written by the server's count, None where it does not count."""
    from .client import Reply

    prompt, tokens = counts or (sum(len(message["content"]) for message in request.messages) // 4, max(1, len(text) // 4))
    return Reply(text, prompt, tokens, finish or "stop", seconds, counts is not None, model)
