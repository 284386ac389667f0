from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costs.errors import RunLostError, RunRefusedError
from live import ticks
from live.basis import collecting
from live.collect import LEASE, next_minute
from live.models import LiveHour, LiveMinute, LiveRequests, LiveRun, LiveSeries, LiveSource, LiveSpan
from live.providers.source import minute_of
from live.window import DEEP_OVERLAP, HOURS_KEPT, OVERLAP, kept_from
from tests.live.scripted import INPUT, NOON, OUTPUT, Cloud, Clouds, make_source, one_cloud

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def stored() -> dict[int, int]:
    """The counts by the minutes before NOON."""
    noon = minute_of(NOON)
    return {noon - minute: value for minute, value in LiveMinute.objects.values_list("minute", "value")}


def test_a_point_that_comes_again_is_counted_once() -> None:
    _, cloud, clouds = one_cloud()
    cloud.tell(NOON - 5 * MINUTE, 100)

    clouds.collect(NOON)
    again = clouds.collect(NOON + MINUTE)

    assert stored() == {5: 100}
    assert again.run.points == 0


def test_a_point_that_is_revised_is_replaced_and_one_that_is_late_is_added() -> None:
    _, cloud, clouds = one_cloud()
    cloud.tell(NOON - 5 * MINUTE, 100)
    clouds.collect(NOON)

    cloud.tell(NOON - 5 * MINUTE, 140)
    cloud.tell(NOON - 20 * MINUTE, 7)
    clouds.collect(NOON + MINUTE)

    assert stored() == {5: 140, 20: 7}


def test_a_point_that_is_revised_to_nothing_counts_as_nothing() -> None:
    _, cloud, clouds = one_cloud()
    cloud.tell(NOON - 5 * MINUTE, 100)
    clouds.collect(NOON)

    cloud.tell(NOON - 5 * MINUTE, 0)
    clouds.collect(NOON + MINUTE)

    assert stored() == {5: 0}


def test_minutes_of_nothing_take_no_rows() -> None:
    _, cloud, clouds = one_cloud()
    for minute in range(1, 60):
        cloud.tell(NOON - minute * MINUTE, 0)

    clouds.collect(NOON)

    assert stored() == {}


def test_what_comes_hours_late_is_found_by_the_longer_look_back_of_each_hour() -> None:
    _, cloud, clouds = one_cloud()
    clouds.collect(NOON)
    cloud.tell(NOON - 5 * 60 * MINUTE, 11)

    clouds.collect(NOON + MINUTE)
    assert stored() == {}
    clouds.collect(NOON + 61 * MINUTE)

    assert stored() == {5 * 60: 11}
    assert cloud.asked[1] == (NOON - OVERLAP, NOON + MINUTE)
    assert cloud.asked[2][0] == NOON + MINUTE - DEEP_OVERLAP


def test_the_minute_that_has_only_begun_is_not_read() -> None:
    _, cloud, clouds = one_cloud()

    clouds.collect(NOON + timedelta(seconds=40))

    assert cloud.asked[0][1] == NOON


def test_after_a_stop_everything_since_is_read() -> None:
    source, cloud, clouds = one_cloud()
    clouds.collect(NOON - 20 * 60 * MINUTE)
    for minute in range(1, 20 * 60):
        cloud.tell(NOON - minute * MINUTE, 1)

    clouds.collect(NOON)

    assert sum(stored().values()) == 20 * 60 - 1
    assert LiveSpan.objects.filter(source=source).count() == 1


def test_minutes_that_can_no_longer_be_read_are_a_gap_and_not_zero() -> None:
    source, _, clouds = one_cloud()
    clouds.collect(NOON - timedelta(days=5))
    clouds.collect(NOON)

    first, second = LiveSpan.objects.filter(source=source).order_by("start")
    assert first.end < second.start
    assert second.start == minute_of(kept_from(NOON))


def test_a_source_that_fails_keeps_no_other_from_being_read_and_waits_ever_longer() -> None:
    bad, good = make_source("bad", "eu-west-1"), make_source("good")
    failing, working = Cloud(error="It is down."), Cloud()
    working.tell(NOON - MINUTE, 5)
    clouds = Clouds({bad.location: failing, good.location: working})

    clouds.each_minute(NOON, 8)

    # After 0, 1, 3 and 7 minutes.
    assert len(failing.asked) == 4
    assert len(working.asked) == 8
    bad.refresh_from_db()
    assert (bad.failures, bad.error, bad.through) == (4, "It is down.", None)
    assert sum(LiveMinute.objects.values_list("value", flat=True)) == 5


def test_a_source_that_works_again_is_read_from_where_it_was() -> None:
    source, cloud, clouds = one_cloud()
    clouds.collect(NOON)
    cloud.error = "It is down."
    clouds.collect(NOON + MINUTE)
    cloud.error = ""
    cloud.tell(NOON + MINUTE, 3)

    clouds.collect(NOON + 45 * MINUTE)

    source.refresh_from_db()
    assert stored() == {-1: 3}
    assert (source.failures, source.error, source.retry_at) == (0, "", None)


def test_a_fault_of_the_program_is_told_of_its_source_alone(caplog: pytest.LogCaptureFixture) -> None:
    source, cloud, clouds = one_cloud()
    cloud.read = None  # type: ignore[assignment,method-assign]

    found = clouds.collect(NOON)

    assert "the log has" in found.outcomes[0].error
    assert "could not be read" in caplog.text
    source.refresh_from_db()
    assert source.failures == 1


def test_requests_are_counted_with_their_price_also_those_of_a_failed_read() -> None:
    source, cloud, clouds = one_cloud()
    clouds.collect(NOON)
    cloud.error = "It is down."
    clouds.collect(NOON + MINUTE)

    [row] = LiveRequests.objects.all()
    assert (row.calls, row.units, row.unit_nanos) == (2, 6, 10_000)
    [told] = collecting([source], NOON)
    assert Decimal(f"{told['cost']}") == Decimal("0.00006")
    assert told["price"] == "a price list"


def test_what_requests_of_an_unknown_price_cost_is_not_said_to_be_nothing() -> None:
    source, cloud, clouds = one_cloud()
    cloud.tariffs = {}

    clouds.collect(NOON)

    [told] = collecting([source], NOON)
    assert (told["calls"], told["cost"]) == (1, None)


def test_minutes_of_more_than_two_days_ago_become_hours_with_the_same_sum() -> None:
    _, cloud, clouds = one_cloud()
    for minute in range(1, 48 * 60):
        cloud.tell(NOON - minute * MINUTE, minute, INPUT if minute % 3 else OUTPUT)
    clouds.collect(NOON)
    before = sum(stored().values())

    clouds.collect(NOON + timedelta(hours=5))

    hours = sum(LiveHour.objects.values_list("value", flat=True))
    assert hours > 0
    assert hours + sum(stored().values()) == before
    oldest = LiveMinute.objects.order_by("minute").values_list("minute", flat=True)[0]
    assert oldest >= minute_of(kept_from(NOON + timedelta(hours=5)))


def test_an_hour_that_is_summed_up_is_never_read_again_even_if_the_clock_is_set_back() -> None:
    _, cloud, clouds = one_cloud()
    cloud.tell(NOON - timedelta(hours=47), 9)
    clouds.collect(NOON)
    clouds.collect(NOON + timedelta(hours=5))

    clouds.collect(NOON - timedelta(hours=10))
    clouds.collect(NOON + timedelta(hours=6))

    assert [hour.value for hour in LiveHour.objects.all()] == [9]
    assert stored() == {}


def test_what_is_kept_is_bounded() -> None:
    source, cloud, clouds = one_cloud()
    cloud.tell(NOON - MINUTE, 1)
    clouds.collect(NOON)
    cloud.counts.clear()
    later = NOON + HOURS_KEPT + timedelta(days=3)

    clouds.collect(later - timedelta(hours=2))
    clouds.collect(later)

    assert not LiveHour.objects.exists()
    assert not LiveSeries.objects.exists()
    assert LiveRequests.objects.filter(source=source, day=NOON.date()).count() == 0


def test_a_source_with_too_many_series_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "MAX_SERIES", 2)
    source, cloud, clouds = one_cloud()
    for at in range(3):
        cloud.tell(NOON - MINUTE, 1, INPUT._replace(name=f"model-{at}"))

    clouds.collect(NOON)

    source.refresh_from_db()
    assert "more than 2 series" in source.error
    assert not LiveSeries.objects.exists()


def test_two_collections_never_run_at_once() -> None:
    _, cloud, clouds = one_cloud()
    with LEASE.running(), pytest.raises(RunRefusedError, match="A collection is running since"):
        clouds.collect(NOON)
    assert cloud.asked == []


def test_one_that_was_killed_is_replaced_and_writes_nothing_if_it_was_only_slow() -> None:
    source, cloud, clouds = one_cloud()
    cloud.tell(NOON - MINUTE, 5)
    slow = LEASE.running()
    run = slow.__enter__()
    LiveRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - 2 * LiveRun.LEASE)
    clouds.collect(NOON)

    with pytest.raises(RunLostError), LEASE.writing(run):
        LiveMinute.objects.all().delete()

    assert stored() == {1: 5}
    closed = LiveRun.objects.get(pk=run.pk)
    assert "crashed or was killed" in closed.error
    assert LiveSource.objects.get(pk=source.pk).failures == 0


Tellings = st.lists(st.tuples(st.integers(1, 25), st.integers(0, 10**9), st.booleans()), max_size=30)


@given(Tellings)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_late_again_or_revised_the_last_word_of_the_cloud_counts(
    tellings: list[tuple[int, int, bool]],
) -> None:
    LiveSource.objects.all().delete()
    _, cloud, clouds = one_cloud()
    clouds.collect(NOON - MINUTE)
    for step, (minutes_ago, count, is_again) in enumerate(tellings):
        at = NOON + timedelta(seconds=10 * step)
        cloud.tell(NOON - minutes_ago * MINUTE, count)
        clouds.collect(at)
        if is_again:
            clouds.collect(at)

    told = {minute_of(NOON) - minute: count for (_, minute), count in cloud.counts.items()}
    assert {minute: count for minute, count in stored().items() if count} == {
        minute: count for minute, count in told.items() if count
    }


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (1, 59), (59, 1), (59.5, 1)])
def test_the_next_collection_is_after_the_start_of_a_minute(second: float, wait: float) -> None:
    now: datetime = NOON + timedelta(seconds=second)

    assert next_minute(now, timedelta(seconds=60)) == wait
