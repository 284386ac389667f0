"""Models of Anthropic, by its client and Messages API (docs.anthropic.com/en/api/messages-streaming)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from http import HTTPStatus
from typing import Any

import anthropic
import httpx2
from django.conf import settings

from assistant.model.provider import Call, Ended, ModelError, Part, Request, Stop, Text, Usage

_STOPS: Mapping[str, Stop] = {
    "end_turn": Stop.END,
    "stop_sequence": Stop.END,
    "tool_use": Stop.CALLS,
    "max_tokens": Stop.TOKENS,
    "model_context_window_exceeded": Stop.TOKENS,
    "refusal": Stop.REFUSED,
}
_CACHED = {"type": "ephemeral"}
_TIMEOUT = anthropic.Timeout(60.0, connect=10.0)
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})
# What is wrong, and the setting that mends it.
_MENDED: Mapping[int, tuple[str, str]] = {
    HTTPStatus.UNAUTHORIZED: ("Anthropic refuses the key.", "ANTHROPIC_API_KEY"),
    HTTPStatus.FORBIDDEN: ("Anthropic refuses the key.", "ANTHROPIC_API_KEY"),
    HTTPStatus.NOT_FOUND: ("Anthropic has no such model.", "ASK_MODEL"),
}
_BUSY = frozenset({"rate_limit_error", "overloaded_error", "api_error", "timeout_error"})


class Anthropic:
    """A model of Anthropic, or of a server that speaks as it does."""

    name = "anthropic"

    def __init__(self) -> None:
        self.model = settings.ASK_MODEL
        self._client = anthropic.Anthropic(
            api_key=settings.ANTHROPIC_API_KEY,
            base_url=settings.ANTHROPIC_BASE_URL,
            # Whoever asks decides how long to go on.
            max_retries=0,
            timeout=_TIMEOUT,
        )

    def reply(self, request: Request) -> Iterator[Part]:
        """Ask the model, as `Provider.reply`."""
        has_begun = False
        try:
            stream = self._client.messages.create(**_sent(request, self.model), stream=True)
            with closing(stream):
                blocks = _Blocks()
                for event in stream:
                    has_begun = True
                    yield from blocks.take(event)
        except anthropic.APIStatusError as error:
            raise _of_status(error, has_begun=has_begun) from error
        except (anthropic.APIConnectionError, httpx2.TransportError) as error:
            # The client wraps faults of the connection until the reply begins, and no later ones.
            raise _cut(has_begun=has_begun) from error
        except (anthropic.AnthropicError, ValueError) as error:
            raise ModelError(
                f"Anthropic's answer cannot be read: {type(error).__name__}.", is_cut=has_begun
            ) from error
        if not blocks.is_whole:
            raise _cut(has_begun=True)
        yield blocks.ended()


class _Blocks:
    """The blocks of a reply as they come."""

    def __init__(self) -> None:
        self._content: dict[int, dict[str, Any]] = {}
        self._json: dict[int, str] = {}
        self._usage: dict[str, int] = {}
        self._stop, self._why = "", ""
        self.is_whole = False

    def take(self, event: Any) -> Iterator[Part]:
        if event.type == "message_start":
            self._count(event.message.usage)
        elif event.type == "content_block_start":
            self._content[event.index] = event.content_block.to_dict()
        elif event.type == "content_block_delta":
            yield from self._add(event.index, event.delta)
        elif event.type == "content_block_stop":
            yield from self._end(event.index)
        elif event.type == "message_delta":
            self._count(event.usage)
            self._stop = event.delta.stop_reason or self._stop
            details = event.delta.stop_details
            self._why = (details and details.explanation) or ""
        elif event.type == "message_stop":
            self.is_whole = True

    def _add(self, index: int, delta: Any) -> Iterator[Part]:
        block = self._content[index]
        if delta.type == "text_delta":
            block["text"] += delta.text
            yield Text(delta.text)
        elif delta.type == "input_json_delta":
            self._json[index] = self._json.get(index, "") + delta.partial_json
        elif delta.type == "thinking_delta":
            block["thinking"] += delta.thinking
        elif delta.type == "signature_delta":
            block["signature"] = delta.signature

    def _end(self, index: int) -> Iterator[Part]:
        block = self._content[index]
        if block["type"] != "tool_use":
            return
        arguments = _object(self._json.get(index, "") or "{}")
        block["input"] = arguments or {}
        yield Call(block["id"], block["name"], arguments)

    def _count(self, usage: Any) -> None:
        """Counts are of the whole reply so far, so the latest of each holds."""
        for key in (
            "input_tokens",
            "output_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
        ):
            if (count := getattr(usage, key, None)) is not None:
                self._usage[key] = count

    def ended(self) -> Ended:
        has_calls = any(block["type"] == "tool_use" for block in self._content.values())
        usage = Usage(
            self._usage.get("input_tokens", 0),
            self._usage.get("output_tokens", 0),
            self._usage.get("cache_read_input_tokens", 0),
            self._usage.get("cache_creation_input_tokens", 0),
        )
        stop = _STOPS.get(self._stop, Stop.CALLS if has_calls else Stop.END)
        content = [block for _, block in sorted(self._content.items()) if block.get("text") != ""]
        return Ended(stop, usage, content, self._why)


def _sent(request: Request, model: str) -> dict[str, Any]:
    messages: list[dict[str, Any]] = [
        {"role": "user" if said.by_person else "assistant", "content": said.text} for said in request.said
    ]
    for exchange in request.exchanges:
        messages.append({"role": "assistant", "content": exchange.reply})
        results = [
            {
                "type": "tool_result",
                "tool_use_id": each.call_id,
                "content": each.text,
                "is_error": each.is_error,
            }
            for each in exchange.results
        ]
        messages.append({"role": "user", "content": results})
    return {
        "model": model,
        "max_tokens": request.max_tokens,
        # Tools and system are the same in every turn; the mark at the end caches the steps of this one.
        "system": [{"type": "text", "text": request.system, "cache_control": _CACHED}],
        "cache_control": _CACHED,
        "tools": [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}
            for tool in request.tools
        ],
        "tool_choice": {"type": "auto" if request.may_call else "none"},
        "messages": messages,
    }


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _of_status(error: anthropic.APIStatusError, *, has_begun: bool) -> ModelError:
    kind, said = _said(error.body)
    status = error.status_code
    if kind in _BUSY or status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        is_limited = status == HTTPStatus.TOO_MANY_REQUESTS or kind == "rate_limit_error"
        what = "lets no more questions through for now" if is_limited else "is busy"
        return ModelError(
            f"Anthropic {what}.", hint="Ask again in a minute.", wait=_wait(error), is_cut=has_begun
        )
    if mended := _MENDED.get(status):
        return ModelError(mended[0], hint=f"Ask the operator to look at {mended[1]}.")
    return ModelError(f"Anthropic refuses the question: {said or status}.", is_cut=has_begun)


def _said(body: Any) -> tuple[str, str]:
    """The kind of an error and its message, which are in the body of a response and in an event alike."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return "", ""
    return f"{error.get('type', '')}", f"{error.get('message', '')}"[:200].rstrip(".")


def _wait(error: anthropic.APIStatusError) -> float:
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


def _cut(*, has_begun: bool) -> ModelError:
    what = "The connection to Anthropic broke off." if has_begun else "Anthropic cannot be reached."
    return ModelError(what, hint="Ask again in a minute.", wait=0.0, is_cut=has_begun)
