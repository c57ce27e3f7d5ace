"""The steps of one encounter, each paid for once: its answer is a file, named by the hash of its question, before it counts.

Who asks the same question again, after a kill or in the next run, gets the file. So a run goes on at the exact step where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.endpoints import AnswerFiles, Client, NoUsableAnswer, Prompt, Request, ask_object, ask_text, load_prompt, paid_once
from pipeline.endpoints.paid import Ask

PROMPTS = Path(__file__).parents[1] / "prompts"
NAMES = ("transcript", "critique-transcript", "revise-transcript", "note", "critique-note", "revise-note")


def prompts() -> dict[str, Prompt]:
    return {name: load_prompt(PROMPTS, name) for name in NAMES}


@dataclass
class Steps:
    """One encounter's way through the recipe. ``count`` numbers its steps, so that the files lie in the order of the work;
    ``paid`` counts those that were not there already."""

    client: Client
    answers: AnswerFiles
    case: str
    seed: int
    prompts: dict[str, Prompt]
    count: int = 0
    paid: int = 0

    def text(
        self, name: str, values: dict[str, str], max_tokens: int, clean: Callable[[str], str], check: Callable[[str], str | None]
    ) -> str:
        """A text, asked for with some freedom of choice, since no two visits are to be alike."""
        request = self._request(name, values, max_tokens, 0.9, None)
        return self._step(name, request, lambda: ask_text(self.client, request, clean, check))

    def thing(
        self, name: str, values: dict[str, str], max_tokens: int, shape: dict[str, Any],
        check: Callable[[dict[str, Any]], str | None] = lambda _: None,
    ) -> dict[str, Any]:  # fmt: skip
        """An object of this shape; ``check`` says what else is wrong with one."""
        request = self._request(name, values, max_tokens, 0.2, shape)
        return self._step(name, request, lambda: ask_object(self.client, request, check))

    def instructions(self, name: str, values: dict[str, str]) -> str:
        """What a step's question says besides these values."""
        return " ".join(message["content"] for message in self.prompts[name].messages(dict.fromkeys(values, "")))

    def _request(self, name: str, values: dict, max_tokens: int, temperature: float, shape: dict | None) -> Request:
        self.count += 1
        messages = tuple(self.prompts[name].messages(values))
        # Servers take seeds of 31 bits.
        seed = (self.seed + self.count) % 2**31
        return Request(messages, f"{self.case}/{self.count:02d}-{name}", max_tokens, temperature, seed, shape)

    def _step(self, name: str, request: Request, ask: Ask) -> Any:
        found, now = paid_once(self.client, self.answers, request, self.prompts[name], ask)
        self.paid += now
        if found["failed"]:
            raise NoUsableAnswer(found["failed"], [])
        return found["value"]
