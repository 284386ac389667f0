"""The sources that are collected, and which of them count."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.core.exceptions import ValidationError

from live.errors import SourceArgumentError
from live.models import LiveSource
from live.providers.registry import KINDS, kind_of

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
    enabled = list(LiveSource.objects.filter(is_enabled=True))
    if not enabled:
        raise SourceArgumentError(
            f"There are no sources of live usage. Name one with --source: {_forms()}; or see the demo with "
            "demo_live."
        )
    return enabled


def counting() -> Sequence[LiveSource]:
    """The sources whose counts answers rest on: the demo only if there is nothing real."""
    sources = list(LiveSource.objects.all())
    return [source for source in sources if not source.is_demo] or sources


def _source(text: str) -> LiveSource:
    if found := LiveSource.objects.filter(name=text).first():
        return found
    kind = kind_of(text)
    if not kind:
        names = ", ".join(LiveSource.objects.values_list("name", flat=True)) or "none yet"
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
