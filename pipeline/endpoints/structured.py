"""Answers of a given shape: enforced by the server where it can, else asked for in words, always checked here.

A server that refuses ``json_schema`` is asked with ``json_object``, one that refuses that too in words alone; the client
remembers. An answer that does not fit is shown to the model with what is wrong, a few times.
"""

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

from annotations import BadInput

from .client import Client, Reply, Request, RequestRefused
from .shapes import complaint, sketch

MODES = ("json_schema", "json_object", "text")
TRIES = 3
IN_WORDS = "Answer with one JSON object and nothing else, of this form:\n"
AGAIN = "That cannot be used: {why}."
AGAIN_TEXT = "That cannot be used: {why}. Write the whole text again and nothing else."


class NoUsableAnswer(BadInput):
    """The model answered and answered again, and never in the form that was asked for; ``replies`` is what it said."""

    def __init__(self, sentence: str, replies: list[Reply]) -> None:
        super().__init__(sentence)
        self.replies = replies


def ask_object(
    client: Client, request: Request, check: Callable[[dict[str, Any]], str | None] = lambda _: None, tries: int = TRIES
) -> tuple[dict[str, Any], list[Reply]]:
    """The answer as an object of ``request.shape``, and every reply that it took. ``check`` says in a sentence what else is wrong
    with an object, such as a quote that is not in the text; it is then asked for again."""

    def read(text: str) -> tuple[dict[str, Any], str | None]:
        value, why = parse(text, request.shape)
        return value, why or check(value)

    # Some servers take a schema and do not follow it: the second time it is said in words.
    return _ask_until(client, request, read, f"{AGAIN} {IN_WORDS}{sketch(request.shape)}", tries)


def ask_text(
    client: Client, request: Request, clean: Callable[[str], str], check: Callable[[str], str | None], tries: int = TRIES
) -> tuple[str, list[Reply]]:
    """The answer as text, cleaned, and every reply that it took; ``check`` says what is wrong with a cleaned text."""

    def read(text: str) -> tuple[str, str | None]:
        cleaned = clean(text)
        return cleaned, check(cleaned)

    return _ask_until(client, request, read, AGAIN_TEXT, tries)


def _ask_until(
    client: Client, request: Request, read: Callable[[str], tuple[Any, str | None]], again: str, tries: int
) -> tuple[Any, list[Reply]]:
    replies: list[Reply] = []
    messages = request.messages
    for number in range(tries):
        seed = None if request.seed is None else request.seed + number
        reply = _ask(client, dataclasses.replace(request, messages=messages, seed=seed))
        replies.append(reply)
        value, why = read(reply.text)
        if why is None:
            return value, replies
        if reply.finish_reason == "length":
            why += "; the answer was cut off for its length, so be shorter"
        # Only the last wrong answer is shown again: a model that runs on would soon fill its context.
        told = ({"role": "assistant", "content": reply.text}, {"role": "user", "content": again.replace("{why}", why)})
        messages = (*request.messages, *told)
    model = client.endpoint.model
    raise NoUsableAnswer(f"{model} gave no usable answer to {request.purpose} in {tries} tries; the last time {why}.", replies)


def parse(text: str, shape: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The first JSON object in ``text``, whatever stands around it, and what is wrong with it."""
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    start = text.find("{")
    if start < 0:
        return {}, "there is no JSON object in it"
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError) as error:
        return {}, f"it is not JSON ({error})"
    return value, complaint(value, shape)


def _ask(client: Client, request: Request) -> Reply:
    if request.shape is None:
        return client.ask(request)
    known = client.structured_mode or client.endpoint.structured
    modes = MODES if known == "auto" else (known,)
    for mode in modes:
        try:
            reply = client.ask(dataclasses.replace(request, mode=mode, messages=_in_words(request, mode)))
        except RequestRefused:
            if mode == modes[-1]:
                raise
            continue
        client.structured_mode = mode
        return reply
    raise AssertionError("unreachable: the last mode returns or raises")


def _in_words(request: Request, mode: str) -> tuple[dict[str, str], ...]:
    """The shape in words at the end of the question, unless the server enforces it."""
    if mode == "json_schema":
        return request.messages
    first = next(at for at, message in enumerate(request.messages) if message["role"] == "user")
    asked = request.messages[first]["content"] + "\n\n" + IN_WORDS + sketch(request.shape)
    return (*request.messages[:first], {"role": "user", "content": asked}, *request.messages[first + 1 :])
