from __future__ import annotations

import gzip
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError
from django.test import Client
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as trace
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.oauth import access, tokens
from live.models import LiveCall
from rest_api import intake
from rest_api.intake import MAX_BYTES
from tests.live.intake.sent import request, span, totals
from tools.errors import RETRY_SECONDS

TRACES, LITELLM = "/api/intake/v1/traces", "/api/intake/litellm"
JSON, PROTOBUF = "application/json", "application/x-protobuf"


@pytest.fixture
def sender(db: None) -> User:  # noqa: ARG001
    """Somebody who may send usage."""
    person = User.objects.create_user("sam")
    person.groups.add(Group.objects.get_or_create(name="Usage senders")[0])
    return person


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(intake, "record_use", lambda _: None)
    intake.forget_limits()
    yield
    intake.forget_limits()


Post = Callable[..., Any]


@pytest.fixture
def post(sender: User) -> Post:
    """Sends a body with a token that may."""
    token = tokens.issue(sender, days=7, scopes=["usage:write"])

    def send(body: bytes, address: str = TRACES, content_type: str = JSON, **headers: str) -> Any:
        said = {"Authorization": f"Bearer {token}", **headers}
        return Client().generic("POST", address, body, content_type=content_type, headers=said)

    return send


def now_span(number: int = 1, **values: Any) -> dict[str, Any]:
    return span(number, ended=datetime.now(UTC), **values)


def test_spans_are_counted_and_those_that_cannot_be_are_told(post: Post) -> None:
    response = post(request(now_span(1), now_span(2, gen_ai__usage__input_tokens=-5)))

    assert (response.status_code, response["Content-Type"]) == (200, JSON)
    told = response.json()["partialSuccess"]
    assert told["rejectedSpans"] == "1"
    assert "not from 0" in told["errorMessage"]
    assert totals() == {"Input": 100, "Output Uncached": 20, "requests": 1}


def test_a_whole_success_says_nothing(post: Post) -> None:
    assert post(request(now_span())).json() == {}


def test_packed_protobuf_is_answered_in_protobuf(post: Post) -> None:
    sent = trace.ExportTraceServiceRequest()
    message = sent.resource_spans.add().scope_spans.add().spans.add()
    message.trace_id, message.span_id, message.name = b"t" * 16, b"s" * 8, "chat"
    message.end_time_unix_nano = int(datetime.now(UTC).timestamp() * 10**9)
    for name, value in (("gen_ai.request.model", "gpt-4o"), ("gen_ai.provider.name", "openai")):
        message.attributes.add(key=name).value.string_value = value
    message.attributes.add(key="gen_ai.usage.output_tokens").value.int_value = 9
    broken = sent.resource_spans[0].scope_spans[0].spans.add()
    broken.CopyFrom(message)
    broken.end_time_unix_nano = 0
    body = gzip.compress(sent.SerializeToString())

    response = post(body, content_type=PROTOBUF, **{"Content-Encoding": "gzip"})

    answer = trace.ExportTraceServiceResponse.FromString(response.content)
    assert (response["Content-Type"], answer.partial_success.rejected_spans) == (PROTOBUF, 1)
    assert totals() == {"Output Uncached": 9, "requests": 1}


def test_an_error_in_protobuf_is_a_status(post: Post) -> None:
    response = post(b"\x0a\xff", content_type=PROTOBUF)

    assert (response.status_code, response["Content-Type"]) == (400, PROTOBUF)
    assert response.content[:1] == b"\x12"
    assert response.content[3:].decode().startswith("The body is not an ExportTraceServiceRequest")
    assert len(response.content[3:]) == response.content[1] % 128 + 128 * response.content[2]


def test_payloads_of_litellm_are_counted(post: Post) -> None:
    payload = {
        "id": "chatcmpl-12345678",
        "custom_llm_provider": "bedrock",
        "model": "amazon.nova-lite-v1:0",
        "prompt_tokens": 5,
        "completion_tokens": 6,
        "endTime": datetime.now(UTC).timestamp(),
        "end_user": "acme",
    }
    response = post(json.dumps([payload, payload, {**payload, "id": None}]).encode(), LITELLM)

    assert response.json() == {
        "rejected": 1,
        "message": "1: It has no id, by which it could be known when it is sent again.",
    }
    assert totals() == {"Input": 5, "Output Uncached": 6, "requests": 1}


@pytest.mark.parametrize(
    ("body", "sent", "status"),
    [
        (b"no JSON", {}, 400),
        (b"not packed", {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b"{}", mtime=0)[:-4], {"Content-Encoding": "gzip"}, 400),
        (b"{}", {"Content-Encoding": "br"}, 415),
        (b"{}", {"content_type": "text/plain"}, 415),
        (gzip.compress(b" " * (MAX_BYTES + 1)), {"Content-Encoding": "gzip"}, 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    post: Post, body: bytes, sent: dict[str, str], status: int
) -> None:
    response = post(body, **sent)

    assert response.status_code == status
    assert response.json()["message"]


def test_who_sends_needs_a_token_with_its_own_scope(sender: User) -> None:
    def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return Client().post(TRACES, b"{}", content_type=JSON, headers=headers).status_code

    assert Client().post(TRACES, b"{}", content_type=JSON).status_code == 401
    assert status("pricing_unknown") == 401
    assert status(tokens.issue(sender, days=7, scopes=["pricing:read", "costs:read"])) == 403
    raw = tokens.issue(sender, days=7, scopes=["usage:write"])
    assert status(raw) == 200
    access.revoke_personal_token(sender, access.personal_tokens(sender).latest("pk").pk)
    assert status(raw) == 401


def test_a_token_of_the_intake_reads_nothing(sender: User) -> None:
    raw = tokens.issue(sender, days=7, scopes=["usage:write"])
    headers = {"Authorization": f"Bearer {raw}"}

    assert Client().get("/api/panels/", headers=headers).status_code == 403


def test_who_left_the_group_sends_no_more(post: Post, sender: User) -> None:
    assert post(request(now_span())).status_code == 200
    sender.groups.clear()

    assert post(request(now_span(2))).status_code == 403
    assert totals()["requests"] == 1


def test_somebody_signed_in_without_a_token_sends_nothing(sender: User) -> None:
    client = Client()
    client.force_login(sender)

    assert client.post(TRACES, request(now_span()), content_type=JSON).status_code == 401


def test_more_than_the_limit_waits_and_loses_nothing(post: Post, settings: Settings) -> None:
    settings.INTAKE_CALLS_PER_MINUTE = 3
    assert post(request(*map(now_span, range(1, 11)))).status_code == 200

    response = post(request(now_span(11)))

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert totals()["requests"] == 10
    intake.forget_limits()
    assert post(request(now_span(11))).status_code == 200
    assert totals()["requests"] == 11


def test_a_database_that_does_not_answer_is_asked_again_later(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "accept", away)
        response = post(request(now_span()))

    assert (response.status_code, response["Retry-After"]) == (503, f"{RETRY_SECONDS}")
    assert post(request(now_span())).status_code == 200
    assert totals()["requests"] == 1


def test_prompts_are_neither_kept_nor_logged_nor_told(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    secret = "the prompt of somebody"
    prompts = {
        "gen_ai__input__messages": secret,
        "gen_ai__output__messages": secret,
        "gen_ai__prompt": secret,
    }
    with caplog.at_level(logging.DEBUG):
        good = post(request(now_span(1, **prompts)))
        bad = post(request(now_span(2, **prompts, gen_ai__usage__input_tokens=secret)))

    told = good.content + bad.content + caplog.text.encode() + repr(list(LiveCall.objects.values())).encode()
    assert secret.encode() not in told
    assert totals()["requests"] == 1


def test_without_the_library_protobuf_says_how_to_go_on(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.proto.collector.trace.v1", None)

    response = post(b"x", content_type=PROTOBUF)

    assert response.status_code == 415
    assert b"cloud-pricing[intake]" in response.content
    assert post(request(now_span())).status_code == 200


def test_only_post_is_taken(client: Client) -> None:
    assert client.get(TRACES).status_code == 405
