"""What an evaluation of the rules found, and what it could not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from costs.models import Alert


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is wrong.

    Args:
        cause: what it is about, the same each time that it is found.
        kind: which rule found it.
        severity: how bad it is; the same for a cause, always.
        summary: one sentence with its figures.
        details: the figures, with amounts as decimal strings.
        about: what mutes match.
        path: the address of its page on this site.
        is_demo: whether it is about made-up data.
        is_covered: whether another alert says the same and more.
        owners: the e-mail addresses of those whom it is for.
        is_personal: whether nobody else is told.
        holds: how long it is not found before it is resolved, so that it does not flap.
    """

    cause: str
    kind: Alert.Kind
    severity: Alert.Severity
    summary: str
    details: Mapping[str, Any]
    about: Mapping[str, str | None]
    path: str
    is_demo: bool = False
    is_covered: bool = False
    owners: tuple[str, ...] = ()
    is_personal: bool = False
    holds: timedelta = timedelta()


@dataclass(slots=True)
class Findings:
    """What was found.

    Args:
        found: what is wrong, by cause.
        unknown: what could not be evaluated: the beginning of its causes, and why, as a sentence.
        replaced: causes that others say the same and more about, and that end without a word.
        failed: whether a rule could not be evaluated for a fault, rather than for costs that are not loaded.
    """

    found: dict[str, Found] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    failed: bool = False

    def add(self, found: Found) -> None:
        self.found[found.cause] = found

    def is_unknown(self, cause: str) -> bool:
        """Whether it cannot be told if the cause is still there."""
        return bool(self.doubt(cause))

    def doubt(self, cause: str) -> str:
        """Why it cannot be told if a cause is still there; "" if it can."""
        return next((why for prefix, why in self.unknown.items() if cause.startswith(prefix)), "")
