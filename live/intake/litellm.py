"""Calls as LiteLLM's generic API callback sends them: its StandardLoggingPayload, one, a list, or one a line.

Of it, the fields named here are read: messages and responses are not.
Source: LiteLLM's "StandardLoggingPayload Specification".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from live.intake.calls import Told
from live.intake.errors import MalformedBodyError, RejectedCallError
from live.intake.otlp import Entry, Tags

_NOT_A_CALL = "It is not an object of JSON."


def from_json(body: bytes, tags: Tags) -> Iterator[Entry]:
    """What each payload tells.

    Args:
        body: as it was sent.
        tags: names in `metadata`, and before a colon in `request_tags`, that say for whom and what a call is.

    Raises:
        MalformedBodyError: it is not JSON.
    """
    found = _loaded(body)
    for payload in found if isinstance(found, list) else [found]:
        yield _told(payload, tags) if isinstance(payload, dict) else RejectedCallError(_NOT_A_CALL)


def _loaded(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in body.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError("The body is not JSON.") from error


def _told(payload: Mapping[str, Any], tags: Tags) -> Told | None:
    # What a cache of LiteLLM's answered was not asked of the provider.
    if payload.get("cache_hit") is True:
        return None
    metadata = _mapping(payload.get("metadata"))
    usage = _mapping(metadata.get("usage_object"))
    details = _mapping(usage.get("prompt_tokens_details"))
    labels = _labels(payload, metadata)
    read, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    told = Told(
        response_id=payload.get("id"),
        other_id=payload.get("call_id"),
        ended=_nanos(payload.get("endTime")),
        provider=payload.get("custom_llm_provider"),
        request_model=payload.get("model_group") or payload.get("model"),
        response_model=payload.get("model"),
        tier=usage.get("service_tier"),
        customer=_first(labels, tags.customer) or payload.get("end_user"),
        feature=_first(labels, tags.feature),
        input=payload.get("prompt_tokens"),
        cache_read=details.get("cached_tokens") if read is None else read,
        cache_write=written,
        output=payload.get("completion_tokens"),
    )
    is_of_nothing = payload.get("status") == "failure" and not (told.input or told.output)
    return told if told.has_tokens and not is_of_nothing else None


def _labels(payload: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, object]:
    """What the caller wrote beside the call: metadata, and tags such as feature:search."""
    tags = payload.get("request_tags")
    pairs = [tag.partition(":") for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return {
        **{name: value.strip() for name, _, value in pairs if value},
        **_mapping(metadata.get("requester_metadata")),
        **_mapping(metadata.get("spend_logs_metadata")),
    }


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _first(labels: Mapping[str, object], names: Sequence[str]) -> object:
    return next((labels[name] for name in names if labels.get(name) not in (None, "")), None)


def _nanos(seconds: object) -> object:
    """Seconds since 1970, which LiteLLM writes with a fraction, in billionths."""
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and abs(seconds) < 10**12:
        return int(seconds) * 1_000_000_000
    return None
