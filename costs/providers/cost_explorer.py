"""Estimates of AWS Cost Explorer, where no data export is set up.

Each account of a payer is asked for by itself, by day, service and usage type: GetCostAndUsage groups by two
things alone (docs.aws.amazon.com, "GetCostAndUsage"), and a bill may have some of the accounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from botocore.config import Config

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers import estimates
from costs.providers.aws_errors import explained
from costs.providers.aws_session import session
from costs.providers.estimate_source import EstimateSource, Place, Service
from costs.providers.estimates import Answers, Row, day_after, first_day

# Of a load, for 0.50 USD. The pages of an answer that has begun are read to its end.
MAX_CALLS = 50
_MORE_PAGES = 50
_FORM = "costexplorer://ACCOUNT, or costexplorer://PAYER/ACCOUNT for one account of a payer"
_LOCATION = re.compile(r"costexplorer://(?P<payer>\d{12})(?:/(?P<account>\d{12}))?/?(?:\?.*)?")
_REGION = "us-east-1"
_PERMISSION = "ce:GetCostAndUsage on *"
# Of each call, with waits of up to 1, 2, 4, 8 and 16 seconds between them.
_REQUESTS = 6
_BILLED, _EFFECTIVE, _USAGE = "UnblendedCost", "AmortizedCost", "UsageQuantity"
_KEYS = ("SERVICE", "USAGE_TYPE")
_BY_USAGE = [{"Type": "DIMENSION", "Key": key} for key in _KEYS]
_BY_ACCOUNT = [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}]
_TAX, _NO_UNIT = "Tax", "N/A"
_ZERO = re.compile(r"-?0*\.?0*")


def open_source(name: str, location: str, fetched: Path, identity: Identity = OWN) -> CostExplorerSource:
    """Open the Cost Explorer of an account.

    Args:
        name: of the source.
        location: costexplorer://ACCOUNT, or costexplorer://PAYER/ACCOUNT.
        fetched: where its answers are kept.
        identity: whose credentials it is read with.

    Raises:
        LoadError: the location names no account.
    """
    return CostExplorerSource(name, _Place.of(location), fetched, identity)


@dataclass(frozen=True, slots=True)
class _Place(Place):
    """The accounts that are asked for.

    Args:
        payer: the account that is billed.
        account: the only account of it; "" for all.
    """

    payer: str
    account: str

    @classmethod
    def of(cls, location: str) -> _Place:
        found = _LOCATION.fullmatch(location)
        if not found:
            raise LoadError(f"{location!r} is no account of AWS: write {_FORM}.")
        bounds = estimates.bounds(location, "costexplorer://ACCOUNT", MAX_CALLS)
        return cls(location.partition("?")[0], bounds, found["payer"], found["account"] or "")


class CostExplorerSource(EstimateSource[_Place]):
    """What Cost Explorer has of the accounts of a payer."""

    service = Service(
        "cost-explorer", "Cost Explorer", "aws", "Cost Explorer has them about a day after the usage"
    )

    def ask(self, answers: Answers) -> Sequence[tuple[str, str]]:
        """Ask for the accounts of months that may have changed."""
        today = estimates.now().date()
        wanted = answers.months(estimates.months_until(today, self.place.bounds.months))
        months = [month for month in wanted if answers.is_due(month)]
        if not months:
            return []
        with closing(_Explorer(self, self.place)) as explorer:
            explorer.check_account()
            accounts = explorer.accounts(months, today)
            dropped = [month for month in months if answers.drop_others(month, accounts.get(month, ()))]
            self.has_lost = bool(dropped)
            asked = [(month, account) for month in months for account in accounts.get(month, ())]
            # Those come first that were asked for longest ago, or never.
            due = sorted(
                filter(lambda each: answers.is_due(*each), asked), key=lambda each: answers.asked_at(*each)
            )
            for number, (month, account) in enumerate(due):
                if not self.may_ask():
                    return due[number:]
                rows, is_final = explorer.month(month, account, today)
                answers.keep(month, account, {account: rows} if rows else {}, is_final=is_final)
        for month in months:
            # So that the next load need not ask which accounts there are.
            of_accounts = (answers.is_final(month, account) for account in accounts.get(month, ()))
            answers.keep(month, "", {}, is_final=day_after(month) <= today and all(of_accounts))
        return []


class _Explorer:
    """The client of Cost Explorer.

    Args:
        source: whose calls are counted.
        place: what is asked for.
    """

    def __init__(self, source: CostExplorerSource, place: _Place) -> None:
        self._source, self._place = source, place
        with self._explained():
            opened = session(source.identity)
            retries = {"mode": "standard", "total_max_attempts": _REQUESTS}
            config = Config(retries=retries, connect_timeout=10, read_timeout=60)
            region = opened.region_name or _REGION
            self._sts = opened.client("sts", config=config, region_name=region)
            self._client = opened.client("ce", config=config, region_name=region)
        # Each one that is sent, since AWS may take money for one whose answer is lost.
        self._client.meta.events.register("before-send.ce", self._count)

    def close(self) -> None:
        self._client.close()
        self._sts.close()

    def check_account(self) -> None:
        """Refuse the credentials of another account: its costs would be taken for those of this one.

        Raises:
            LoadError: they are of another account, or there are none.
        """
        with self._explained():
            account = self._sts.get_caller_identity()["Account"]
        if account not in (self._place.payer, self._place.account):
            raise LoadError(
                f"{self._place.address} cannot be read: the credentials are of account {account}. Give the "
                "job those of the account, or correct the location."
            )

    def accounts(self, months: Sequence[str], today: date) -> Mapping[str, Sequence[str]]:
        """The accounts that have costs in each of some months."""
        found: dict[str, set[str]] = {}
        period = _period(months[0], months[-1], today)
        for result in self._asked(period, "MONTHLY", _BY_ACCOUNT, self._place.account):
            month = _start(result)[:7]
            found.setdefault(month, set()).update(_keys(group)[0] for group in result["Groups"])
        return {month: sorted(accounts) for month, accounts in found.items()}

    def month(self, month: str, account: str, today: date) -> tuple[list[Row], bool]:
        """What an account is charged in a month, and whether that is final.

        Raises:
            LoadError: the answer is not whole, or has another month.
        """
        rows, is_final = list[Row](), day_after(month) <= today
        for result in self._asked(_period(month, month, today), "DAILY", _BY_USAGE, account):
            day = date.fromisoformat(_start(result))
            if not first_day(month) <= day < day_after(month):
                raise LoadError(f"{self._place.address} has an answer for {month} with costs of {day}.")
            is_final = is_final and result.get("Estimated") is False
            rows += filter(None, (self._row(month, day, account, group) for group in result["Groups"]))
        return rows, is_final

    def _row(self, month: str, day: date, account: str, group: Mapping[str, Any]) -> Row | None:
        service, usage_type = _keys(group)
        billed, effective, usage = (group["Metrics"].get(name, {}) for name in (_BILLED, _EFFECTIVE, _USAGE))
        if "Amount" not in billed or "Amount" not in effective:
            raise LoadError(f"{self._place.address} has an answer without the cost of {usage_type} on {day}.")
        if all(_ZERO.fullmatch(each.get("Amount", "0")) for each in (billed, effective, usage)):
            return None
        unit = usage.get("Unit", "")
        return {
            **estimates.of_month(month),
            **estimates.of_day(day),
            "BillingAccountId": self._place.payer,
            "SubAccountId": account,
            "ProviderName": "AWS",
            "ChargeCategory": "Tax" if service == _TAX else "Usage",
            "ServiceName": service,
            "x_UsageType": usage_type,
            "BilledCost": billed["Amount"],
            "BillingCurrency": billed["Unit"],
            "EffectiveCost": effective["Amount"],
            "ConsumedQuantity": usage.get("Amount", ""),
            "ConsumedUnit": "" if unit == _NO_UNIT else unit,
        }

    def _asked(
        self, period: Mapping[str, str], granularity: str, group_by: Sequence[Any], account: str
    ) -> Iterator[Mapping[str, Any]]:
        """All pages of an answer."""
        question: dict[str, Any] = {
            "TimePeriod": period,
            "Granularity": granularity,
            "Metrics": [_BILLED, _EFFECTIVE, _USAGE],
            "GroupBy": group_by,
        }
        if account:
            question["Filter"] = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [account]}}
        while True:
            with self._explained():
                answer = self._client.get_cost_and_usage(**question)
            yield from answer["ResultsByTime"]
            token = answer.get("NextPageToken")
            if not token:
                return
            if self._source.calls >= self._place.bounds.max_calls + _MORE_PAGES:
                raise LoadError(
                    f"{self._place.address} has an answer of too many pages: raise ?max_calls=NUMBER."
                )
            question["NextPageToken"] = token

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self._place.address, _PERMISSION)

    def _count(self, **_: object) -> None:
        self._source.calls += 1


def _period(first: str, last: str, today: date) -> Mapping[str, str]:
    """The days of some months, up to today; the end is the first day after."""
    return {"Start": f"{first_day(first)}", "End": f"{min(day_after(last), today + timedelta(days=1))}"}


def _start(result: Mapping[str, Any]) -> str:
    return f"{result['TimePeriod']['Start']}"


def _keys(group: Mapping[str, Any]) -> list[str]:
    return [f"{key}" for key in group["Keys"]]
