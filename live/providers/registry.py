"""The sources of live usage, by their kind. Another cloud is a file beside this one and a line here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import NamedTuple

from live.errors import CollectError
from live.providers.source import Collector

# Opens a source, given its location.
Opener = Callable[[str], Collector]


class Kind(NamedTuple):
    """A kind of source, whose client is imported when it is opened.

    Args:
        cloud: aws, gcp or azure; "" if each series says it.
        scheme: how its location begins.
        module: the module with its function `open_source`.
        extra: the extra that has its client; "" if it needs none.
        form: how its location is written.
        settle: how long after a minute the cloud usually has all of it.
    """

    cloud: str
    scheme: str
    module: str
    extra: str
    form: str
    settle: timedelta


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "cloudwatch": Kind(
            "aws",
            "cloudwatch://",
            "live.providers.aws",
            "aws",
            "cloudwatch://REGION or cloudwatch://REGION/ROLE_ARN",
            timedelta(minutes=3),
        ),
        "cloud-monitoring": Kind(
            "gcp",
            "monitoring://",
            "live.providers.google_cloud",
            "monitoring",
            "monitoring://PROJECT",
            timedelta(minutes=4),
        ),
        "azure-monitor": Kind(
            "azure",
            "azure-monitor://",
            "live.providers.azure",
            "azure",
            "azure-monitor://SUBSCRIPTION",
            timedelta(minutes=4),
        ),
        "demo": Kind("", "demo://", "live.providers.demo.collector", "", "demo://CLOUD", timedelta(0)),
    }
)


# What is sent to us and not collected: no collector opens it.
CALLS = "calls"
# Of the demo, what is as if it had been sent.
DEMO_CALLS = "demo://calls"
SETTLE: Mapping[str, timedelta] = MappingProxyType(
    {**{name: kind.settle for name, kind in KINDS.items()}, CALLS: timedelta(0)}
)
# The clouds of providers, as OpenTelemetry and LiteLLM spell them. The Gemini API has prices of its own, and
# names of a developer alone do not tell whose computers were used.
_CLOUDS: Mapping[str, str] = MappingProxyType(
    {
        "aws.bedrock": "aws",
        "aws_bedrock": "aws",
        "bedrock": "aws",
        "bedrock_converse": "aws",
        "az.ai.inference": "azure",
        "az.ai.openai": "azure",
        "azure": "azure",
        "azure.ai.inference": "azure",
        "azure.ai.openai": "azure",
        "azure_ai": "azure",
        "azure_text": "azure",
        "gcp.vertex_ai": "gcp",
        "vertex_ai": "gcp",
        "vertex_ai_beta": "gcp",
    }
)


def kind_of(location: str) -> str:
    """The kind of source that a location is of; "" if its beginning tells none."""
    return next((name for name, kind in KINDS.items() if location.startswith(kind.scheme)), "")


def cloud_of(kind: str, location: str) -> str:
    """The cloud whose usage a source has; "" if each of its series says it."""
    if kind == CALLS or location == DEMO_CALLS:
        return ""
    return KINDS[kind].cloud or location.removeprefix(KINDS[kind].scheme)


def cloud_of_provider(provider: str) -> str:
    """The cloud that bills calls of a provider; the provider itself if it is none of the three."""
    return _CLOUDS.get(provider.casefold(), provider)


def open_source(kind: str, location: str) -> Collector:
    """Open a source.

    Raises:
        CollectError: the location is none of this kind, or the client is not installed.
    """
    known = KINDS[kind]
    try:
        opener: Opener = importlib.import_module(known.module).open_source
    except ModuleNotFoundError as error:
        if not known.extra or f"{error.name}".startswith("live."):
            raise
        message = f"{known.scheme} cannot be read, because its client is not installed"
        raise CollectError(f"{message}: pip install 'cloud-pricing[{known.extra}]'.") from error
    return opener(location)
