"""A question about live usage: of which time, cloud and model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from catalog.nearest import nearest
from costs.wording import quoted
from live.errors import InvalidLiveQuestionError
from live.providers.source import floor_minute
from live.window import HOURS_KEPT, floor_hour

CLOUDS = ("aws", "gcp", "azure")
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

    Raises:
        InvalidLiveQuestionError: an argument is out of range, or two of them say of which time.
    """

    cloud: str = ""
    model: str = ""
    minutes: int | None = None
    hour: datetime | None = None
    day: date | None = None

    def __post_init__(self) -> None:
        if self.cloud and self.cloud not in CLOUDS:
            raise InvalidLiveQuestionError(
                f"cloud cannot be {quoted(self.cloud)}.",
                hint=f"Send one of {', '.join(CLOUDS)}, or leave it out for all.",
                candidates=nearest(self.cloud, CLOUDS),
            )
        if self.minutes is not None and not 1 <= self.minutes <= MAX_MINUTES:
            raise InvalidLiveQuestionError(
                f"minutes is {self.minutes}.", hint=f"Send 1 to {MAX_MINUTES}, or an hour or a day."
            )
        if sum(each is not None for each in (self.minutes, self.hour, self.day)) > 1:
            raise InvalidLiveQuestionError(
                "Only one of minutes, hour and day can be sent.", hint="Leave out the others."
            )

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
