"""Traces in the OpenTelemetry protocol over HTTP, as protobuf or JSON (OTLP specification 1.9, "OTLP/HTTP").

Of a span, its ids, its end and the attributes named here are read (semantic conventions of GenAI): messages,
prompts and answers are not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from live.intake.calls import Told
from live.intake.errors import MalformedBodyError, NotInstalledError, RejectedCallError

# What a client does that calls a model. Spans of agents and workflows sum up the calls within them.
_OPERATIONS = frozenset({"chat", "embeddings", "generate_content", "text_completion"})
# The names of each field, today's first; the later ones are those of older instrumentations.
_FIELDS: Mapping[str, Sequence[str]] = {
    "response_id": ("gen_ai.response.id",),
    "provider": ("gen_ai.provider.name", "gen_ai.system"),
    "request_model": ("gen_ai.request.model",),
    "response_model": ("gen_ai.response.model",),
    "tier": (
        "openai.response.service_tier",
        "gen_ai.openai.response.service_tier",
        "openai.request.service_tier",
        "gen_ai.openai.request.service_tier",
    ),
    "input": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    "cache_read": ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
    "cache_write": ("gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens"),
    "output": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
}
_OPERATION = "gen_ai.operation.name"
_KINDS = ("stringValue", "intValue", "doubleValue", "boolValue")
_NOT_A_SPAN = "It is not a span."

Entry = Told | None | RejectedCallError


@dataclass(frozen=True, slots=True)
class Tags:
    """The attributes of a span or its resource that say for whom and what a call is; the first one counts."""

    customer: Sequence[str]
    feature: Sequence[str]


def from_json(body: bytes, tags: Tags) -> Iterator[Entry]:
    """What each span of an ExportTraceServiceRequest in JSON tells.

    Raises:
        MalformedBodyError: it is none.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError("The body is not JSON.") from error
    for resource in _listed(request, "resourceSpans"):
        of_resource = _attributes(resource.get("resource") if isinstance(resource, dict) else None)
        for scope in _listed(resource, "scopeSpans"):
            for span in _listed(scope, "spans"):
                yield _of_json(span, of_resource, tags)


def from_protobuf(body: bytes, tags: Tags) -> Iterator[Entry]:
    """The same of one in protobuf.

    Raises:
        MalformedBodyError: it is none.
        NotInstalledError: the extra is not installed.
    """
    request = _message("ExportTraceServiceRequest")
    errors = _decode_errors()
    try:
        request.ParseFromString(body)
    except errors as error:
        raise MalformedBodyError("The body is not an ExportTraceServiceRequest in protobuf.") from error
    for resource in request.resource_spans:
        of_resource = _values(resource.resource.attributes)
        for scope in resource.scope_spans:
            for span in scope.spans:
                attributes = of_resource | _values(span.attributes)
                ids = f"{span.trace_id.hex()}{span.span_id.hex()}"
                yield _told(ids, span.end_time_unix_nano, attributes, tags)


def answer_in_json(rejected: int, why: str) -> bytes:
    """An ExportTraceServiceResponse in JSON; int64 is a text there."""
    partial = {"rejectedSpans": f"{rejected}", "errorMessage": why} if rejected else {}
    return json.dumps({"partialSuccess": partial} if partial else {}).encode()


def answer_in_protobuf(rejected: int, why: str) -> bytes:
    """The same in protobuf."""
    response = _message("ExportTraceServiceResponse")
    if rejected:
        response.partial_success.rejected_spans = rejected
        response.partial_success.error_message = why
    found: bytes = response.SerializeToString()
    return found


def status_in_protobuf(message: str) -> bytes:
    """A google.rpc.Status with its second field, a message of less than 16,384 bytes."""
    text = message.encode()[:10_000]
    return b"\x12" + bytes([len(text) % 128 | 128, len(text) // 128]) + text


def _message(name: str) -> Any:
    try:
        from opentelemetry.proto.collector.trace.v1 import trace_service_pb2  # noqa: PLC0415 an extra
    except ModuleNotFoundError as error:
        message = "Protobuf cannot be read here: pip install 'cloud-pricing[intake]', or send JSON."
        raise NotInstalledError(message) from error
    return getattr(trace_service_pb2, name)()


def _decode_errors() -> type[Exception]:
    from google.protobuf.message import DecodeError  # noqa: PLC0415 an extra

    found: type[Exception] = DecodeError
    return found


def _listed(parent: object, name: str) -> list[Any]:
    found = parent.get(name) if isinstance(parent, dict) else None
    if found is None and isinstance(parent, dict):
        return []
    if not isinstance(found, list):
        raise MalformedBodyError(f"The body has no list {name} where one belongs.")
    return found


def _of_json(span: object, of_resource: dict[str, object], tags: Tags) -> Entry:
    if not isinstance(span, dict):
        return RejectedCallError(_NOT_A_SPAN)
    ids = f"{span.get('traceId') or ''}{span.get('spanId') or ''}".lower()
    attributes = of_resource | _attributes(span)
    return _told(ids, span.get("endTimeUnixNano"), attributes, tags)


def _attributes(holder: object) -> dict[str, object]:
    pairs = holder.get("attributes") if isinstance(holder, dict) else None
    found: dict[str, object] = {}
    for pair in pairs if isinstance(pairs, list) else []:
        value = pair.get("value") if isinstance(pair, dict) else None
        if isinstance(value, dict):
            told = next((value[name] for name in _KINDS if name in value), None)
            found[f"{pair.get('key')}"] = told if isinstance(told, str | int | float) else None
    return found


def _values(pairs: Any) -> dict[str, object]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> object:
    """A text, number or boolean; lists and maps are of no use here."""
    kind = value.WhichOneof("value")
    return (
        getattr(value, kind) if kind in ("string_value", "int_value", "double_value", "bool_value") else None
    )


def _told(ids: str, ended: object, attributes: Mapping[str, object], tags: Tags) -> Told | None:
    operation = attributes.get(_OPERATION)
    if operation is not None and operation not in _OPERATIONS:
        return None
    fields = {name: _first(attributes, names) for name, names in _FIELDS.items()}
    told = Told(
        **fields,
        other_id=ids,
        ended=ended,
        customer=_first(attributes, tags.customer),
        feature=_first(attributes, tags.feature),
    )
    return told if told.has_tokens else None


def _first(attributes: Mapping[str, object], names: Sequence[str]) -> object:
    return next((attributes[name] for name in names if attributes.get(name) not in (None, "")), None)
