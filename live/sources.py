"""The sources that are collected, and which of them count."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from live.errors import SourceArgumentError
from live.models import LiveSeries, LiveSource
from live.providers.registry import CALLS, DEMO_CALLS, KINDS, cloud_of_provider, kind_of

_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
MAX_NAME = 60


def chosen_sources(texts: Sequence[str]) -> Sequence[LiveSource]:
    """The sources that `--source` names, or all that are enabled.

    Args:
        texts: names of sources, or locations; a location that is no source yet becomes one.

    Raises:
        SourceArgumentError: one is neither, or there are none at all.
    """
    if texts:
        return [_source(text) for text in texts]
    # What is sent to the intake is not read, whatever somebody enabled.
    enabled = list(LiveSource.objects.filter(is_enabled=True).exclude(kind=CALLS))
    if not enabled:
        raise SourceArgumentError(
            f"There are no sources of live usage. Name one with --source: {_forms()}; or see the demo with "
            "demo_live."
        )
    return enabled


def of_metrics() -> QuerySet[LiveSource]:
    """The sources that tell a cloud's metrics, the demo's too; the others are calls, which have no cloud."""
    return LiveSource.objects.exclude(kind=CALLS).exclude(location=DEMO_CALLS)


def counting() -> Sequence[LiveSource]:
    """The sources whose metrics answers rest on: the demo only if there is nothing real.

    The calls that were sent to the intake are not among them: their tokens are in the clouds' metrics too.
    """
    sources = list(of_metrics())
    return [source for source in sources if not source.is_demo] or sources


def of_calls() -> Sequence[LiveSource]:
    """What was sent to the intake, by who sent it; that of the demo only if there is nothing real."""
    sent = list(LiveSource.objects.filter(kind=CALLS))
    is_real = sent or any(not source.is_demo for source in counting())
    return sent if is_real else list(LiveSource.objects.filter(location=DEMO_CALLS))


def called_clouds() -> Mapping[str, Sequence[LiveSource]]:
    """Whose calls were sent to the intake: the sources that have some, by cloud."""
    sources = {source.pk: source for source in of_calls()}
    rows = LiveSeries.objects.filter(source__in=[*sources]).order_by()
    found: defaultdict[str, list[LiveSource]] = defaultdict(list)
    for source, provider in rows.values_list("source", "provider").distinct():
        found[cloud_of_provider(provider)].append(sources[source])
    return found


def _source(text: str) -> LiveSource:
    collected = LiveSource.objects.exclude(kind=CALLS)
    if found := collected.filter(name=text).first():
        return found
    kind = kind_of(text)
    if not kind:
        names = ", ".join(collected.values_list("name", flat=True)) or "none yet"
        raise SourceArgumentError(f"{text} is no source. The sources are: {names}. A new one is {_forms()}.")
    if found := LiveSource.objects.filter(location=text).first():
        return found
    return _made(kind, text)


def _made(kind: str, location: str) -> LiveSource:
    rest = location.removeprefix(KINDS[kind].scheme)
    name = _NO_NAME.sub("-", f"{KINDS[kind].cloud or 'demo'}-{rest}").strip("-")[-MAX_NAME:].lstrip("-._")
    source = LiveSource(name=name, kind=kind, location=location)
    try:
        source.full_clean()
    except ValidationError as error:
        reason = " ".join(error.messages)
        raise SourceArgumentError(f"{location} cannot become a source: {reason}") from error
    source.save()
    return source


def _forms() -> str:
    return ", ".join(kind.form for name, kind in KINDS.items() if name != LiveSource.Kind.DEMO)
