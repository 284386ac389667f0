from __future__ import annotations

from datetime import timedelta

import pytest

from live.models import LiveSource
from live.now import live_now
from live.now_answer import NowAnswer
from live.words import behind
from tests.live.scripted import INPUT, NOON, OUTPUT, bill, make_source, used

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
USD = {"currency": "USD", "is_upper_bound": False}


def now(at: timedelta = timedelta()) -> NowAnswer:
    return live_now(bill(), now=NOON + at)


def test_the_pace_is_of_whole_minutes_and_the_hour_and_day_of_what_was_counted() -> None:
    used()

    answer = now()

    # 4 and 1 million tokens in 15 minutes cost 0.24 and 0.24: an hour of it costs four times as much.
    pace, day = answer["per_hour"], answer["this_day"]
    assert pace["totals"] == [{**USD, "cost": "1.92"}]
    assert (pace["tokens"], pace["complete"], pace["minutes"]) == ("20000000", True, 15)
    assert pace["clouds"] == [
        {
            "cloud": "aws",
            "start": "2026-11-28T11:42:00Z",
            "end": "2026-11-28T11:57:00Z",
            "known": True,
            "why": None,
            "tokens": "20000000",
            "unpriced_tokens": "0",
            "totals": pace["totals"],
        }
    ]
    [row] = pace["rows"]
    assert (row["model"], row["tokens"], row["cost"], row["prices"]) == (
        "nova-lite",
        "20000000",
        "1.92",
        ["bill"],
    )
    # It is noon: the hour has just begun.
    assert (answer["this_hour"]["tokens"], answer["this_hour"]["totals"]) == ("0", [])
    assert (day["tokens"], day["totals"][0]["cost"], day["billed"]) == ("5000007", "0.48000042", {})


def test_a_cloud_that_is_late_has_no_pace_and_says_so_while_the_others_have_theirs() -> None:
    used()

    answer = now(20 * MINUTE)

    assert [(each["is_late"], each["says"]) for each in answer["clouds"]] == [
        (True, "Bedrock: 20 minutes behind.")
    ]
    pace = answer["per_hour"]
    assert (pace["totals"], pace["complete"], pace["rows"]) == ([], False, [])
    assert (pace["clouds"][0]["known"], pace["clouds"][0]["why"]) == (False, "aws: 20 minutes behind.")
    assert answer["this_day"]["complete"] is False


def test_minutes_that_were_not_read_leave_the_pace_unknown() -> None:
    source, _, _ = used()
    first = source.spans.get()
    source.spans.create(start=first.end - 6, end=first.end)
    first.end -= 8
    first.save()

    pace = now()["per_hour"]

    assert (pace["totals"], pace["clouds"][0]["why"]) == ([], "Minutes of aws were not read.")


def test_tokens_without_a_price_are_in_rows_and_in_no_total() -> None:
    _, cloud, clouds = used()
    cloud.tell(NOON - 4 * MINUTE, 10, INPUT._replace(name="vendor.new-v1:0"))
    cloud.tell(NOON - 4 * MINUTE, 5, OUTPUT._replace(name="vendor.new-v1:0"))
    clouds.collect(NOON)

    pace = now()["per_hour"]

    first, _ = pace["rows"]
    assert (first["model"], first["name"], first["tokens"]) == ("(unmapped)", "vendor.new-v1:0", "60")
    assert (first["cost"], first["currency"]) == (None, None)
    assert "No table of models" in f"{first['why']}"
    assert (pace["totals"][0]["cost"], pace["unpriced_tokens"], pace["complete"]) == ("1.92", "60", False)


def test_a_source_that_is_disabled_or_was_never_read_is_no_zero() -> None:
    used()
    other = make_source("eu", "eu-west-1")
    assert now()["per_hour"]["clouds"][0]["why"] == "eu: not read yet."

    LiveSource.objects.filter(pk=other.pk).update(is_enabled=False)
    pace = now()["per_hour"]
    assert (pace["complete"], pace["tokens"], pace["clouds"][0]["known"]) == (False, "0", False)
    assert pace["clouds"][0]["why"] == "eu is disabled: what is used there is not known."


def test_with_the_only_source_disabled_nothing_is_known() -> None:
    used()
    LiveSource.objects.update(is_enabled=False)

    answer = now(20 * MINUTE)

    assert [answer[part]["complete"] for part in ("per_hour", "this_hour", "this_day")] == [False] * 3
    assert [each["known"] for each in answer["per_hour"]["clouds"]] == [False]
    assert "aws is disabled" in f"{answer['hint']}"


@pytest.mark.parametrize(
    ("lag", "words"),
    [
        (None, "x: not read yet."),
        (59 * MINUTE / 60, "x: less than a minute behind."),
        (MINUTE, "x: 1 minute behind."),
        (119 * MINUTE, "x: 119 minutes behind."),
        (49 * 60 * MINUTE, "x: 49 hours behind."),
    ],
)
def test_lag_is_said_in_words(lag: timedelta | None, words: str) -> None:
    assert behind("x", lag) == words
