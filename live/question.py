"""A question about live usage: of which time, cloud and model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from catalog.nearest import nearest
from costs.wording import quoted
from live.errors import InvalidLiveQuestionError
from live.providers.source import floor_minute
from live.window import HOURS_KEPT, floor_hour

CLOUDS = ("aws", "gcp", "azure")
# What the clouds measure, and the calls that were sent to the intake. The same tokens may be in both, so an
# answer rests on one of them (docs/decisions/0013-two-bases.md).
METRICS, CALLS = "metrics", "calls"
BASES = (METRICS, CALLS)
GROUPS = ("customer", "feature")
# What is asked for to see calls of no customer or feature.
NONE = "(none)"
MAX_MINUTES = 180
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LiveQuestion:
    """A question; at most one of `minutes`, `hour` and `day` says of which time.

    Args:
        cloud: aws, gcp or azure; "" for all.
        model: the id of a model, or its name as the cloud spells it; "" for all.
        minutes: the last so many, 1 to 180.
        hour: a time in the hour that is meant.
        day: a day in UTC.
        customer: for whom, "(none)" for nobody in particular; "" for all.
        feature: what for, likewise.
        by: customer or feature, by which to group; "" for neither.
        basis: metrics or calls; "" is calls if the question is of customers or features or nothing of the
            cloud is measured, else metrics.

    Raises:
        InvalidLiveQuestionError: an argument is out of range, or two of them contradict each other.
    """

    cloud: str = ""
    model: str = ""
    minutes: int | None = None
    hour: datetime | None = None
    day: date | None = None
    customer: str = ""
    feature: str = ""
    by: str = ""
    basis: str = ""

    def __post_init__(self) -> None:
        if self.cloud and self.cloud not in CLOUDS:
            raise InvalidLiveQuestionError(
                f"cloud cannot be {quoted(self.cloud)}.",
                hint=f"Send one of {', '.join(CLOUDS)}, or leave it out for all.",
                candidates=nearest(self.cloud, CLOUDS),
            )
        _check_one_of("by", self.by, GROUPS)
        _check_one_of("basis", self.basis, BASES)
        if self.is_of_calls and self.basis == METRICS:
            raise InvalidLiveQuestionError(
                "The clouds' metrics tell no customers and features.",
                hint=f"Leave out customer, feature and by, or send basis {CALLS}.",
            )
        if self.minutes is not None and not 1 <= self.minutes <= MAX_MINUTES:
            raise InvalidLiveQuestionError(
                f"minutes is {self.minutes}.", hint=f"Send 1 to {MAX_MINUTES}, or an hour or a day."
            )
        if sum(each is not None for each in (self.minutes, self.hour, self.day)) > 1:
            raise InvalidLiveQuestionError(
                "Only one of minutes, hour and day can be sent.", hint="Leave out the others."
            )

    @property
    def is_of_calls(self) -> bool:
        """Whether only calls tell what is asked."""
        return bool(self.customer or self.feature or self.by)

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """The first minute and the one after the last; without a time, this hour. The future has no minutes.

        Raises:
            InvalidLiveQuestionError: the time is in the future, or was too long ago.
        """
        end = floor_minute(now)
        if self.minutes is not None:
            return end - timedelta(minutes=self.minutes), end
        if self.day is not None:
            start, length = datetime.combine(self.day, time.min, UTC), _DAY
        else:
            start, length = floor_hour((self.hour or now).astimezone(UTC)), _HOUR
        if start > now:
            raise InvalidLiveQuestionError(f"{start:%Y-%m-%d %H:%M} UTC is in the future.")
        if start < now - HOURS_KEPT:
            raise InvalidLiveQuestionError(
                f"{start:%Y-%m-%d} is longer ago than the {HOURS_KEPT.days} days that are kept.",
                hint="query_costs has what was billed.",
            )
        return start, min(start + length, end)


def _check_one_of(name: str, value: str, known: Sequence[str]) -> None:
    if value and value not in known:
        raise InvalidLiveQuestionError(
            f"{name} cannot be {quoted(value)}.",
            hint=f"Send {' or '.join(known)}, or leave it out.",
            candidates=nearest(value, known),
        )
