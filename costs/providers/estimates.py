"""Estimates that a cloud is asked for where no export is set up.

A question is about one month. Its answer is kept whole, as a FOCUS file for each account, so that what was
asked is neither paid for nor waited for twice, whatever ends a load; it is asked for again only while it may
change.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qsl

from costs.errors import LoadError
from costs.providers.files import revision
from costs.providers.source import Delivery, Layout

MAX_MONTHS = 13
# Clouds renew their figures a few times a day, so that to ask more often would bring the same.
AGAIN_AFTER = timedelta(hours=12)
# What a cloud takes for each call, by kind of source (aws.amazon.com, "AWS Cost Explorer pricing").
CALL_USD: Mapping[str, Decimal] = MappingProxyType({"cost-explorer": Decimal("0.01")})
_MONTHS, _MOST_CALLS = 2, 10_000
_INDEX = ".asked.json"
_PRIVATE_FOLDER = 0o700

Row = Mapping[str, str]
# The month, and what was asked beside it.
Asked = tuple[str, str]


def now() -> datetime:
    """The time, for tests to set."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is asked.

    Args:
        months: of how many months, with the one that is not over.
        max_calls: how often a load may ask.
    """

    months: int
    max_calls: int


def bounds(location: str, form: str, max_calls: int) -> Bounds:
    """The bounds that a location has after its question mark.

    Args:
        location: of the source.
        form: how it is to be written, for the error.
        max_calls: how many calls there may be if it does not say.

    Raises:
        LoadError: it has something else there.
    """
    options = dict(parse_qsl(location.partition("?")[2], keep_blank_values=True))
    months, calls = options.pop("months", f"{_MONTHS}"), options.pop("max_calls", f"{max_calls}")
    is_number = months.isdecimal() and calls.isdecimal()
    if options or not is_number or not 1 <= int(months) <= MAX_MONTHS or not 1 <= int(calls) <= _MOST_CALLS:
        known = f"?months=1 to {MAX_MONTHS}, ?max_calls=1 to {_MOST_CALLS}, or both with & between"
        raise LoadError(f"{location!r} ends in something unknown: write {form}, or add {known}.")
    return Bounds(int(months), int(calls))


def months_until(today: date, count: int) -> list[str]:
    """The last months up to that of a day, oldest first."""
    numbers = [today.year * 12 + today.month - 1 - back for back in reversed(range(count))]
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def day_after(month: str) -> date:
    """The first day after a month."""
    return (first_day(month) + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is kept.

    Args:
        at: when it was asked for.
        is_final: whether it cannot change any more.
        files: its files, below the folder, with the account and the number of rows of each.
    """

    at: str
    is_final: bool
    files: Mapping[str, tuple[str, int]]


class Answers:
    """The answers in a folder, by month and what was asked.

    Args:
        folder: nobody else writes there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = _whole(folder, _read_index(folder))

    def is_due(self, month: str, asked: str = "") -> bool:
        """Whether to ask again: it may have changed, or is not kept."""
        kept = self._kept.get((month, asked))
        if kept is None:
            return True
        return not kept.is_final and datetime.fromisoformat(kept.at) + AGAIN_AFTER <= now()

    def is_final(self, month: str, asked: str) -> bool:
        """Whether an answer is kept that cannot change any more."""
        kept = self._kept.get((month, asked))
        return kept is not None and kept.is_final

    def asked_at(self, month: str, asked: str = "") -> str:
        """When it was asked the last time; "" if never. So sorted, no question waits for ever."""
        kept = self._kept.get((month, asked))
        return kept.at if kept else ""

    def months(self, wanted: Iterable[str]) -> list[str]:
        """These months, and those with an answer that may change, oldest first."""
        changing = (month for (month, _), kept in self._kept.items() if not kept.is_final)
        return sorted({*wanted, *changing})

    def keep(self, month: str, asked: str, rows: Mapping[str, Sequence[Row]], *, is_final: bool) -> None:
        """Keep an answer in place of the one before.

        Args:
            month: of the question.
            asked: what was asked, beside the month.
            rows: what it has of each account, in columns of FOCUS.
            is_final: whether it cannot change any more.
        """
        files = {}
        for account, found in sorted(rows.items()):
            name = f"{month}/{_safe(asked)}.{_safe(account)}.csv"
            _write(self._folder / name, found)
            files[name] = (account, len(found))
        self._kept[month, asked] = Answered(now().isoformat(), is_final, files)
        self._write_index()

    def drop_others(self, month: str, asked: Collection[str]) -> bool:
        """Forget what a month had beside these, which the cloud has no more.

        Args:
            month: whose accounts were asked for.
            asked: those that have costs in it.

        Returns:
            Whether it had others.
        """
        gone = [key for key in self._kept if key[0] == month and key[1] not in ("", *asked)]
        for key in gone:
            del self._kept[key]
        if gone:
            self._write_index()
        return bool(gone)

    def known_months(self) -> set[str]:
        """The months of which all accounts are known: what they lack, the cloud does not have."""
        return {month for month, asked in self._kept if not asked}

    def deliveries(self, source: str, cloud: str) -> Iterator[Delivery]:
        """A delivery for each account of each month, oldest month first."""
        for (month, _), kept in sorted(self._kept.items()):
            for name, (account, rows) in kept.files.items():
                path = self._folder / name
                yield Delivery(
                    source,
                    cloud,
                    month,
                    revision([path]),
                    Layout.FOCUS_CSV,
                    [path],
                    is_exclusive=True,
                    rows=rows,
                    is_estimate=True,
                    account=account,
                )

    def _write_index(self) -> None:
        values = [
            {"month": month, "asked": asked, **asdict(kept)} for (month, asked), kept in self._kept.items()
        ]
        _replace(self._folder / _INDEX, json.dumps(values))


def of_month(month: str) -> Row:
    """The columns that say which billing month a row is of."""
    return {
        "BillingPeriodStart": f"{first_day(month)}T00:00:00Z",
        "BillingPeriodEnd": f"{day_after(month)}T00:00:00Z",
    }


def of_day(day: date) -> Row:
    """The columns that say which day a row is of."""
    return {
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + timedelta(days=1)}T00:00:00Z",
    }


def _read_index(folder: Path) -> dict[Asked, Answered]:
    """What is kept; nothing if the index is damaged: then all is asked again."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads((folder / _INDEX).read_text())
        return {
            (each["month"], each["asked"]): Answered(
                each["at"],
                each["is_final"],
                {name: (account, rows) for name, (account, rows) in each["files"].items()},
            )
            for each in found
        }
    return {}


def _whole(folder: Path, kept: Mapping[Asked, Answered]) -> dict[Asked, Answered]:
    """The answers whose files are there; of a month that lacks some, it is not known what was asked."""
    lacking = {
        asked for asked, answer in kept.items() if not all((folder / name).is_file() for name in answer.files)
    }
    months = {month for month, _ in lacking}
    return {
        (month, asked): answer
        for (month, asked), answer in kept.items()
        if (month, asked) not in lacking and (asked or month not in months)
    }


def _write(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    names = sorted({name for row in rows for name in row})
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    part.replace(path)


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


def _safe(name: str) -> str:
    """A name of a file: the last part of an account's, which is its id."""
    return re.sub(r"[^A-Za-z0-9-]", "", name.rpartition("/")[2]) or "rest"
