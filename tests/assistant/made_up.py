"""Names of made-up charges, and plans of questions about them, without a database."""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.reading.context import Context
from assistant.reading.names import Names
from assistant.reading.plan import Plan
from assistant.reading.planner import Read, plan
from assistant.reading.vocabulary import meanings

# A Sunday.
TODAY = date(2026, 11, 29)
NAMES = Names(
    {
        "customer": ["acme", "globex", "initech", "Umbrella Corp"],
        "account": ["demo-acme", "demo-globex"],
        "model": [
            "claude-opus-4-6",
            "claude-sonnet-4-6",
            "gemini-2.5-flash",
            "gpt-4.1",
            "gpt-5.1",
            "nova-lite",
        ],
        "service": [
            "Amazon Bedrock",
            "Claude 4.6 Opus (Amazon Bedrock Edition)",
            "Vertex AI",
            "Foundry Models",
        ],
        "region": ["us-east-1", "europe-west4", "eastus2"],
        "developer": ["Anthropic", "Google", "OpenAI", "Amazon"],
        "budget": ["demo-all", "demo-globex"],
    },
    ["claude-opus-4-5", "gemini-2.5-flash", "gemini-2.5-pro"],
    meanings().words,
)


def read(text: str, last: Plan | None = None) -> Read:
    return plan(text, NAMES, Context(TODAY, NAMES.values["budget"], last))


def planned(text: str, last: Plan | None = None) -> Plan:
    """The one plan of a question."""
    found = read(text, last)
    assert (found.not_understood, found.cannot) == ((), ""), text
    [reading] = found.readings
    return reading.plan


def shown(text: str, last: Plan | None = None) -> dict[str, Any]:
    """What a question was read as, without what was taken for granted."""
    found = planned(text, last).as_json()
    return {name: value for name, value in found.items() if name not in ("kind", "tool", "assumed")}
