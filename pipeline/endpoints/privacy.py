"""What may leave this machine, and to whom: real transcripts by name only, and nothing in a request but what it needs."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from annotations import Encounter, Refused, Unavailable

from .config import FILE, Endpoint

# The SDK would add headers from the environment (organisation, project, custom ones) and facts about this machine.
HEADERS = frozenset(
    ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "authorization", "x-client-request-id")
)
NO_KEY = "none"


def check_real(encounters: Iterable[Encounter], endpoint: Endpoint) -> None:
    """Raise Refused when a transcript that is not known to be invented would go to another machine without leave by name."""
    real = [encounter for encounter in encounters if encounter.real]
    if real and not endpoint.loopback and endpoint.host not in endpoint.real_hosts:
        raise Refused(
            f"Encounter {real[0].id!r} counts as real, and endpoint {endpoint.name!r} is another machine ({endpoint.host}); "
            f'nothing was sent. Use a server on this machine, or allow it by name in {FILE}: real_hosts = ["{endpoint.host}"]'
        )


def read_key(endpoint: Endpoint) -> str:
    """The key from the environment; a server that needs none is given a word that is none."""
    if endpoint.key_env is None:
        return NO_KEY
    key = os.environ.get(endpoint.key_env, "").strip()
    if not key:
        raise Unavailable(
            f"Endpoint {endpoint.name!r} needs its key in the environment variable {endpoint.key_env}, which is empty; set it, "
            f"for example with: export {endpoint.key_env}=..."
        )
    return key


def only_there(endpoint: Endpoint) -> Callable[[Any], None]:
    """A hook for the HTTP client that lets a request go to the named host alone, and strips every header it does not need."""

    def guard(request: Any) -> None:
        if request.url.host != endpoint.host:
            raise Refused(f"A request of endpoint {endpoint.name!r} was about to go to {request.url.host}; it was not sent.")
        for name in list(request.headers):
            if name.lower() not in HEADERS:
                del request.headers[name]

    return guard


def without_key(text: str, key: str) -> str:
    """A server's message as it may be shown: short, and without the key if the server said it back."""
    shown = text if key == NO_KEY else text.replace(key, "***")
    return " ".join(shown.split())[:300]
