"""How late clouds are, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from costs.wording import counted

# What people call the service of a cloud whose metrics are read.
SERVICES: Mapping[str, str] = MappingProxyType(
    {"aws": "Bedrock", "gcp": "Vertex AI", "azure": "Azure OpenAI"}
)
_MINUTE, _LONG = timedelta(minutes=1), timedelta(hours=2)


def behind(name: str, lag: timedelta | None) -> str:
    """How late something is: "Bedrock: 3 minutes behind" as a sentence.

    Args:
        name: what it is called.
        lag: how late; None if it was never read.
    """
    if lag is None:
        return f"{name}: not read yet."
    if lag < _MINUTE:
        return f"{name}: less than a minute behind."
    minutes = lag // _MINUTE
    words = counted(minutes, "minute") if lag < _LONG else counted(minutes // 60, "hour")
    return f"{name}: {words} behind."
