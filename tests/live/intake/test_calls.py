from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.intake import litellm, otlp
from live.intake.batch import Batch, batch_of
from live.intake.calls import Call
from live.intake.errors import MalformedBodyError
from live.providers.source import Measure
from tests.live.intake.sent import NANOS, NOW, TAGS, attributes, request, span


def batch(*spans: Any, **more: Any) -> Batch:
    return batch_of(otlp.from_json(request(*spans, **more), TAGS), NOW)


def call(**values: Any) -> Call:
    [found] = batch(span(**values)).calls
    return found


def tokens(found: Call) -> dict[tuple[str, str], int]:
    return {
        (series.direction, series.cache): count
        for series, count in found.counts
        if series.measure is Measure.TOKENS
    }


def test_a_span_has_its_tokens_its_model_and_for_whom_it_was() -> None:
    found = call()

    assert tokens(found) == {("Input", ""): 100, ("Output", "Uncached"): 20}
    series = found.counts[0][0]
    assert (series.provider, series.name) == ("aws.bedrock", "amazon.nova-lite-v1:0")
    assert (series.customer, series.feature) == ("acme", "search")
    assert found.minute == int(NOW.timestamp()) // 60


def test_a_request_is_counted_beside_its_tokens() -> None:
    assert [count for series, count in call().counts if series.measure is Measure.REQUESTS] == [1]


def test_cached_tokens_are_a_part_of_the_input() -> None:
    cached = {
        "gen_ai__usage__cache_read__input_tokens": 70,
        "gen_ai__usage__cache_creation__input_tokens": 10,
    }

    assert tokens(call(**cached)) == {
        ("Input", "Uncached"): 20,
        ("Input", "Read"): 70,
        ("Input", "Write"): 10,
        ("Output", "Uncached"): 20,
    }


def test_more_cached_tokens_than_input_are_beside_it() -> None:
    found = tokens(call(gen_ai__usage__cache_read_input_tokens=900))

    assert (found["Input", "Uncached"], found["Input", "Read"]) == (100, 900)


def test_names_of_older_instrumentations_count_too() -> None:
    old = {
        "gen_ai__operation__name": None,
        "gen_ai__provider__name": None,
        "gen_ai__usage__input_tokens": None,
        "gen_ai__usage__output_tokens": None,
        "gen_ai__system": "openai",
        "gen_ai__usage__prompt_tokens": 7,
        "gen_ai__usage__completion_tokens": 3,
    }
    found = call(**old)

    assert tokens(found) == {("Input", ""): 7, ("Output", "Uncached"): 3}
    assert found.counts[0][0].provider == "openai"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"gen_ai__request__model": "us.amazon.nova-lite-v1:0"}, ("us.amazon.nova-lite-v1:0", "", "geo", "")),
        (
            {
                "gen_ai__provider__name": "azure.ai.openai",
                "gen_ai__request__model": "my-chat",
                "gen_ai__response__model": "gpt-4o-2024-08-06",
            },
            ("gpt-4o", "my-chat", "", "2024-08-06"),
        ),
        (
            {
                "gen_ai__provider__name": "gcp.vertex_ai",
                "gen_ai__request__model": "publishers/google/models/gemini-2.5-pro",
            },
            ("gemini-2.5-pro", "", "", ""),
        ),
    ],
)
def test_models_are_spelled_as_in_metrics(
    values: dict[str, Any], expected: tuple[str, str, str, str]
) -> None:
    series = next(series for series, _ in call(**values).counts if series.measure is Measure.TOKENS)

    assert (series.name, series.deployment, series.scope, series.version) == expected


def test_tags_of_the_resource_count_where_the_span_has_none() -> None:
    resource = attributes(customer__id="of-resource", feature__name="batch")
    [found] = batch(span(customer__id=None), resource=resource).calls

    assert (found.counts[0][0].customer, found.counts[0][0].feature) == ("of-resource", "search")


@pytest.mark.parametrize(
    "values",
    [
        {"gen_ai__operation__name": "invoke_agent"},
        {"gen_ai__operation__name": "execute_tool"},
        {"gen_ai__usage__input_tokens": None, "gen_ai__usage__output_tokens": None},
    ],
)
def test_what_is_no_call_or_has_no_tokens_is_ignored(values: dict[str, Any]) -> None:
    found = batch(span(**values))

    assert (found.calls, found.ignored, found.refusal) == ([], 1, "")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"gen_ai__usage__input_tokens": -1}, "not from 0"),
        ({"gen_ai__usage__input_tokens": 10**12}, "not from 0"),
        ({"gen_ai__usage__input_tokens": "many"}, "not a whole number"),
        ({"gen_ai__usage__input_tokens": True}, "not a whole number"),
        ({"gen_ai__usage__output_tokens": 1.5}, "not a whole number"),
        ({"gen_ai__request__model": None}, "which model"),
        ({"gen_ai__request__model": "x" * 301}, "more than 300"),
        ({"customer__id": "a\ud800b"}, "no text"),
        ({"customer__id": "a\nb"}, "no text"),
        ({"customer__id": 1.5}, "not a text"),
        ({"ended": NOW + timedelta(minutes=7)}, "in the future"),
        ({"ended": NOW - timedelta(hours=6, minutes=1)}, "more than 6 hours ago"),
    ],
)
def test_what_cannot_be_counted_is_rejected_and_the_rest_counts(values: dict[str, Any], why: str) -> None:
    found = batch(span(1), span(2, **values), span(3))

    assert (len(found.calls), found.rejected.total()) == (2, 1)
    assert why in found.refusal
    # What was sent is not quoted: it may have prompts.
    assert "x" * 301 not in found.refusal


@pytest.mark.parametrize(
    ("field", "value"),
    [("endTimeUnixNano", None), ("endTimeUnixNano", "soon"), ("traceId", ""), ("attributes", 5)],
)
def test_a_malformed_span_is_rejected_or_ignored_alone(field: str, value: Any) -> None:
    broken = {**span(2), field: value, **({"spanId": ""} if field == "traceId" else {})}

    found = batch(span(1), broken, "no span")

    assert len(found.calls) == 1
    assert found.rejected.total() + found.ignored == 2


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b'{"resourceSpans": {}}', b'{"resourceSpans": [5]}', b"[" * 100_000]
)
def test_a_body_that_is_none_is_refused_whole(body: bytes) -> None:
    with pytest.raises(MalformedBodyError):
        list(otlp.from_json(body, TAGS))


def test_reports_of_one_answer_have_one_key_whoever_sends_them() -> None:
    first = call(number=1, gen_ai__response__id="chatcmpl-123456")
    second = call(number=2, gen_ai__response__id="chatcmpl-123456")

    assert first.key == second.key != call(number=1).key
    # Too short to be an id of its own.
    assert call(number=1, gen_ai__response__id="1").key == call(number=1).key


PAYLOAD: dict[str, Any] = {
    "id": "chatcmpl-9a8b7c6d",
    "call_type": "acompletion",
    "status": "success",
    "custom_llm_provider": "bedrock",
    "model": "us.anthropic.claude-sonnet-4-6",
    "model_group": "claude",
    "prompt_tokens": 1200,
    "completion_tokens": 50,
    "total_tokens": 1250,
    "startTime": NOW.timestamp() - 3,
    "endTime": NOW.timestamp() + 0.25,
    "cache_hit": False,
    "end_user": "acme",
    "request_tags": ["feature.name:search", "beta"],
    "metadata": {"usage_object": {"prompt_tokens_details": {"cached_tokens": 1000}}},
    "messages": [{"role": "user", "content": "a secret"}],
    "response": {"choices": []},
}


def of_litellm(body: Any) -> Batch:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return batch_of(litellm.from_json(raw, TAGS), NOW)


def test_a_payload_of_litellm_is_a_call() -> None:
    [found] = of_litellm(PAYLOAD).calls

    assert tokens(found) == {
        ("Input", "Uncached"): 200,
        ("Input", "Read"): 1000,
        ("Output", "Uncached"): 50,
    }
    series = next(series for series, _ in found.counts if series.measure is Measure.TOKENS)
    assert (series.provider, series.name, series.deployment) == ("bedrock", PAYLOAD["model"], "claude")
    assert (series.customer, series.feature, series.scope) == ("acme", "search", "geo")
    assert "a secret" not in repr(found)


def test_payloads_come_as_a_list_or_one_a_line_too() -> None:
    lines = b"\n".join(json.dumps({**PAYLOAD, "id": f"chatcmpl-{at:08}"}).encode() for at in range(3))

    assert len(of_litellm(lines).calls) == 3
    assert len(of_litellm([PAYLOAD, 5, {**PAYLOAD, "id": "chatcmpl-other"}]).calls) == 2
    with pytest.raises(MalformedBodyError):
        of_litellm(b"no JSON")


@pytest.mark.parametrize(
    "values",
    [{"cache_hit": True}, {"status": "failure", "prompt_tokens": 0, "completion_tokens": 0}],
)
def test_what_the_provider_was_not_asked_or_did_not_answer_is_ignored(values: dict[str, Any]) -> None:
    found = of_litellm({**PAYLOAD, **values})

    assert (found.calls, found.ignored) == ([], 1)


def test_metadata_of_the_caller_says_for_whom_a_call_is() -> None:
    metadata = {"requester_metadata": {"customer.id": "initech", "feature.name": "chat"}}
    [found] = of_litellm({**PAYLOAD, "metadata": metadata, "request_tags": None}).calls

    assert (found.counts[0][0].customer, found.counts[0][0].feature) == ("initech", "chat")


@pytest.mark.parametrize("ended", [None, "soon", float("nan"), 1e300, True])
def test_a_payload_without_a_time_is_rejected(ended: Any) -> None:
    assert of_litellm({**PAYLOAD, "endTime": ended}).rejected.total() == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [each["key"] for each in span()["attributes"]]
    + ["gen_ai.response.id", "gen_ai.usage.cache_read.input_tokens", "customer.id", "tenant.id"]
)
KINDS = st.sampled_from(["stringValue", "intValue", "doubleValue", "boolValue", "arrayValue"])


@given(
    st.lists(st.tuples(NAMES, KINDS, ANYTHING), max_size=6),
    st.dictionaries(
        st.sampled_from(["traceId", "spanId", "endTimeUnixNano", "attributes"]), ANYTHING, max_size=2
    ),
)
def test_whatever_a_span_has_in_place_of_values_it_is_counted_ignored_or_rejected(
    values: list[tuple[str, str, Any]], fields: dict[str, Any]
) -> None:
    broken = span(2)
    broken["attributes"] += [{"key": name, "value": {kind: value}} for name, kind, value in values]
    broken |= fields

    found = batch(span(1), broken)

    assert len(found.calls) + found.ignored + found.rejected.total() == 2
    assert found.calls[0] == call(number=1)


@given(st.dictionaries(st.sampled_from(sorted(PAYLOAD)), ANYTHING, max_size=4))
def test_whatever_a_payload_has_in_place_of_values_it_is_counted_ignored_or_rejected(
    fields: dict[str, Any],
) -> None:
    found = of_litellm([{**PAYLOAD, **fields}])

    assert len(found.calls) + found.ignored + found.rejected.total() == 1


@given(ANYTHING, st.sampled_from(["resourceSpans", "scopeSpans", "spans"]))
def test_whatever_a_body_is_it_is_read_or_refused(value: Any, place: str) -> None:
    inner = {"spans": [span()]}
    for name in ("spans", "scopeSpans", "resourceSpans"):
        inner = {name: value if name == place else [inner] if name != "spans" else inner[name]}
    try:
        found = batch_of(otlp.from_json(json.dumps(inner).encode(), TAGS), NOW)
    except MalformedBodyError:
        return
    assert len(found.calls) == 0


def test_protobuf_and_json_tell_the_same() -> None:
    trace = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    sent = trace.ExportTraceServiceRequest()
    scope = sent.resource_spans.add().scope_spans.add()
    message = scope.spans.add()
    message.trace_id, message.span_id = (1).to_bytes(16, "big"), (1).to_bytes(8, "big")
    message.end_time_unix_nano = int(NOW.timestamp()) * NANOS
    for each in span()["attributes"]:
        value = message.attributes.add(key=each["key"]).value
        for kind, told in each["value"].items():
            name = {"stringValue": "string_value", "intValue": "int_value"}[kind]
            setattr(value, name, int(told) if kind == "intValue" else told)

    found = batch_of(otlp.from_protobuf(sent.SerializeToString(), TAGS), NOW)

    assert found.calls == [call()]
    with pytest.raises(MalformedBodyError):
        list(otlp.from_protobuf(b"\x0a\xff", TAGS))
