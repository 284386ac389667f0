"""What a rule is of and nobody has seen: it may come later, or be misspelt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from catalog.nearest import closest
from costs.wording import quoted
from live.bill_prices import account_name
from live.counts import names_of_now
from live.model_ids import model_of
from live.models import LiveRule, LiveSeries
from live.sources import counting


def unseen(rules: Iterable[LiveRule]) -> Sequence[str]:
    """What the collected metrics have never had of rules, as sentences with names that are near.

    Args:
        rules: which.
    """
    named = [rule for rule in rules if rule.model or rule.account]
    if not named:
        return []
    models, accounts = _seen()
    said: list[str] = []
    for rule in named:
        if rule.model and rule.model.casefold() not in {name.casefold() for name in models}:
            said.append(_said(rule, "model", rule.model, models))
        if rule.account and account_name(rule.account) not in {account_name(name) for name in accounts}:
            said.append(_said(rule, "account", rule.account, accounts))
    return said


def _seen() -> tuple[Collection[str], Collection[str]]:
    """The models, by their ids and by their names, and the accounts that were ever counted."""
    clouds, names = {source.pk: source.cloud for source in counting()}, names_of_now()
    rows = LiveSeries.objects.filter(source__in=[*clouds]).order_by()
    models: set[str] = set()
    for source, name, version in rows.values_list("source", "name", "version").distinct():
        model = model_of(clouds[source], name, version, names)
        models |= {name, *([model.id] if model else [])}
    return models, {*rows.values_list("account", flat=True).distinct()}


def _said(rule: LiveRule, what: str, wanted: str, seen: Collection[str]) -> str:
    near = closest(wanted, sorted(seen))
    hint = f": near to it {'are' if near[1:] else 'is'} {', '.join(map(quoted, near))}" if near else ""
    return f"The rule {rule.name} is of the {what} {quoted(wanted)}, of which nothing was ever counted{hint}."
