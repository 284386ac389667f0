from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from costs.providers.demo.charges import charges
from live.collect import collect
from live.management.demo import install
from live.models import LiveMinute, LiveSeries, LiveSource
from live.providers.demo.collector import Demo
from live.providers.registry import open_source
from live.providers.source import Measure, Requests
from tools import registry

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def demo() -> None:
    """The last half hour of it."""
    now = timezone.now()
    sources = install(now)
    for source in sources:
        source.through, source.deep_at = now, now
    collect(sources, now=now)


def test_the_demo_answers_without_any_cloud_and_is_marked() -> None:
    assert run("demo_live").startswith("Collected made-up live usage")
    answer = json.loads(run("live_usage", "--json"))

    assert {row["cloud"] for row in answer["rows"]} == {"aws", "azure", "gcp"}
    assert (answer["is_demo"], answer["complete"]) == (True, True)
    assert run("live_usage", "--cloud", "gcp").splitlines()[0].startswith("cloud")
    text = run("live_cost", "--minutes", "60")
    assert "model-z-preview" in text
    assert "Without a price" in text
    assert "made up" in text


@pytest.mark.usefixtures("demo")
def test_the_tools_answer_what_the_commands_print() -> None:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    printed = json.loads(run("live_cost", "--day", day, "--cloud", "aws", "--json"))
    answered = registry.call("live_cost", {"day": day, "cloud": "aws"}).content

    assert {**answered, "as_of": "", "lag_seconds": {}} == {**printed, "as_of": "", "lag_seconds": {}}
    assert registry.call("live_usage", {"minutes": "5", "cloud": "all"}).content["tokens"] != "0"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"minutes": 500}, "minutes: must be at most 180"),
        ({"hour": "soon"}, "hour: "),
        ({"day": "2026-11-28T14:00Z"}, "must be a date"),
        ({"cloud": "ibm"}, "cloud cannot be"),
        ({"since": "1"}, "unknown argument: since"),
    ],
)
def test_a_tool_refuses_what_it_cannot_answer(arguments: dict[str, Any], said: str) -> None:
    result = registry.call("live_cost", arguments)

    assert result.is_error
    assert said in result.content["error"]["message"]


@pytest.mark.usefixtures("demo")
def test_the_demo_is_taken_away_whole() -> None:
    assert LiveMinute.objects.exists()

    assert run("demo_live", "--remove") == "The demo is removed.\n"

    assert [model.objects.count() for model in (LiveSource, LiveSeries, LiveMinute)] == [0, 0, 0]
    assert run("demo_live", "--remove") == "There was no demo.\n"


def test_the_demo_does_nothing_beside_a_real_source() -> None:
    LiveSource.objects.create(name="real", kind="cloudwatch", location="cloudwatch://us-east-1")

    assert run("demo_live", "--if-empty") == ""
    assert LiveSource.objects.count() == 1
    with pytest.raises(CommandError, match="There are real sources of live usage: real"):
        run("demo_live")


@pytest.mark.parametrize("cloud", ["aws", "gcp", "azure"])
def test_the_minutes_of_a_day_of_the_demo_add_up_to_its_bill(cloud: str) -> None:
    day = datetime(2026, 11, 27, tzinfo=UTC)

    found = Demo([cloud]).read(day, day.replace(day=28), Requests())

    counted = sum(value for (series, _), value in found.points.items() if series.measure is Measure.TOKENS)
    units = {"1K tokens": 1000, "1K": 1000, "1M": 1_000_000, "count": 1}
    billed = sum(
        int(charge.quantity * units[charge.meter.unit])
        for charge in charges(cloud, day.date().replace(day=1), day.date().replace(day=28))
        if charge.day == day.date() and charge.meter.unit in units and "Grounding" not in charge.meter.meter
    )
    assert counted == billed


def test_a_part_of_a_day_of_the_demo_is_part_of_the_whole() -> None:
    start, noon, end = (datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in (3, 12, 23))
    whole = open_source("demo", "demo://aws").read(start, end, Requests()).points

    parts = [Demo(["aws"]).read(*each, Requests()).points for each in ((start, noon), (noon, end))]

    assert {**parts[0], **parts[1]} == whole


def test_a_source_is_made_by_its_location_and_read() -> None:
    run("collect_live", "--once", "--source", "demo://aws")

    [source] = LiveSource.objects.all()
    assert (source.name, source.cloud, source.failures) == ("demo-aws", "aws", 0)
    assert "0 counts new or changed" not in run("live_usage", "--cloud", "aws")
    printed = json.loads(run("collect_live", "--once", "--source", "demo-aws", "--json"))
    assert (printed["status"], printed["sources"][0]["source"]) == ("completed", "demo-aws")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing", "nothing is no source. The sources are: none yet. A new one is cloudwatch://REGION"),
        ("demo://ibm", "is no demo"),
    ],
)
def test_a_source_that_there_is_not_is_refused(source: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run("collect_live", "--once", "--source", source)


def test_a_client_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise ModuleNotFoundError("No module named 'google.cloud.monitoring_v3'", name="google.cloud")

    monkeypatch.setattr("live.providers.registry.importlib.import_module", missing)
    with pytest.raises(CommandError, match=r"pip install 'cloud-pricing\[monitoring\]'"):
        run("collect_live", "--once", "--source", "monitoring://proj-alpha")


def test_without_sources_the_command_says_how_to_name_one() -> None:
    with pytest.raises(CommandError, match=r"There are no sources of live usage\. Name one with --source"):
        run("collect_live", "--once")
    with pytest.raises(CommandError, match="No live usage is collected"):
        run("live_usage")


def test_the_loop_ends_with_the_process_that_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter([1, 1, 2, 2, 2])
    monkeypatch.setattr("os.getppid", lambda: next(parents))
    monkeypatch.setattr("catalog.sync.signals.install", lambda: None)
    began = time.monotonic()

    run("collect_live", "--with-parent")

    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("demo")
def test_the_demo_has_calls_of_its_customers_beside_what_its_clouds_measure() -> None:
    measured = json.loads(run("live_usage", "--minutes", "30", "--json"))
    called = json.loads(run("live_usage", "--minutes", "30", "--by", "customer", "--json"))

    assert (measured["basis"], called["basis"], called["is_demo"]) == ("metrics", "calls", True)
    assert {group["name"] for group in called["groups"]} == {"acme", "globex", "initech"}
    assert 0 < int(called["tokens"]) < int(measured["tokens"])
    assert "acme: " in run("live_cost", "--minutes", "30", "--by", "customer")
