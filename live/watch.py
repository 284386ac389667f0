"""Which live rules are exceeded: an hour at the pace of the last minutes, beside what people set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from accounts.oauth.scopes import grantable
from catalog.pricing.decimals import EXACT, ROUNDED, exact_sum, plain
from costs.alerts import causes
from costs.alerts.figures import money
from costs.alerts.findings import Findings, Found
from costs.models import Alert
from costs.store.base import CostStore
from costs.wording import counted, quoted
from live.bill_prices import account_name
from live.cost import unpriced_tokens
from live.costed import Costed, prices_at
from live.counts import names_of_now
from live.models import LiveRule, LiveSource
from live.pace import CloudPace, paces
from live.sources import counting

RULES = "live"
PREFIX = "live/"
CURRENCY = "USD"
_PATH = "/live/"
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands.

    Args:
        cost: what an hour costs in USD, of what is known.
        is_above: whether that is too much.
        why: why more may be spent than is known, as a sentence; "" if all is known.
        is_upper_bound: whether it may be less, because a metric hides what was cached.
        through: the end of the minutes; None if none are known.
    """

    cost: Decimal
    is_above: bool
    why: str
    is_upper_bound: bool
    through: datetime | None


def is_needed() -> bool:
    """Whether there are rules, or alerts of those that were."""
    return LiveRule.objects.exists() or Alert.objects.firing().filter(kind=Alert.Kind.LIVE).exists()


def find(store: CostStore, now: datetime, beat: Callable[[], object]) -> Findings:
    """The rules that are exceeded, and those of which that cannot be told."""
    return causes.tried(PREFIX, "Live rules", lambda: _find(store, now, beat))


def _find(store: CostStore, now: datetime, beat: Callable[[], object]) -> Findings:
    findings, watch = Findings(), Watch(store, now)
    for rule in _rules():
        beat()
        standing = watch.standing(rule)
        if standing.is_above:
            findings.add(_found(rule, standing, is_demo=watch.is_demo))
        elif standing.why:
            findings.unknown[rule.cause] = f"The live rule {rule.name} cannot be evaluated: {standing.why}"
    return findings


def _rules() -> list[LiveRule]:
    """The rules that count. Who may no longer read costs is told none."""
    rules = list(LiveRule.objects.filter(is_enabled=True).select_related("owner"))
    may_read = {
        owner: settings.COSTS_SCOPE in grantable(owner) for owner in {rule.owner_id for rule in rules}
    }
    return [rule for rule in rules if may_read[rule.owner_id]]


class Watch:
    """The pace of now, which rules are held against.

    Args:
        store: the loaded costs, which have the own prices.
        now: the time.
    """

    def __init__(self, store: CostStore, now: datetime) -> None:
        self._now, self._names = now, names_of_now()
        self._sources: Sequence[LiveSource] = counting()
        self._paces: dict[int, Sequence[CloudPace]] = {}
        self.is_demo = bool(self._sources) and all(source.is_demo for source in self._sources)
        self._prices = prices_at(store, now, is_demo=self.is_demo)

    def standing(self, rule: LiveRule) -> Standing:
        """How a rule stands now. What is known to be spent is spent; whether that is all may be unknown."""
        found = [pace for pace in self._of(rule.minutes) if rule.cloud in ("", pace.cloud)]
        costed = [each for pace in found for each in pace.costed if _is_of(rule, each)]
        spent = exact_sum(
            each.cost
            for each in costed
            if each.cost is not None and each.price and each.price.currency == CURRENCY
        )
        is_above = EXACT.multiply(spent, Decimal(_HOUR)) > EXACT.multiply(rule.above, Decimal(rule.minutes))
        return Standing(
            cost=ROUNDED.divide(EXACT.multiply(spent, Decimal(_HOUR)), Decimal(rule.minutes)),
            is_above=is_above,
            why=_unknown(rule, found, costed),
            is_upper_bound=any(each.price.is_upper_bound for each in costed if each.price),
            through=min((pace.end for pace in found if pace.end), default=None),
        )

    def _of(self, minutes: int) -> Sequence[CloudPace]:
        if minutes not in self._paces:
            self._paces[minutes] = paces(self._sources, minutes, self._names, self._prices, self._now)
        return self._paces[minutes]


def _is_of(rule: LiveRule, each: Costed) -> bool:
    count = each.count
    names = {name.casefold() for name in (count.series.name, count.model.id if count.model else "")}
    is_account = not rule.account or account_name(rule.account) == account_name(count.series.account)
    return is_account and (not rule.model or rule.model.casefold() in names)


def _unknown(rule: LiveRule, found: Sequence[CloudPace], costed: Sequence[Costed]) -> str:
    if not found:
        return f"Nothing is collected{f' of {rule.cloud}' if rule.cloud else ''}."
    why = [pace.why for pace in found if pace.why]
    if unpriced := unpriced_tokens(costed):
        why.append(f"{counted(unpriced, 'token')} of the last minutes have no known price.")
    others = sorted({each.price.currency for each in costed if each.price} - {CURRENCY})
    why += [f"Costs in {currency} are not added up with those in {CURRENCY}." for currency in others]
    return " ".join(why)


def _found(rule: LiveRule, standing: Standing, *, is_demo: bool) -> Found:
    return Found(
        cause=rule.cause,
        kind=Alert.Kind.LIVE,
        severity=Alert.Severity.CRITICAL,
        summary=_summary(rule, standing),
        details={
            "rule": rule.name,
            "above": rule.above_text,
            "cost_per_hour": plain(standing.cost),
            "currency": CURRENCY,
            "minutes": rule.minutes,
            "is_upper_bound": standing.is_upper_bound,
            "not_known": standing.why or None,
        },
        about={
            "rule": rule.name,
            "owner": f"{rule.owner}",
            "cloud": rule.cloud or None,
            "model": rule.model or None,
            "account": rule.account or None,
        },
        path=_PATH,
        is_demo=is_demo,
        owners=(rule.owner.email,) if rule.owner.email else (),
        is_personal=not rule.is_shared,
        holds=timedelta(minutes=rule.minutes),
    )


def _summary(rule: LiveRule, standing: Standing) -> str:
    bound = {(True, False): "at most ", (False, True): "at least "}
    of = " ".join(
        filter(
            None,
            [
                rule.model and f"of {quoted(rule.model)}",
                rule.cloud and f"on {rule.cloud}",
                rule.account and f"in {quoted(rule.account)}",
            ],
        )
    )
    said = bound.get((standing.is_upper_bound, bool(standing.why)), "about " if standing.why else "")
    return (
        f"Live rule {rule.name}: AI usage {f'{of} ' if of else ''}costs {said}{money(standing.cost)} "
        f"{CURRENCY} an hour, above {money(rule.above)}, by the last {rule.minutes} minutes to "
        f"{standing.through:%Y-%m-%d %H:%M} UTC."
    )
