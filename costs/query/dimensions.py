"""What costs can be grouped and filtered by, as docs/tools.md names it, in terms of the columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlglot import exp

from catalog import iso8601
from catalog.meters.meter import UsageKind
from catalog.nearest import nearest
from costs.errors import InvalidQuestionError
from costs.focus.columns import columns
from costs.query.periods import Unit, first_day
from costs.wording import quoted

# A model that the bill names, but that the table of model names does not have.
UNMAPPED = "(unmapped)"
MAX_CHARACTERS = 500
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)

Value = str | None
# A client that cannot send null in a list sends the word.
NONE = "null"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension.

    Args:
        name: as in questions and answers.
        column: its column of unified_costs.
        values: its values, if the list is closed.
        unit: day or month, if it is when the time of that column is.
    """

    name: str
    column: str
    values: tuple[str, ...] = ()
    unit: Unit | None = None

    def expression(self) -> exp.Expr:
        """Its value for a row."""
        if self.name == "model":
            is_named = column("x_BillingModel").is_(exp.null()).not_()
            return exp.func("COALESCE", column(self.column), exp.case().when(is_named, text(UNMAPPED)))
        if self.unit is None:
            return column(self.column)
        day = _day_of(column(self.column))
        return day if self.unit is Unit.DAY else exp.func("DATE_TRUNC", text("MONTH"), day)

    def literal(self, value: str) -> exp.Expr:
        """A value that read() returned."""
        if self.unit is None:
            return text(value)
        return exp.cast(text(value if self.unit is Unit.DAY else first_day(value).isoformat()), "date")

    def shown(self, value: object) -> Value:
        """A value of expression(), as in answers."""
        if isinstance(value, date):
            return value.isoformat()[: 10 if self.unit is Unit.DAY else 7]
        return None if value is None else str(value)

    def read(self, value: str) -> str:
        """A value of a question, in the spelling of the data.

        Raises:
            InvalidQuestionError: this dimension cannot have the value.
        """
        if self.unit is not None:
            return self._time(value)
        if self.values:
            return self._listed(value)
        if len(value) > MAX_CHARACTERS or not _is_unicode(value):
            raise InvalidQuestionError(
                f"A value of {self.name} must be a text of at most {MAX_CHARACTERS} characters.",
                hint=f"Ask with the dimension {self.name} to see its values.",
            )
        return value

    def _listed(self, sent: str) -> str:
        for value in self.values:
            if value.casefold() == sent.strip().casefold():
                return value
        raise InvalidQuestionError(
            f"{self.name} cannot be {quoted(sent)}.",
            hint=f"Send {', '.join(self.values)} or null.",
            candidates=nearest(sent, self.values),
        )

    def _time(self, sent: str) -> str:
        form = "a month such as 2026-10" if self.unit is Unit.MONTH else "a day such as 2026-10-31"
        if self.unit is Unit.MONTH and _MONTH.fullmatch(sent):
            return sent
        if self.unit is Unit.DAY and (day := _day(sent)):
            return day.isoformat()
        raise InvalidQuestionError(f"{self.name} cannot be {quoted(sent)}.", hint=f"Send {form}.")


def value_of(sent: Value) -> Value:
    """A value of a filter as it was sent: the word null is no value, too."""
    return None if sent == NONE else sent


def column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def text(value: str) -> exp.Literal:
    """A value as a literal, which the dialect escapes: no text from outside becomes SQL."""
    return exp.Literal.string(value)


def _day_of(time: exp.Expr) -> exp.Expr:
    """The day of a time in UTC. By its microseconds, since DuckDB casts times with a zone far more slowly."""
    micros = exp.UnixMicros(this=time)
    return exp.cast(exp.UnixToTime(this=micros, scale=exp.UnixToTime.MICROS), "date")


def _day(sent: str) -> date | None:
    try:
        day = iso8601.parse(sent)
    except ValueError:
        return None
    return None if isinstance(day, datetime) else day


def _is_unicode(value: str) -> bool:
    """Whether it has no lone surrogates, which no database stores."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _allowed(name: str) -> tuple[str, ...]:
    return tuple(sorted(columns()[name].allowed))


_ALL = (
    Dimension("cloud", "x_Cloud", _allowed("x_Cloud")),
    Dimension("service", "ServiceName"),
    Dimension("account", "SubAccountId"),
    Dimension("region", "RegionId"),
    Dimension("model", "x_ModelId"),
    Dimension("developer", "x_ModelDeveloper"),
    Dimension("direction", "x_TokenDirection", ("Input", "Output")),
    Dimension("cache", "x_TokenCacheAction", ("Read", "Write", "Uncached", "Other")),
    Dimension("modality", "x_Modality", ("text", "image", "audio", "video")),
    Dimension(
        "tier",
        "x_ServiceTier",
        ("standard", "batch", "flex", "priority", "latency-optimized", "provisioned", "fine-tuned"),
    ),
    Dimension("scope", "x_Scope", ("regional", "geo", "global")),
    Dimension("context", "x_Context", ("short", "long")),
    Dimension("customer", "x_ConsumerId"),
    Dimension("usage_kind", "x_UsageKind", tuple(UsageKind)),
    Dimension("category", "ChargeCategory", _allowed("ChargeCategory")),
    Dimension("day", "ChargePeriodStart", unit=Unit.DAY),
    Dimension("month", "ChargePeriodStart", unit=Unit.MONTH),
    Dimension("billing_month", "BillingPeriodStart", unit=Unit.MONTH),
    Dimension("meter", "x_Meter"),
    Dimension("source", "x_Source"),
    Dimension("load", "x_LoadId"),
    Dimension("currency", "BillingCurrency"),
)
DIMENSIONS: Mapping[str, Dimension] = MappingProxyType({dimension.name: dimension for dimension in _ALL})
