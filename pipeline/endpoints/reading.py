"""One attempt through the SDK: the request as this server wants it, and its answer, streamed or whole."""

import time
from typing import TYPE_CHECKING, Any

from .config import Endpoint

if TYPE_CHECKING:
    from .client import Reply, Request


def read_answer(client: Any, endpoint: Endpoint, request: "Request", id: str, start: float) -> "Reply":
    """Ask once. Raises the SDK's errors, ValueError for an answer that is none."""
    fields = _fields(endpoint, request)
    headers = {"X-Client-Request-Id": id}
    if endpoint.stream:
        fields |= {"stream": True, "stream_options": {"include_usage": True}}
        fields = {name: value for name, value in fields.items() if name not in endpoint.omit}
        with client.chat.completions.create(**fields, extra_headers=headers) as stream:
            text, finish, usage, model = _read_stream(stream)
    else:
        answer = client.chat.completions.create(**fields, extra_headers=headers)
        if not getattr(answer, "choices", None):
            raise ValueError("the server's answer holds no choice")
        choice = answer.choices[0]
        text, finish, usage, model = choice.message.content or "", choice.finish_reason, answer.usage, answer.model
    return _reply(request, text, finish, usage, model or endpoint.model, time.monotonic() - start)


def _fields(endpoint: Endpoint, request: "Request") -> dict[str, Any]:
    fields: dict[str, Any] = {
        "model": endpoint.model, "messages": list(request.messages), endpoint.limit_field: request.max_tokens,
        "temperature": request.temperature,
    }  # fmt: skip
    if request.seed is not None:
        fields["seed"] = request.seed
    if request.mode == "json_schema":
        schema = {"name": "answer", "strict": True, "schema": request.shape}
        fields["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif request.mode == "json_object":
        fields["response_format"] = {"type": "json_object"}
    kept = {name: value for name, value in fields.items() if name not in endpoint.omit}
    return kept | ({"extra_body": endpoint.extra} if endpoint.extra else {})


def _read_stream(stream: Any) -> tuple[str, str | None, Any, str | None]:
    pieces, finish, usage, model = [], None, None, None
    for chunk in stream:
        model = chunk.model or model
        usage = getattr(chunk, "usage", None) or usage
        for choice in chunk.choices or []:
            pieces.append(choice.delta.content or "")
            finish = choice.finish_reason or finish
    if finish is None:
        # A server that died between two pieces ends the stream like one that has finished, but for this word.
        raise ValueError("the stream ended before the answer did")
    return "".join(pieces), finish, usage, model


def _reply(request: "Request", text: str, finish: str | None, usage: Any, model: str, seconds: float) -> "Reply":
    from .client import Reply

    counted = usage is not None and usage.prompt_tokens is not None and usage.completion_tokens is not None
    if counted:
        prompt, tokens = usage.prompt_tokens, usage.completion_tokens
    else:
        prompt = sum(len(message["content"]) for message in request.messages) // 4
        tokens = max(1, len(text) // 4)
    return Reply(text, prompt, tokens, finish or "stop", seconds, counted, model)
