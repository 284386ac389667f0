"""The live rules of a person: added, changed and removed by a name, and how each stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from accounts.models import User
from catalog.nearest import nearest
from catalog.pricing.decimals import plain
from costs.alerts.channels import channels
from costs.models import Alert
from costs.store.base import CostStore
from costs.wording import quoted
from live.answer import CONTRACT, utc
from live.errors import InvalidLiveQuestionError, LiveError
from live.models import LiveRule
from live.seen import unseen
from live.watch import Watch

_BY_MAIL = "by e-mail, and on the page /live/"
_MAX_HINTS = 5
_ON_PAGE = (
    "on the page /live/ only: you have no e-mail address here, which an administrator can add, or this "
    "server sends no e-mail"
)


class TooManyRulesError(LiveError):
    code = "too_many_rules"


class RuleRow(TypedDict):
    """A rule and how it stands; `cost_per_hour` is what is known, and `why` says what is not."""

    name: str
    usd_per_hour: str
    minutes: int
    cloud: str | None
    model: str | None
    account: str | None
    enabled: bool
    shared: bool
    state: Literal["above", "below", "unknown"]
    cost_per_hour: str
    why: str | None
    alerting_since: str | None


class RulesAnswer(TypedDict):
    """The rules of a person, and how they are told."""

    contract: Literal["1"]
    as_of: str
    rules: list[RuleRow]
    left: int
    told: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """A rule as somebody wants it.

    Args:
        name: its name, of that person's own.
        above: more than so many USD an hour is told, in digits.
        minutes: how many minutes together have to cost so much.
        cloud: aws, gcp or azure; "" for all.
        model: its id or name; "" for all.
        account: the account, project or subscription; "" for all.
    """

    name: str
    above: str
    minutes: int
    cloud: str = ""
    model: str = ""
    account: str = ""


def put(owner: User, wish: Wish, made_with: str) -> LiveRule:
    """Add a rule, or change the one of this name, for its owner alone, and return it.

    Raises:
        InvalidLiveQuestionError: it cannot be so, or is shared.
        TooManyRulesError: there are as many as may be.
    """
    with transaction.atomic():
        rule = _own(owner, wish.name)
        if rule is None:
            _leave_room(owner)
            rule = LiveRule(owner=owner, name=wish.name)
        rule.above_text, rule.minutes, rule.made_with = wish.above, wish.minutes, made_with
        rule.cloud, rule.model, rule.account = wish.cloud, wish.model, wish.account
        rule.is_enabled = True
        try:
            rule.full_clean()
        except ValidationError as error:
            raise InvalidLiveQuestionError(" ".join(error.messages)) from None
        rule.save()
    return rule


def remove(owner: User, name: str) -> None:
    """Remove a rule.

    Raises:
        InvalidLiveQuestionError: there is none of this name, or it is shared.
    """
    rule = _own(owner, name)
    if rule is None:
        names = list(LiveRule.objects.filter(owner=owner).values_list("name", flat=True))
        raise InvalidLiveQuestionError(
            f"You have no rule {quoted(name)}.",
            hint="Without a name, they are listed.",
            candidates=nearest(name, names),
        )
    rule.delete()


def standing(owner: User, store: CostStore, *, now: datetime | None = None) -> RulesAnswer:
    """How the rules of a person stand.

    Args:
        owner: the person.
        store: the loaded costs, which have the own prices.
        now: the time; None for the clock's.
    """
    now = now or timezone.now()
    rules = list(LiveRule.objects.filter(owner=owner))
    watch = Watch(store, now)
    firing = {alert.cause: alert for alert in Alert.objects.firing(["live/"])}
    mail = channels().get("email")
    is_mailed = bool(owner.email and mail)
    return {
        "contract": CONTRACT,
        "as_of": utc(now),
        "rules": [_row(rule, watch, firing.get(rule.cause)) for rule in rules],
        "left": max(LiveRule.MAX_OF_PERSON - len(rules), 0),
        "told": _BY_MAIL if is_mailed else _ON_PAGE,
        "hint": (" ".join(unseen(rules)[:_MAX_HINTS]) or None) if rules else "You have no rules.",
    }


def _row(rule: LiveRule, watch: Watch, alert: Alert | None) -> RuleRow:
    found = watch.standing(rule)
    return {
        "name": rule.name,
        "usd_per_hour": rule.above_text,
        "minutes": rule.minutes,
        "cloud": rule.cloud or None,
        "model": rule.model or None,
        "account": rule.account or None,
        "enabled": rule.is_enabled,
        "shared": rule.is_shared,
        "state": "above" if found.is_above else "unknown" if found.why else "below",
        "cost_per_hour": plain(found.cost),
        "why": found.why or None,
        "alerting_since": utc(alert.started_at) if alert else None,
    }


def _own(owner: User, name: str) -> LiveRule | None:
    """The rule of this name. Those that others are told of too are changed in the admin alone."""
    rule = LiveRule.objects.filter(owner=owner, name=name).first()
    if rule and rule.is_shared:
        raise InvalidLiveQuestionError(
            f"The rule {quoted(name)} is shared.",
            hint="An administrator changes it under Live rules in the admin.",
        )
    return rule


def _leave_room(owner: User) -> None:
    if LiveRule.objects.filter(owner=owner).count() >= LiveRule.MAX_OF_PERSON:
        raise TooManyRulesError(
            f"You have {LiveRule.MAX_OF_PERSON} rules, as many as a person may have.",
            hint="Remove one first.",
        )
    if LiveRule.objects.count() >= LiveRule.MAX_IN_ALL:
        raise TooManyRulesError(
            f"There are {LiveRule.MAX_IN_ALL} rules, as many as this server watches.",
            hint="An administrator can remove some under Live rules in the admin.",
        )
