"""The client of stronger models, through the real SDK, against a server on the loopback that fails as real ones do."""

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from annotations import BadInput, Conflict, Encounter, NotFound, Refused, Unavailable
from pipeline.endpoints import (
    Budget,
    BudgetSpent,
    Client,
    Endpoint,
    Ledger,
    NoUsableAnswer,
    Request,
    add_endpoint,
    ask_object,
    check_real,
    find_endpoint,
    list_endpoints,
)  # fmt: skip
from pipeline.endpoints.shapes import a_list, an_object, choice, complaint, sketch, text, whole
from tests.pipeline.loopback_model import loopback_model

SHAPE = an_object(score=whole(1, 5), issues=a_list(an_object(kind=choice("a", "b"), words=text("why"))))
GOOD = {"score": 4, "issues": [{"kind": "a", "words": "fine"}]}
QUESTION = ({"role": "system", "content": "You judge."}, {"role": "user", "content": "How good is it?"})


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """What a failure is followed by, in seconds; how much longer each next wait is stays as it is."""
    monkeypatch.setattr("pipeline.endpoints.client.FIRST_WAIT", 0.02)


def client_of(served, tmp_path, budget=None, **more):
    values = {"retries": 4, "timeout": 0.5, "price_in": 2.0, "price_out": 10.0}
    endpoint = Endpoint("here", served.address, "model-x", **(values | more))
    ledger = Ledger(tmp_path / "ledger.jsonl")
    return Client(endpoint, ledger, Budget(endpoint, ledger.spent(), **(budget or {})))


def ask(client, words="How good is it?", **more):
    return client.ask(Request(({"role": "user", "content": words},), "case/step", max_tokens=50, **more))


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_and_what_it_cost_are_in_the_ledger(tmp_path, stream):
    with loopback_model(lambda body: "one two three") as served:
        reply = ask(client_of(served, tmp_path, stream=stream), seed=7)
    # "How good is it?" has 4 words, the answer 3; the server counts words.
    assert (reply.text, reply.prompt_tokens, reply.tokens, reply.finish_reason) == ("one two three", 4, 3, "stop")
    spent = Ledger(tmp_path / "ledger.jsonl").spent()
    # 4 tokens at 2 and 3 at 10 dollars per million.
    assert (spent.answered, spent.total_tokens, spent.unknown) == (1, 7, 0) and spent.usd == pytest.approx(38e-6)
    assert list(served.served.values()) == [(4, 3)]
    body = served.requests[0]
    assert (body["model"], body["max_tokens"], body["seed"], body.get("stream", False)) == ("model-x", 50, 7, stream)


@pytest.mark.parametrize("fault", ["rate", "error", "broken", "drop", "half", "silent", "hang"])
@pytest.mark.parametrize("stream", [True, False])
def test_a_failure_is_tried_again_and_booked(tmp_path, fault, stream):
    if not stream and fault in ("half", "silent"):
        # Only a stream can end early.
        fault = "drop"
    with loopback_model(lambda body: "word " * 40, faults=[fault]) as served:
        reply = ask(client_of(served, tmp_path, stream=stream))
    assert reply.text == "word " * 40 and len(served.requests) == 2
    spent = Ledger(tmp_path / "ledger.jsonl").spent()
    # What the server refused has cost nothing; what was served on a line that broke nobody knows.
    assert spent.answered == 1 and spent.unknown == (0 if fault in ("rate", "error") else 1)
    # At most: the 15 bytes of the question are 5 tokens, 16 for the frame, and 50 for the answer.
    assert spent.unknown_tokens == spent.unknown * (5 + 16 + 50)


def test_slow_pieces_are_waited_for_as_long_as_they_come(tmp_path):
    # 400 characters are 10 pieces, 0.05 s apart: longer together than the timeout of 0.3 s.
    with loopback_model(lambda body: "x" * 400, faults=["slow"]) as served:
        reply = ask(client_of(served, tmp_path, timeout=0.3))
    assert len(reply.text) == 400 and reply.seconds > 0.4 and len(served.requests) == 1


def test_retry_after_is_honoured_by_every_thread(tmp_path):
    with loopback_model(faults=["rate"], retry_after="0.6") as served:
        client = client_of(served, tmp_path)
        start = time.monotonic()
        ask(client)
        assert time.monotonic() - start >= 0.6
        served.faults.append("rate")
        start = time.monotonic()
        with ThreadPoolExecutor(3) as pool:
            first = pool.submit(ask, client)
            while len(served.requests) < 3:
                time.sleep(0.01)
            time.sleep(0.1)
            pool.submit(ask, client).result()
            assert time.monotonic() - start >= 0.6
            first.result()


def test_a_server_that_stays_away_is_one_sentence(tmp_path):
    with loopback_model(faults=["error"] * 9) as served:
        client = client_of(served, tmp_path, retries=1)
        with pytest.raises(Unavailable, match="did not answer in 2 attempts; the last failure: Something broke"):
            ask(client)
    with pytest.raises(Unavailable, match="did not answer"):
        ask(client_of(served, tmp_path, retries=0))
    # Neither what the server refused nor what never reached it can have cost anything.
    spent = Ledger(tmp_path / "ledger.jsonl").spent()
    assert (spent.answered, spent.unknown, spent.unknown_tokens) == (0, 0, 0)


def test_no_more_requests_at_once_than_allowed(tmp_path):
    with loopback_model(pause=0.05) as served:
        client = client_of(served, tmp_path, concurrency=3)
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda number: ask(client, str(number)), range(12)))
    assert served.most_at_once == 3 and len(served.served) == 12


@pytest.mark.parametrize("limits", [{"tokens": 400}, {"usd": 0.003}])
def test_a_budget_is_never_overrun_even_by_many_threads(tmp_path, limits):
    with loopback_model(lambda body: "word " * 45, pause=0.01) as served:
        client = client_of(served, tmp_path, limits, concurrency=8)
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(ask, client) for _ in range(20)]
            failures = [one.exception() for one in asked]
    spent = Ledger(tmp_path / "ledger.jsonl").spent()
    # A request costs 4 + 45 tokens, 458 millionths of a dollar, and may cost 71 tokens, 542 millionths: 400 tokens pay for 7 of
    # them (6 x 49 + 71 <= 400 < 7 x 49 + 71), 3,000 millionths for 6 (5 x 458 + 542 <= 3,000 < 6 x 458 + 542).
    assert spent.answered == len(served.served) == (7 if "tokens" in limits else 6)
    assert {type(failure) for failure in failures} == {type(None), BudgetSpent}
    assert spent.total_tokens <= limits.get("tokens", 10**9) and spent.usd <= limits.get("usd", 1)
    again = client_of(served, tmp_path, limits)
    with pytest.raises(BudgetSpent, match="is spent"):
        ask(again)


def test_a_limit_in_dollars_needs_prices(tmp_path):
    with loopback_model() as served, pytest.raises(BadInput, match="needs prices"):
        client_of(served, tmp_path, {"usd": 1.0}, price_in=None)


# Privacy


def test_the_key_goes_to_the_named_host_and_nowhere_else(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("MY_KEY", "sk-very-secret-0123456789")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Other-Key: sk-other")
    caplog.set_level(logging.DEBUG)
    with loopback_model(key="sk-very-secret-0123456789") as served:
        ask(client_of(served, tmp_path, key_env="MY_KEY"))
        sent = {name.lower() for name in served.headers[0]}
        assert sent <= {
            "host", "accept", "accept-encoding", "connection", "content-type", "content-length", "authorization",
            "x-client-request-id",
        }  # fmt: skip
        monkeypatch.setenv("MY_KEY", "sk-wrong-key-9876543210")
        with pytest.raises(Refused, match="does not let us in .status 401.; check the key in MY_KEY") as refused:
            ask(client_of(served, tmp_path, key_env="MY_KEY"))
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file()) + str(refused.value)
    written += "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name != "asyncio")
    assert "secret" not in written and "wrong-key" not in written


def test_a_redirect_is_not_followed(tmp_path, monkeypatch):
    from tests.pipeline import loopback_model as module

    monkeypatch.setenv("MY_KEY", "sk-secret")
    with loopback_model() as other, loopback_model() as served:
        location = {"Location": other.address + "/chat/completions"}
        monkeypatch.setattr(module._Handler, "reply", lambda self, body, fault: self.send(307, b"{}", location))
        with pytest.raises(Refused, match="sends us on to another address"):
            ask(client_of(served, tmp_path, key_env="MY_KEY"))
    assert other.requests == []


def test_a_missing_key_is_said_before_anything_is_sent(tmp_path, monkeypatch):
    monkeypatch.delenv("MY_KEY", raising=False)
    with loopback_model() as served, pytest.raises(Unavailable, match="environment variable MY_KEY"):
        client_of(served, tmp_path, key_env="MY_KEY")
    assert served.requests == []


def test_a_real_transcript_leaves_only_for_a_host_that_is_named():
    def visit(synthetic):
        return Encounter("s", "1", "Doctor: Hello.", "dev", synthetic=synthetic)

    away = Endpoint("away", "https://models.example/v1", "m")
    allowed = Endpoint("away", "https://models.example/v1", "m", real_hosts=("models.example",))
    other = Endpoint("away", "https://models.example.evil.example/v1", "m", real_hosts=("models.example",))
    for real in (None, False):
        for endpoint in (away, other):
            with pytest.raises(Refused, match="counts as real"):
                check_real([visit(True), visit(real)], endpoint)
        check_real([visit(real)], allowed)
        for address in ("http://127.0.0.1:8000/v1", "http://[::1]:8000/v1", "http://localhost:1/v1", "http://127.8.9.1/v1"):
            check_real([visit(real)], Endpoint("near", address, "m"))
    check_real([visit(True)], away)
    # A name that only begins like the loopback is another machine's.
    with pytest.raises(Refused):
        check_real([visit(None)], Endpoint("away", "http://localhost.example/v1", "m"))


# Structured answers


@pytest.mark.parametrize(
    ("refuses", "mode"), [((), "json_schema"), (("json_schema",), "json_object"), (("json_schema", "json_object"), None)]
)
@pytest.mark.parametrize("refusal", [400, 422, 500])
def test_a_server_is_asked_in_the_way_that_it_knows(tmp_path, refuses, mode, refusal):
    def answer(body):
        return f"Here:\n```json\n{json.dumps(GOOD)}\n```"

    with loopback_model(answer, refuses=refuses, refusal=refusal) as served:
        client = client_of(served, tmp_path)
        for _ in range(2):
            value, replies = ask_object(client, Request(QUESTION, "p", 99, shape=SHAPE))
            assert value == GOOD and len(replies) == 1
    kinds = [body.get("response_format", {}).get("type") for body in served.requests]
    # Asked once for each form that it refuses, and not again the second time.
    assert kinds == [*refuses, mode, mode]
    last = served.requests[-1]
    assert ('"score": integer 1 to 5' in last["messages"][1]["content"]) == (mode != "json_schema")
    assert mode != "json_schema" or last["response_format"]["json_schema"]["schema"] == SHAPE


def test_a_server_that_wants_the_schema_in_its_own_way_is_given_it(tmp_path):
    with loopback_model(lambda body: json.dumps(GOOD)) as served:
        ask_object(client_of(served, tmp_path, structured="schema_object"), Request(QUESTION, "p", 99, shape=SHAPE))
    assert served.requests[0]["response_format"] == {"type": "json_object", "schema": SHAPE}


def test_limits_for_models_that_would_never_end_go_into_the_schema(tmp_path):
    with loopback_model(lambda body: json.dumps(GOOD)) as served:
        for mode in ("json_schema", "schema_object"):
            client = client_of(served, tmp_path, structured=mode, longest_text=40, longest_list=3)
            ask_object(client, Request(QUESTION, "p", 99, shape=SHAPE))
    first, second = (body["response_format"] for body in served.requests)
    schema = first["json_schema"]["schema"]
    issue = schema["properties"]["issues"]["items"]["properties"]
    assert schema == second["schema"] and schema["properties"]["issues"]["maxItems"] == 3
    assert issue["words"] == {"type": "string", "description": "why", "maxLength": 40} and issue["kind"] == choice("a", "b")
    assert "maxLength" not in json.dumps(SHAPE), "the shape itself stays as it was"


def test_a_wrong_answer_is_shown_to_the_model_with_what_is_wrong(tmp_path):
    answers = iter(["No.", '{"score": 9, "issues": []}', json.dumps(GOOD)])
    with loopback_model(lambda body: next(answers)) as served:
        value, replies = ask_object(client_of(served, tmp_path), Request(QUESTION, "p", 99, shape=SHAPE))
    assert value == GOOD and len(replies) == 3
    second, third = (body["messages"] for body in served.requests[1:])
    assert second[2]["content"] == "No." and "no JSON object" in second[3]["content"]
    assert len(third) == 4 and "the answer.score is 9; expected 1 to 5" in third[3]["content"]
    # The third time with some chance: without it a model that is sure of its mistake would only repeat it.
    assert [body["temperature"] for body in served.requests] == [0.0, 0.0, 0.7]
    with loopback_model(lambda body: "No.") as served, pytest.raises(NoUsableAnswer, match="in 3 tries"):
        ask_object(client_of(served, tmp_path), Request(QUESTION, "p", 99, shape=SHAPE))
    # Every try was paid for.
    assert Ledger(tmp_path / "ledger.jsonl").spent().answered == 6


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (GOOD, None),
        ({"score": 1, "issues": []}, None),
        ({"score": 1}, "the answer lacks issues"),
        (GOOD | {"more": 1}, "unknown field 'more'"),
        (GOOD | {"score": True}, "expected integer"),
        (GOOD | {"score": 2.5}, "expected integer"),
        (GOOD | {"score": 0}, "expected 1 to 5"),
        (GOOD | {"issues": [{"kind": "c", "words": ""}]}, r"the answer.issues\[0\].kind is 'c'; expected one of a, b"),
        (GOOD | {"issues": {}}, "expected array"),
        ([], "expected object"),
    ],
)
def test_what_is_wrong_with_an_answer(value, why):
    import re

    found = complaint(value, SHAPE)
    assert (found is None) if why is None else re.search(why, found)


def test_a_shape_in_words():
    assert sketch(SHAPE) == '{"score": integer 1 to 5, "issues": [{"kind": "a" or "b", "words": string (why)}, ...]}'


# The ledger and the config


def test_a_ledger_survives_a_line_that_was_cut(tmp_path):
    with loopback_model() as served:
        ask(client_of(served, tmp_path))
        path = tmp_path / "ledger.jsonl"
        path.write_text(path.read_text() + '{"at": "2026", "event": "sent", "id": "as')
        ask(client_of(served, tmp_path))
    spent = Ledger(path).spent()
    assert (spent.answered, spent.unknown) == (2, 0)


def test_endpoints_are_named_in_a_file_without_keys(tmp_path):
    one = Endpoint("vllm", "http://127.0.0.1:8000/v1", 'model "x"', key_env="VLLM_KEY", price_in=0.5, real_hosts=("a", "b"))
    add_endpoint(tmp_path, one)
    add_endpoint(tmp_path, Endpoint("two", "https://models.example/v1", "m", stream=False))
    assert [endpoint.name for endpoint in list_endpoints(tmp_path)] == ["vllm", "two"]
    assert find_endpoint(tmp_path, "vllm") == one and find_endpoint(tmp_path, "two").stream is False
    with pytest.raises(Conflict):
        add_endpoint(tmp_path, one)
    with pytest.raises(NotFound, match="known ones are vllm, two"):
        find_endpoint(tmp_path, "three")
    with (tmp_path / "endpoints.toml").open("a") as stream:
        stream.write('[endpoints.bad]\nbase_url = "http://h/v1"\nmodel = "m"\nkey = "sk-123"\n')
    with pytest.raises(BadInput, match="unknown fields key"):
        list_endpoints(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key_env": "sk-proj-abc123"}, {"base_url": "models.example/v1"}, {"base_url": "https://me:pw@models.example/v1"},
        {"structured": "xml"}, {"concurrency": 0}, {"timeout": 0}, {"longest_text": 0}, {"longest_list": -1},
    ],
)  # fmt: skip
def test_an_endpoint_that_cannot_be_is_refused(wrong):
    with pytest.raises(BadInput) as refused:
        Endpoint(**({"name": "x", "base_url": "http://h/v1", "model": "m"} | wrong))
    assert "abc123" not in str(refused.value) and str(refused.value).endswith(".")
