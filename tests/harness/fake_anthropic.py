"""An Anthropic on loopback: its Messages API as the client of Anthropic 2.14 reads it, well behaved or not.

Each reply is a stream of server-sent events as in the client's types (RawMessageStreamEvent). What is asked
is checked as the real API does: a call without its result in the next message is refused.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from tests.harness.http_server import serve as serve_http

KEY = "sk-made-up"
_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
_USAGE = {"input_tokens": 1000, "cache_creation_input_tokens": 200, "cache_read_input_tokens": 4000}


@dataclass(frozen=True)
class Reply:
    """A reply that is played.

    Args:
        text: its prose, which comes in pieces.
        calls: its calls of tools: name and arguments, or a text that is no JSON.
        stop: why it ends; by default end_turn or tool_use.
        explanation: of a refusal.
        status: an error instead.
        retry_after: seconds that it says to wait.
        error: the kind of an error in the midst of the stream, such as overloaded_error.
        cut_after: after how many events the stream breaks off.
        is_clean: whether a cut looks like an end to HTTP.
        output_tokens: how many it has cost.
    """

    text: str = ""
    calls: Sequence[tuple[str, Any]] = ()
    stop: str = ""
    explanation: str = ""
    status: int = 200
    retry_after: str = ""
    error: str = ""
    cut_after: int | None = None
    is_clean: bool = False
    output_tokens: int = 50


@dataclass
class FakeAnthropic:
    """What it replies, one after the other and the last one again and again, and what was asked."""

    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    url: str = ""

    def __call__(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        self.headers.append(dict(request.headers))
        self.asked.append(body)
        if request.path != "/v1/messages" or request.headers.get("Authorization") != f"Bearer {KEY}":
            return _refused(401, "authentication_error", "invalid API key")
        if wrong := _wrong(body):
            return _refused(400, "invalid_request_error", wrong)
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
        if reply.status != 200:
            return _refused(reply.status, _KINDS[reply.status], "made up", reply.retry_after)
        events = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in _events(reply, body)]
        cut = reply.cut_after is not None
        sent = events[: reply.cut_after] if cut else events
        response = Response((each.encode() for each in sent), content_type="text/event-stream; charset=utf-8")
        if cut and not reply.is_clean:
            # The connection closes before all that was announced has come.
            response.headers["Content-Length"] = f"{sum(len(each.encode()) for each in events)}"
        return response


@contextlib.contextmanager
def serve(*replies: Reply) -> Iterator[FakeAnthropic]:
    fake = FakeAnthropic([*replies])
    with serve_http(fake) as server:
        fake.url = server.url_for("").rstrip("/")
        yield fake


def _events(reply: Reply, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    message = {
        "id": "msg_made_up",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**_USAGE, "output_tokens": 1, "service_tier": "standard"},
    }
    yield {"type": "message_start", "message": message}
    yield {"type": "ping"}
    index = 0
    if reply.text:
        yield from _block(index, {"type": "text", "text": ""}, _text_deltas(reply.text))
        index += 1
    for number, (name, arguments) in enumerate(reply.calls):
        call = {
            "type": "tool_use",
            "id": f"toolu_{len(body['messages'])}_{number}",
            "name": name,
            "input": {},
        }
        sent = arguments if isinstance(arguments, str) else json.dumps(arguments)
        yield from _block(index, call, _json_deltas(sent))
        index += 1
    if reply.error:
        yield {"type": "error", "error": {"type": reply.error, "message": "made up"}}
        return
    stop = reply.stop or ("tool_use" if reply.calls else "end_turn")
    details = (
        {"type": "refusal", "category": None, "explanation": reply.explanation} if stop == "refusal" else None
    )
    usage = {**_USAGE, "output_tokens": reply.output_tokens}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": stop, "stop_sequence": None, "stop_details": details},
        "usage": usage,
    }
    yield {"type": "message_stop"}


def _block(
    index: int, block: Mapping[str, Any], deltas: Iterator[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    yield {"type": "content_block_start", "index": index, "content_block": block}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _text_deltas(text: str) -> Iterator[Mapping[str, Any]]:
    """In pieces that cut words and numbers in two, as real ones do."""
    for start in range(0, len(text), 7):
        yield {"type": "text_delta", "text": text[start : start + 7]}


def _json_deltas(text: str) -> Iterator[Mapping[str, Any]]:
    yield {"type": "input_json_delta", "partial_json": ""}
    for start in range(0, len(text), 11):
        yield {"type": "input_json_delta", "partial_json": text[start : start + 11]}


def _wrong(body: Mapping[str, Any]) -> str:
    """What the API refuses of a request."""
    if not body.get("stream") or not body.get("max_tokens"):
        return "stream and max_tokens are required"
    if any(tool["input_schema"].get("type") != "object" for tool in body.get("tools", ())):
        return "tools: input_schema must be an object"
    waiting: list[str] = []
    for number, message in enumerate(body["messages"]):
        if message["role"] != ("user", "assistant")[number % 2]:
            return "roles must alternate"
        blocks = message["content"] if isinstance(message["content"], list) else []
        if any(block["type"] == "text" and not block["text"] for block in blocks):
            return "text content blocks must be non-empty"
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if message["role"] == "user" and results != waiting:
            return "tool_use ids were found without tool_result blocks immediately after"
        waiting = [block["id"] for block in blocks if block["type"] == "tool_use"]
    return ""


def _refused(status: int, kind: str, message: str, retry_after: str = "") -> Response:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_made_up"}
    headers = {"retry-after": retry_after} if retry_after else {}
    return Response(json.dumps(body), status, headers, content_type="application/json")
