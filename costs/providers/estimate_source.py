"""What sources of estimates have in common: a place with bounds, answers that are kept, and counted calls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from costs.errors import LoadError
from costs.identity import Identity
from costs.providers.estimates import CALL_USD, Answers, Asked, Bounds
from costs.providers.source import Delivery, Layout
from costs.wording import counted


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked for.

    Args:
        address: as people write it.
        bounds: how much is asked.
    """

    address: str
    bounds: Bounds


At = TypeVar("At", bound=Place)


@dataclass(frozen=True, slots=True)
class Service:
    """What is asked.

    Args:
        kind: of the source.
        name: as people call it.
        cloud: whose.
        later: when it has the first costs, after "has no costs yet: ".
    """

    kind: str
    name: str
    cloud: str
    later: str


class EstimateSource(ABC, Generic[At]):
    """A source that asks; its calls are counted, since they may cost money.

    Args:
        name: of the source.
        place: what is asked for.
        folder: where its answers are kept.
        identity: whose credentials it is asked with.
    """

    service: Service

    def __init__(self, name: str, place: At, folder: Path, identity: Identity) -> None:
        self.name, self.place, self.identity = name, place, identity
        self._folder = folder
        self.notes: Sequence[str] = ()
        # How often it was asked.
        self.calls = 0
        # Whether something that it had has no costs any more.
        self.has_lost = False

    @abstractmethod
    def ask(self, answers: Answers) -> Sequence[Asked]:
        """Ask for what may have changed; return what there were no calls left for.

        Raises:
            LoadError: the cloud cannot be asked.
        """

    def deliveries(self) -> Iterator[Delivery]:
        """Each account of each month, oldest month first, as it is known by now.

        Raises:
            LoadError: the cloud cannot be asked, or has no costs yet. What was answered before is kept.
        """
        answers = Answers(self._folder)
        try:
            unasked = self.ask(answers)
        finally:
            self.notes = [self._told()]
        never = [each for each in unasked if not answers.asked_at(*each)]
        kept = answers.deliveries(self.name, self.service.cloud)
        found = [*kept, *(self._unasked(*each) for each in never)]
        if not found and not self.has_lost:
            raise LoadError(f"{self.place.address} has no costs yet: {self.service.later}.")
        if older := len(unasked) - len(never):
            renewed = f"{counted(older, 'older answer')} will be renewed by the next load."
            self.notes = [*self.notes, renewed]
        return iter(sorted(found, key=lambda each: each.period))

    def known_months(self) -> set[str]:
        """The months of which it has told all accounts, so that those it does not offer have no costs."""
        return Answers(self._folder).known_months()

    def may_ask(self) -> bool:
        """Whether a load may make one more call."""
        return self.calls < self.place.bounds.max_calls

    def _told(self) -> str:
        price = CALL_USD.get(self.service.kind)
        cost = f", for {self.calls * price} USD" if price else ""
        return f"{self.service.name}: {counted(self.calls, 'call')}{cost}."

    def _unasked(self, month: str, account: str) -> Delivery:
        most, price = counted(self.place.bounds.max_calls, "call"), CALL_USD.get(self.service.kind)
        problem = (
            f"it was not asked for, since a load may make {most}: the next load goes on. Raise it with "
            f"?max_calls=NUMBER at the end of the location{f'; a call costs {price} USD' if price else ''}."
        )
        return Delivery(
            self.name,
            self.service.cloud,
            month,
            "",
            Layout.FOCUS_CSV,
            problem=problem,
            is_estimate=True,
            account=account,
        )
