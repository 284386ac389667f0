"""What a provider of language models is to do: send what was said, and give out the reply as it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from catalog.errors import CatalogError


class Stop(StrEnum):
    """Why a reply has ended."""

    END = "end"
    CALLS = "calls"
    TOKENS = "tokens"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that is offered, with the JSON schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said, or an earlier answer."""

    text: str
    by_person: bool = True


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call has brought, as text for the model."""

    call_id: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a reply: `input` are those that no cache had a part in."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
        )

    @property
    def total(self) -> int:
        return self.input + self.output + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of prose."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool; `arguments` is None if they are no JSON object."""

    id: str
    name: str
    arguments: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a reply.

    Args:
        stop: why.
        usage: its tokens.
        reply: the whole of it in the provider's form, to be sent back with the next request.
        why: what the provider says about a refusal.
    """

    stop: Stop
    usage: Usage
    reply: Any
    why: str = ""


Part = Text | Call | Ended


@dataclass(frozen=True, slots=True)
class Exchange:
    """A reply that asked tools, and what they brought."""

    reply: Any
    results: Sequence[ToolResult]


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked.

    Args:
        system: who it is and what it may do; the same in every turn, so that it is cached.
        tools: those that it may call.
        said: the conversation up to the question.
        exchanges: what it has asked of tools in this turn.
        max_tokens: of the reply.
        may_call: whether it may still ask tools.
    """

    system: str
    tools: Sequence[ToolSpec]
    said: Sequence[Said]
    exchanges: Sequence[Exchange] = field(default_factory=list)
    max_tokens: int = 2_000
    may_call: bool = True


@dataclass(frozen=True, slots=True)
class Price:
    """What a model takes, in US dollars for a million tokens, and who says so."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    source: str


class ModelError(CatalogError):
    """The model cannot be asked, or not as it is set up.

    Args:
        message: what is wrong, in one sentence.
        hint: what to do.
        wait: seconds after which it may be asked again, if it may; None if asking again would not help.
        is_cut: whether it had begun to reply, so that it is paid for.
    """

    code = "unavailable"

    def __init__(
        self, message: str, *, hint: str = "", wait: float | None = None, is_cut: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.wait, self.is_cut = wait, is_cut


class Provider(Protocol):
    """A provider of models. Threads may share it.

    Args:
        name: as settings and events call it.
        model: the model that it asks.
    """

    name: str
    model: str

    def reply(self, request: Request) -> Iterator[Part]:
        """Ask the model; give out text and calls as they come, and `Ended` last.

        Closing the iterator ends the request.

        Raises:
            ModelError: it cannot be asked, is busy, or breaks off.
        """
