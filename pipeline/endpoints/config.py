"""Which servers may be asked: ``endpoints.toml`` in the workspace, one table per server, the key never in it."""

import dataclasses
import ipaddress
import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from annotations import BadInput, Conflict, NotFound

FILE = "endpoints.toml"
# "schema_object" is json_object with the schema beside it, as llama-cpp-python's server wants it.
STRUCTURED = ("auto", "json_schema", "schema_object", "json_object", "text")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


@dataclass(frozen=True)
class Endpoint:
    """One server and the model to ask there.

    ``key_env`` names the environment variable that holds the key, None for a server without one. ``concurrency`` is how many
    requests may be under way at once; ``timeout`` is in seconds without a sign of life; prices are US dollars per million tokens,
    None when nobody has said, and ``batch_share`` is the part of them that a batch costs. ``real_hosts`` names hosts that may
    read real transcripts. ``structured`` is how JSON is asked for: "auto" tries what the server takes; one that takes a schema
    and does not follow it wants "text". ``limit_field`` is what this server calls the longest answer; ``omit`` names request
    fields that it does not accept; ``extra`` is sent with every request. ``longest_text`` (characters) and ``longest_list``
    (entries) go into the schema, for small models whose texts and lists would never end; hosted servers may refuse a schema
    that holds them.
    """

    name: str
    base_url: str
    model: str
    key_env: str | None = None
    concurrency: int = 4
    retries: int = 6
    timeout: float = 120.0
    stream: bool = True
    structured: str = "auto"
    longest_text: int | None = None
    longest_list: int | None = None
    price_in: float | None = None
    price_out: float | None = None
    batch_share: float = 1.0
    real_hosts: tuple[str, ...] = ()
    limit_field: str = "max_tokens"
    omit: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise BadInput(f"The base_url of endpoint {self.name!r} is {self.base_url!r}; expected one like http://127.0.0.1:8000/v1.")
        if self.key_env is not None and not _VARIABLE.fullmatch(self.key_env):
            raise BadInput(
                f"The key_env of endpoint {self.name!r} is not the name of an environment variable; expected a name in capitals "
                "such as OPENAI_API_KEY. Never write the key itself into a file."
            )
        if self.structured not in STRUCTURED:
            known = ", ".join(STRUCTURED)
            raise BadInput(f"structured of endpoint {self.name!r} is {self.structured!r}; expected one of {known}.")
        if not all(limit is None or limit > 0 for limit in (self.longest_text, self.longest_list)):
            raise BadInput(f"Endpoint {self.name!r}: expected longest_text and longest_list above 0, or neither.")
        if not (1 <= self.concurrency <= 256 and self.timeout > 0 and 0 <= self.retries <= 50):
            raise BadInput(f"Endpoint {self.name!r}: expected a concurrency of 1 to 256, 0 to 50 retries, and a timeout above 0.")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def loopback(self) -> bool:
        """True when the host is this very machine by its address or by the name localhost; no name is looked up."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def at_once(self, concurrency: int | None) -> "Endpoint":
        """The same with another number of requests at once, None for its own."""
        return dataclasses.replace(self, concurrency=concurrency) if concurrency else self

    def usd(self, prompt_tokens: int, tokens: int) -> float | None:
        """What these tokens cost in US dollars; None without prices."""
        if self.price_in is None or self.price_out is None:
            return None
        return (prompt_tokens * self.price_in + tokens * self.price_out) / 1e6


def list_endpoints(home: Path) -> list[Endpoint]:
    """Every endpoint of the workspace, in the order of its file."""
    path = home / FILE
    if not path.exists():
        return []
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("endpoints", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not readable TOML ({error}); expected one [endpoints.NAME] for each server.") from error
    return [_endpoint(name, table) for name, table in tables.items()]


def find_endpoint(home: Path, name: str) -> Endpoint:
    """The endpoint of this name; NotFound names those that there are."""
    found = {endpoint.name: endpoint for endpoint in list_endpoints(home)}
    if name not in found:
        known = f"known ones are {', '.join(found)}" if found else "none is named yet"
        raise NotFound(
            f"There is no endpoint {name!r}; {known}. Name one with: scribeloop endpoint add {name} --base-url URL --model MODEL"
        )
    return found[name]


def add_endpoint(home: Path, endpoint: Endpoint) -> Path:
    """Append the endpoint to the workspace's file; Conflict when its name is taken."""
    if not _NAME.fullmatch(endpoint.name):
        raise BadInput(f"The endpoint name {endpoint.name!r} cannot be used: take letters, digits, dots, dashes or underscores.")
    if any(known.name == endpoint.name for known in list_endpoints(home)):
        raise Conflict(f"There is already an endpoint {endpoint.name!r}; change it in {home / FILE}, or choose another name.")
    plain = {field.name: field.default for field in dataclasses.fields(Endpoint)}
    given = {
        name: value for name, value in dataclasses.asdict(endpoint).items()
        if name != "name" and value not in (plain[name], None, {}, ())
    }  # fmt: skip
    # A JSON value is a TOML value for text, numbers, truth values and lists of text; ``extra`` is written by hand.
    lines = [f'[endpoints."{endpoint.name}"]', *(f"{name} = {json.dumps(value)}" for name, value in given.items()), "", ""]
    path = home / FILE
    home.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("\n".join(lines))
    return path


def _endpoint(name: str, table: Any) -> Endpoint:
    fields = {field.name for field in dataclasses.fields(Endpoint)} - {"name"}
    if not isinstance(table, dict) or not {"base_url", "model"} <= set(table) or set(table) - fields:
        unknown = ", ".join(sorted(set(table) - fields)) if isinstance(table, dict) else ""
        raise BadInput(
            f"Endpoint {name!r} in {FILE} {f'has the unknown fields {unknown}' if unknown else 'lacks base_url or model'}; "
            f"expected base_url, model, and if need be {', '.join(sorted(fields - {'base_url', 'model'}))}."
        )
    lists = {key: tuple(table[key]) for key in ("real_hosts", "omit") if key in table}
    try:
        return Endpoint(name=name, **(table | lists))
    except TypeError as error:
        raise BadInput(f"Endpoint {name!r} in {FILE} has a value of the wrong kind ({error}); mend it there.") from error
