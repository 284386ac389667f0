"""What a run of the job has done, as text for the operator and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from catalog.pricing.decimals import EXACT, plain
from costs.wording import counted, printable

Money = Mapping[str, Decimal]


class Outcome(StrEnum):
    """What became of a month."""

    LOADED = "loaded"
    REPLACED = "replaced"
    RESTAMPED = "restamped"
    UNCHANGED = "unchanged"
    FAILED = "failed"


_BEHIND = (
    "unified_costs in BigQuery could not follow the loads that count, so SQL of others reads what counted "
    "before. The next load_costs tries again."
)
_SAYS = {
    Outcome.LOADED: "loaded",
    Outcome.REPLACED: "replaced",
    Outcome.RESTAMPED: "stamped again by changed names or rules",
    Outcome.UNCHANGED: "unchanged",
    Outcome.FAILED: "not loaded",
}


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What became of a month.

    Args:
        period: the billing month, as 2026-10.
        outcome: what became of it.
        load: the load that is current now; "" if there is none, or in a dry run.
        rows: of that load.
        billed: its sum of BilledCost by currency.
        before: the same of the load that was current before.
        warnings: what the checks found.
        error: why it was not loaded.
        account: of an estimate, the account or subscription that it is of.
    """

    period: str
    outcome: Outcome
    load: str = ""
    rows: int = 0
    billed: Money = field(default_factory=dict)
    before: Money = field(default_factory=dict)
    warnings: Sequence[str] = ()
    error: str = ""
    account: str = ""

    @property
    def difference(self) -> Money:
        """By how much the sum has changed, by currency, where it has."""
        if self.outcome is not Outcome.REPLACED:
            return {}
        zero = Decimal(0)
        changes = {
            currency: EXACT.subtract(self.billed.get(currency, zero), self.before.get(currency, zero))
            for currency in sorted({*self.billed, *self.before})
        }
        return {currency: amount for currency, amount in changes.items() if amount}

    def sentence(self) -> str:
        month = f"{self.period} of {printable(self.account)}" if self.account else self.period
        if self.outcome is Outcome.FAILED:
            return f"{month} {_SAYS[self.outcome]}: {printable(self.error)}"
        line = f"{month} {_SAYS[self.outcome]}: {counted(self.rows, 'row')}, {amounts(self.billed)}"
        if self.outcome is Outcome.REPLACED:
            line += f" ({changes(self.difference)})"
        return "\n".join([f"{line}.", *(f"  {printable(warning)}" for warning in self.warnings)])

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        for name in ("billed", "before", "difference"):
            values[name] = _plain(getattr(self, name))
        return values | {"warnings": list(self.warnings)}


@dataclass(slots=True)
class LoadReport:
    """What a run over one source has done.

    Args:
        source: its name.
        is_dry: whether nothing was written.
        months: what became of each month, oldest first.
        error: why the source could not be read; "" if it could.
        gone: months that are loaded but no longer offered, with their money.
        notes: what of the source is to be told beside its months, as sentences.
        behind: why the store could not follow; "" if it could.
    """

    source: str
    is_dry: bool = False
    months: list[MonthReport] = field(default_factory=list)
    error: str = ""
    gone: Mapping[str, Money] = field(default_factory=dict)
    notes: Sequence[str] = ()
    behind: str = ""

    @property
    def has_succeeded(self) -> bool:
        """Whether any month is now as its source has it."""
        return any(month.outcome is not Outcome.FAILED for month in self.months)

    @property
    def has_changed(self) -> bool:
        """Whether answers rest on something new, unless it is a dry run."""
        return any(month.outcome not in (Outcome.FAILED, Outcome.UNCHANGED) for month in self.months)

    def problems(self) -> list[str]:
        """One line for each thing that could not be loaded."""
        failed = [month.sentence() for month in self.months if month.outcome is Outcome.FAILED]
        behind = f"{_BEHIND} {self.behind}" if self.behind else ""
        told = [printable(text) for text in (self.error, behind) if text]
        return [f"{self.source}: {problem}" for problem in [*told, *failed]]

    def summary(self) -> str:
        """A line for each month that has changed, and one for the others; of a dry run, what would be."""
        would = "Would be: " if self.is_dry else ""
        done = [month for month in self.months if month.outcome is not Outcome.FAILED]
        changed = [month.sentence() for month in done if month.outcome is not Outcome.UNCHANGED]
        unchanged = len(done) - len(changed)
        months = f"{counted(unchanged, 'month')} {_SAYS[Outcome.UNCHANGED]}."
        lines = [*changed, *([months] if unchanged else [])]
        gone = [
            f"{self.source} {month} is no longer in its source; its load stays: {amounts(billed)}."
            for month, billed in self.gone.items()
        ]
        notes = [f"{self.source}: {printable(note)}" for note in self.notes]
        return "\n".join([*(f"{would}{self.source} {line}" for line in lines), *gone, *notes])

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "dry_run": self.is_dry,
            "error": self.error,
            "months": [month.as_json() for month in self.months],
            "gone": {month: _plain(billed) for month, billed in self.gone.items()},
            "notes": list(self.notes),
            "behind": self.behind,
        }


def _plain(money: Money) -> dict[str, str]:
    return {currency: plain(amount) for currency, amount in money.items()}


def amounts(money: Money) -> str:
    """Sums by currency, in words."""
    return " and ".join(f"{plain(amount)} {currency}".strip() for currency, amount in money.items()) or "0"


def changes(difference: Money) -> str:
    """By how much sums have changed, in words: "7 EUR and 100 USD less"."""
    ways = {
        "more": {currency: amount for currency, amount in difference.items() if amount > 0},
        "less": {currency: -amount for currency, amount in difference.items() if amount < 0},
    }
    return " and ".join(f"{amounts(money)} {way}" for way, money in ways.items() if money) or "the same sum"
