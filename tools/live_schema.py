"""Arguments and answers of live_usage and live_cost (tool contract, version 1; docs/tools.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from catalog import iso8601
from live import answer
from live.models import LiveRule
from live.question import MAX_MINUTES
from live.rules import RulesAnswer
from tools.argument_forms import ABSENT, ANYTHING, LeftOutAs
from tools.costs_schema import read_day
from tools.prices_schema import Arguments


def _hour(value: Any) -> datetime:
    """Parse a time in UTC, of which the hour counts."""
    parsed = iso8601.parse(value.strip() if isinstance(value, str) else "")
    if not isinstance(parsed, datetime):
        raise ValueError("must be a time, such as 2026-11-28T14:00Z")  # noqa: TRY004 pydantic's
    return parsed.astimezone(UTC)


def _text(description: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, "examples": [example]})


class LiveArguments(Arguments):
    cloud: Annotated[str, LeftOutAs(ABSENT | ANYTHING)] = Field(
        default="", max_length=20, description="aws, gcp or azure (default all).", examples=["aws"]
    )
    model: Annotated[str, LeftOutAs(ABSENT | ANYTHING)] = Field(
        default="", max_length=300, description="Its id (default all).", examples=["claude-opus-4-6"]
    )
    minutes: int | None = Field(
        default=None, ge=1, le=MAX_MINUTES, description="The last so many.", examples=[60]
    )
    hour: Annotated[datetime, BeforeValidator(_hour), _text("This hour.", "2026-11-28T14:00Z")] | None = None
    day: Annotated[date, BeforeValidator(read_day), _text("This day (UTC).", "2026-11-28")] | None = None
    # Customers and features may be called "all" or "any".
    customer: Annotated[str, LeftOutAs(ABSENT)] = Field(
        default="", max_length=300, description="For whom calls were, or (none).", examples=["acme"]
    )
    feature: Annotated[str, LeftOutAs(ABSENT)] = Field(
        default="", max_length=300, description="What calls were for.", examples=["search"]
    )
    by: Annotated[str, LeftOutAs(ABSENT | ANYTHING)] = Field(
        default="", max_length=20, description="Group calls by customer or feature.", examples=["customer"]
    )
    basis: Annotated[str, LeftOutAs(ABSENT | ANYTHING)] = Field(
        default="", max_length=20, description="metrics or calls; never both.", examples=["calls"]
    )


class LiveUsageArguments(LiveArguments):
    pass


class LiveCostArguments(LiveArguments):
    pass


def _amount(value: Any) -> Any:
    """Parse an amount: a text in digits, or a number that has so many digits itself."""
    if isinstance(value, bool):
        return value
    return f"{value}".strip() if isinstance(value, int | float | Decimal | str) else value


class SetLiveAlertArguments(Arguments):
    name: Annotated[str, LeftOutAs(ABSENT)] = Field(
        default="", max_length=60, description="Of the rule; the same name changes it.", examples=["opus"]
    )
    usd_per_hour: Annotated[
        str, BeforeValidator(_amount), LeftOutAs(ABSENT), _text("Told above this.", "1000")
    ] = ""
    minutes: int = Field(
        default=15,
        ge=LiveRule.MIN_MINUTES,
        le=LiveRule.MAX_MINUTES,
        description="For so many minutes together.",
        examples=[15],
    )
    cloud: Annotated[str, LeftOutAs(ABSENT | ANYTHING)] = Field(
        default="", max_length=20, description="aws, gcp or azure (default all).", examples=["aws"]
    )
    model: Annotated[str, LeftOutAs(ABSENT | ANYTHING)] = Field(
        default="", max_length=300, description="Its id (default all).", examples=["claude-opus-4-6"]
    )
    account: Annotated[str, LeftOutAs(ABSENT | ANYTHING)] = Field(
        default="", max_length=300, description="Account or project (default all).", examples=["111122223333"]
    )
    remove: bool = Field(default=False, description="Remove the rule.", examples=[False])

    @model_validator(mode="after")
    def _has_a_threshold(self) -> Self:
        if self.name and not self.remove and not self.usd_per_hour:
            raise ValueError("usd_per_hour must be an amount, such as 1000")
        return self


LiveUsageAnswer = answer.UsageAnswer
LiveCostAnswer = answer.CostAnswer
SetLiveAlertAnswer = RulesAnswer
