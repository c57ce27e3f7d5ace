"""A server that serves the model, asked over the chat protocol: vLLM, llama.cpp, Ollama, a hosted one."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from annotations import BadInput, Model, ScribeloopError

from ..endpoints import Budget, Client, Endpoint, Ledger, Reply, Spent
from ..endpoints import Request as Question
from ..prompts import messages
from ..workspace import Workspace
from .protocol import Draft, Piece, Request, Unfit

# The rule against repeated runs is ours; a server decodes by its own.
WAY = {"decoding": "the server's own, temperature 0"}


class EndpointEngine:
    """Writes as ``model``, which is what ``endpoint`` serves by the user's word. Whoever calls sees to it that no real transcript
    goes where it may not. Every attempt is booked in ``notes/ledger.jsonl``."""

    def __init__(self, workspace: Workspace, model: Model, endpoint: Endpoint) -> None:
        self.name, self.at_once = endpoint.name, endpoint.concurrency
        self.model, self.endpoint = model, endpoint
        self.client = Client(endpoint, Ledger(workspace.home / "notes" / "ledger.jsonl"), Budget(endpoint, Spent()))

    def write(self, requests: Sequence[Request]) -> Iterator[Piece | Draft | Unfit]:
        """All at once, as far as the endpoint's ``concurrency`` allows. When the server answers no more, what it has answered
        comes first and the error last."""
        failure: ScribeloopError | None = None
        with ThreadPoolExecutor(max(1, len(requests))) as pool:
            asked = {pool.submit(self._ask, request): index for index, request in enumerate(requests)}
            try:
                for done in as_completed(asked):
                    index = asked[done]
                    try:
                        yield self._draft(index, requests[index], *done.result())
                    except BadInput as error:
                        yield Unfit(index, str(error))
                    except ScribeloopError as error:
                        failure = error
            except BaseException:
                # The reader has gone: nothing more is sent.
                self.client.stop()
                raise
        if failure:
            raise failure

    def close(self) -> None:
        self.client.close()

    def _ask(self, request: Request) -> tuple[Reply, float]:
        began = time.perf_counter()
        purpose = f"note by {self.model.id}"
        reply = self.client.ask(Question(tuple(messages(request.transcript)), purpose, request.max_new_tokens))
        return reply, time.perf_counter() - began

    def _draft(self, index: int, request: Request, reply: Reply, seconds: float) -> Draft:
        if reply.finish_reason not in ("stop", "length") or not reply.text.strip():
            raise BadInput(f"Endpoint {self.name!r} wrote no note (it ended with {reply.finish_reason!r}); try another engine.")
        made = {"served": reply.model, "host": self.endpoint.host, "counted": reply.counted}
        return Draft(
            index=index, text=reply.text, token_ids=(), tokens=reply.tokens, prompt_tokens=reply.prompt_tokens,
            finish_reason=reply.finish_reason, seconds=seconds, first_token_seconds=0.0,
            parameters=WAY | made | {"max_new_tokens": request.max_new_tokens, "long": request.long},
        )  # fmt: skip
