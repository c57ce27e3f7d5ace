"""One conversation partner: sends requests within a budget, waits when told to, and books every attempt before it leaves."""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from annotations import BadInput, NotFound, Refused, ScribeloopError, Unavailable, new_id

from .budget import Budget, Cost
from .config import Endpoint
from .ledger import Ledger
from .privacy import only_there, read_key, without_key
from .reading import read_answer

# Seconds: the first wait after a failure, doubled each time, the longest of these, and the longest that a server may ask for.
FIRST_WAIT, LONGEST_WAIT, LONGEST_ASKED = 0.5, 30.0, 900.0
AGAIN = frozenset((408, 409, 425, 429))


@dataclass(frozen=True)
class Request:
    """A chat to be answered. ``purpose`` goes into the ledger, so it names ids and never says what a transcript says. ``shape``
    asks for JSON of that shape in the way that ``mode`` names (see ``structured``)."""

    messages: tuple[dict[str, str], ...]
    purpose: str
    max_tokens: int
    temperature: float = 0.0
    seed: int | None = None
    shape: dict[str, Any] | None = field(default=None, hash=False)
    mode: str = "text"


@dataclass(frozen=True)
class Reply:
    """``counted`` is False when the server did not say how many tokens it served and they are reckoned from the text."""

    text: str
    prompt_tokens: int
    tokens: int
    finish_reason: str
    seconds: float
    counted: bool
    model: str


class RequestRefused(BadInput):
    """The server does not take this request as it is (status 400, 404 or 422); ``structured`` then asks in a plainer way."""


class Client:
    """Any number of threads may ask; at most ``endpoint.concurrency`` requests are under way."""

    def __init__(self, endpoint: Endpoint, ledger: Ledger, budget: Budget, say: Callable[[str], None] = lambda _: None) -> None:
        import openai

        self.endpoint, self.ledger, self.budget, self.say = endpoint, ledger, budget, say
        self.key = read_key(endpoint)
        # A redirect would take the transcript to a host that the config does not name.
        http = openai.DefaultHttpxClient(
            follow_redirects=False, trust_env=not endpoint.loopback, event_hooks={"request": [only_there(endpoint)]}
        )
        timeout = openai.Timeout(endpoint.timeout, connect=min(10.0, endpoint.timeout))
        # Retries are ours: each attempt has its line in the ledger, and one "too many requests" makes every thread wait.
        self.sdk = openai.OpenAI(
            api_key=self.key, base_url=endpoint.base_url, timeout=timeout, max_retries=0, http_client=http
        )
        self._places = threading.Semaphore(endpoint.concurrency)
        self._pause = 0.0
        self._stopped = threading.Event()
        # The first of the ways to ask for JSON that this server took; see ``structured``.
        self.structured_mode: str | None = None

    def stop(self) -> None:
        """Send nothing more; what is under way ends by itself."""
        self._stopped.set()

    def close(self) -> None:
        self.sdk.close()

    def ask(self, request: Request) -> Reply:
        """The answer, after as many attempts as the endpoint allows. BudgetSpent when it does not fit into the budget any more,
        Unavailable when the server does not answer, Refused when it does not let us in."""
        id = new_id("ask")
        with self._places:
            for attempt in range(1, self.endpoint.retries + 2):
                self._wait()
                found = self._attempt(id, attempt, request)
                if isinstance(found, Reply):
                    return found
                last = attempt == self.endpoint.retries + 1
                if not last:
                    self._back_off(attempt, found)
        raise Unavailable(
            f"Endpoint {self.endpoint.name!r} ({self.endpoint.host}) did not answer in {attempt} attempts; the last failure: "
            f"{found.why}. See that it runs, then run the same command again: it goes on where it was."
        )

    def _attempt(self, id: str, attempt: int, request: Request) -> "Reply | _Failure":
        most = self.most(request)
        self.budget.set_aside(most)
        facts = {"purpose": request.purpose, "model": self.endpoint.model, "host": self.endpoint.host}
        self.ledger.add("sent", id, attempt=attempt, tokens_at_most=most.tokens, usd_at_most=most.usd, **facts)
        start = time.monotonic()
        try:
            reply = read_answer(self.sdk, self.endpoint, request, f"{id}.{attempt}", start)
        except Exception as error:
            failure = _Failure.of(error, self.key)
            # A server that refused or was not reached has served nothing; one that fell silent may have.
            self.budget.settle(most, most if failure.status is None else Cost(0, 0.0))
            self.ledger.add("failed", id, attempt=attempt, status=failure.status, why=failure.why)
            if not failure.again:
                raise self._final(failure) from None
            return failure
        usd = self.endpoint.usd(reply.prompt_tokens, reply.tokens)
        self.budget.settle(most, Cost(reply.prompt_tokens + reply.tokens, usd or 0.0))
        self.ledger.add(
            "answered", id, attempt=attempt, prompt_tokens=reply.prompt_tokens, tokens=reply.tokens, usd=usd,
            finish_reason=reply.finish_reason, seconds=round(reply.seconds, 3), counted=reply.counted,
        )  # fmt: skip
        return reply

    def most(self, request: Request) -> Cost:
        """The most that a request can cost: a token of plain English has three bytes at least, a message has a frame."""
        texts = [message["content"] for message in request.messages]
        shape = len(json.dumps(request.shape)) if request.shape and request.mode == "json_schema" else 0
        prompt = (sum(len(text.encode()) for text in texts) + shape) // 3 + 16 * len(texts)
        return Cost(prompt + request.max_tokens, self.endpoint.usd(prompt, request.max_tokens) or 0.0)

    def _wait(self) -> None:
        while (left := self._pause - time.monotonic()) > 0 and not self._stopped.wait(min(left, 0.5)):
            pass
        if self._stopped.is_set():
            raise Refused("The work was stopped; run the same command again to go on.")

    def _back_off(self, attempt: int, failure: "_Failure") -> None:
        wait = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT) * random.uniform(0.75, 1)
        if failure.wait is not None:
            wait = min(failure.wait, LONGEST_ASKED)
        until = time.monotonic() + wait
        if failure.status == 429:
            # The limit is the account's, not the request's: nobody asks before it is over.
            self._pause = max(self._pause, until)
            if wait >= 5:
                self.say(f"{self.endpoint.host} asks for {wait:.0f} s of patience")
        else:
            self._stopped.wait(wait)

    def _final(self, failure: "_Failure") -> ScribeloopError:
        name, host = self.endpoint.name, self.endpoint.host
        if failure.status in (401, 403):
            where = f"the key in {self.endpoint.key_env}" if self.endpoint.key_env else "key_env, since it wants a key"
            return Refused(f"Endpoint {name!r} ({host}) does not let us in (status {failure.status}); check {where}.")
        if failure.status == 402 or failure.code == "insufficient_quota":
            return Refused(f"The account at {host} has no credit left ({failure.why}); add some, then run the command again.")
        if failure.status is not None and 300 <= failure.status < 400:
            return Refused(f"{host} sends us on to another address, which is not followed; name the final base_url of {name!r}.")
        if failure.status == 404 and failure.code == "model_not_found":
            return NotFound(f"{host} knows no model {self.endpoint.model!r} ({failure.why}); mend it in endpoint {name!r}.")
        return RequestRefused(f"{host} does not take the request (status {failure.status}): {failure.why}")


@dataclass(frozen=True)
class _Failure:
    """One attempt without an answer: ``status`` is the server's, 0 when it was not reached, None when the line broke; ``wait`` is
    what it asked for, in seconds."""

    why: str
    again: bool
    status: int | None = None
    wait: float | None = None
    code: str | None = None

    @classmethod
    def of(cls, error: Exception, key: str) -> "_Failure":
        import openai

        if isinstance(error, openai.APIStatusError):
            body = error.body.get("message") if isinstance(error.body, dict) else None
            why = without_key(str(body or error.message), key)
            again = (error.status_code in AGAIN or error.status_code >= 500) and error.code != "insufficient_quota"
            # llama-cpp-python's server says 500 to a form of answer that it does not know; asking again would not help.
            again = again and "response_format" not in why
            return cls(why, again, error.status_code, _asked_wait(error.response.headers), error.code)
        if isinstance(error, ScribeloopError):
            raise error
        # httpx in the SDK's second version, httpx2 in its third; their errors mid-stream come through as they are.
        of_transport = type(error).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2")
        if of_transport or isinstance(error, openai.APIError | ValueError | OSError):
            cause = error.__cause__ or error
            why = without_key(f"{type(cause).__name__}: {cause}", key)
            return cls(why, True, status=0 if type(cause).__name__ in ("ConnectError", "ConnectTimeout") else None)
        raise error


def _asked_wait(headers: Any) -> float | None:
    """``Retry-After`` in seconds, from a number of seconds, of milliseconds (``retry-after-ms``), or a date."""
    from email.utils import parsedate_to_datetime

    if (ms := headers.get("retry-after-ms", "")).replace(".", "", 1).isdigit():
        return float(ms) / 1000
    asked = headers.get("retry-after", "").strip()
    if asked.replace(".", "", 1).isdigit():
        return float(asked)
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time()) if asked else None
    except ValueError:
        return None
