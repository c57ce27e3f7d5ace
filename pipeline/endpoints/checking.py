"""Whether a server answers, and in which way it can be asked for JSON: two small questions, booked like all others."""

from dataclasses import dataclass

from pipeline.workspace import Workspace

from .budget import Budget
from .client import Client, Request
from .config import Endpoint
from .ledger import Ledger
from .shapes import an_object, whole
from .structured import NoUsableAnswer, ask_object


@dataclass(frozen=True)
class Checked:
    """``structured`` is how JSON was got: json_schema, json_object, text, or None when it could not be got at all."""

    model: str
    text: str
    seconds: float
    prompt_tokens: int
    tokens: int
    structured: str | None


def check_endpoint(workspace: Workspace, endpoint: Endpoint) -> Checked:
    ledger = Ledger(workspace.home / "checks" / "ledger.jsonl")
    client = Client(endpoint, ledger, Budget(endpoint, ledger.spent()))
    try:
        reply = client.ask(Request(({"role": "user", "content": "Say hello in one word."},), "check/word", 64))
        question = ({"role": "user", "content": "How many days has a week? Answer in the field days."},)
        shape = an_object(days=whole(1, 31))
        try:
            ask_object(client, Request(question, "check/object", 64, shape=shape))
            mode = client.structured_mode
        except NoUsableAnswer:
            mode = None
    finally:
        client.close()
    return Checked(reply.model, reply.text.strip()[:80], reply.seconds, reply.prompt_tokens, reply.tokens, mode)
