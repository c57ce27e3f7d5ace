"""One question that is paid for once: its answer is a file, with all that it took, before anybody uses it."""

from collections.abc import Callable
from typing import Any

from annotations import now

from .answers import AnswerFiles
from .client import Client, Reply, Request
from .prompt_files import Prompt
from .structured import NoUsableAnswer

Ask = Callable[[], tuple[Any, list[Reply]]]


def paid_once(client: Client, answers: AnswerFiles, request: Request, prompt: Prompt, ask: Ask) -> tuple[dict[str, Any], bool]:
    """The kept answer to this very question (model, host, messages, parameters, shape), else the one that ``ask`` gets, which is
    then kept; and whether it was asked now. ``failed`` in it is a sentence when no usable answer came: that was paid for too."""
    endpoint = client.endpoint
    question = {
        "model": endpoint.model, "host": endpoint.host, "messages": request.messages, "max_tokens": request.max_tokens,
        "temperature": request.temperature, "seed": request.seed, "shape": request.shape, "extra": endpoint.extra,
    }  # fmt: skip
    found = answers.find(request.purpose, question)
    if found is not None:
        return found, False
    try:
        value, replies = ask()
        failed = None
    except NoUsableAnswer as error:
        value, replies, failed = None, error.replies, str(error)
    answer = {
        "value": value, "failed": failed, "prompt": prompt.name, "prompt_hash": prompt.hash, "at": now(),
        "model": replies[-1].model, "host": endpoint.host, "tries": [_told(reply) for reply in replies],
    }  # fmt: skip
    return answers.keep(request.purpose, question, answer), True


def _told(reply: Reply) -> dict[str, Any]:
    return {
        "text": reply.text, "prompt_tokens": reply.prompt_tokens, "tokens": reply.tokens, "finish_reason": reply.finish_reason,
        "seconds": round(reply.seconds, 3), "model": reply.model,
    }  # fmt: skip
