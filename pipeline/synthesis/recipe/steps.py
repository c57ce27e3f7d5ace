"""The steps of one encounter, each paid for once: its answer is a file, named by the hash of its question, before it counts.

Who asks the same question again, after a kill or in the next run, gets the file. So a run goes on at the exact step where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import now
from pipeline.endpoints import AnswerFiles, Client, NoUsableAnswer, Prompt, Reply, Request, ask_object, load_prompt
from pipeline.endpoints.structured import ask_text

PROMPTS = Path(__file__).parents[1] / "prompts"
NAMES = ("transcript", "critique-transcript", "revise-transcript", "note", "critique-note", "revise-note")


def prompts() -> dict[str, Prompt]:
    return {name: load_prompt(PROMPTS, name) for name in NAMES}


@dataclass
class Steps:
    """One encounter's way through the recipe. ``count`` numbers its steps, so that the files lie in the order of the work."""

    client: Client
    answers: AnswerFiles
    case: str
    seed: int
    prompts: dict[str, Prompt]
    count: int = 0

    def text(
        self, name: str, values: dict[str, str], max_tokens: int, clean: Callable[[str], str], check: Callable[[str], str | None]
    ) -> str:
        """A text, asked for with some freedom of choice, since no two visits are to be alike."""
        request = self._request(name, values, max_tokens, 0.9, None)
        return self._step(name, request, lambda: ask_text(self.client, request, clean, check))

    def thing(self, name: str, values: dict[str, str], max_tokens: int, shape: dict[str, Any]) -> dict[str, Any]:
        """An object of this shape."""
        request = self._request(name, values, max_tokens, 0.2, shape)
        return self._step(name, request, lambda: ask_object(self.client, request))

    def _request(self, name: str, values: dict, max_tokens: int, temperature: float, shape: dict | None) -> Request:
        self.count += 1
        messages = tuple(self.prompts[name].messages(values))
        # Servers take seeds of 31 bits.
        seed = (self.seed + self.count) % 2**31
        return Request(messages, f"{self.case}/{self.count:02d}-{name}", max_tokens, temperature, seed, shape)

    def _step(self, name: str, request: Request, ask: Callable[[], tuple[Any, list[Reply]]]) -> Any:
        endpoint = self.client.endpoint
        question = {
            "model": endpoint.model, "host": endpoint.host, "messages": request.messages, "max_tokens": request.max_tokens,
            "temperature": request.temperature, "seed": request.seed, "shape": request.shape, "extra": endpoint.extra,
        }  # fmt: skip
        found = self.answers.find(request.purpose, question)
        if found is None:
            found = self.answers.keep(request.purpose, question, self._ask(name, ask))
        if found["failed"]:
            raise NoUsableAnswer(found["failed"])
        return found["value"]

    def _ask(self, name: str, ask: Callable[[], tuple[Any, list[Reply]]]) -> dict[str, Any]:
        """The answer with its provenance. One that could not be used is kept too: it was paid for, and will not get better."""
        try:
            value, replies = ask()
            failed = None
        except NoUsableAnswer as error:
            value, replies, failed = None, error.replies, str(error)
        prompt = self.prompts[name]
        return {
            "value": value, "failed": failed, "prompt": name, "prompt_hash": prompt.hash, "at": now(),
            "model": replies[-1].model, "host": self.client.endpoint.host,
            "tries": [
                {
                    "text": reply.text, "prompt_tokens": reply.prompt_tokens, "tokens": reply.tokens,
                    "finish_reason": reply.finish_reason, "seconds": round(reply.seconds, 3), "model": reply.model,
                }
                for reply in replies
            ],
        }  # fmt: skip
