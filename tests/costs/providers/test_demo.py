"""The demo's charges: the same everywhere, of three clouds and months, with what later parts are to find."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from costs.providers.demo.charges import CLOUDS, SPIKES, charges, meters, months
from costs.providers.demo.files import write

TODAY = date(2026, 11, 28)


def test_there_are_three_months_to_yesterday() -> None:
    assert months(TODAY) == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    assert months(date(2027, 1, 1)) == [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)]

    days = {charge.day for month in months(TODAY) for charge in charges("gcp", month, TODAY)}

    assert (min(days), max(days), len(days)) == (date(2026, 9, 1), TODAY - timedelta(days=1), 88)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_meter_is_used_every_month_and_shared_out_whole(cloud: str) -> None:
    own = {meter for meter in meters() if meter.cloud == cloud}
    assert own
    for month in months(TODAY):
        assert {charge.meter for charge in charges(cloud, month, TODAY)} == own
    assert {sum(meter.shares) for meter in own} == {100}


def test_a_spike_is_many_times_what_is_usual() -> None:
    for spike in SPIKES:
        by_day: defaultdict[int, Decimal] = defaultdict(Decimal)
        for month in months(TODAY):
            for cloud in CLOUDS:
                for charge in charges(cloud, month, TODAY):
                    if (charge.meter.meter, charge.customer) == (spike.meter, spike.customer):
                        by_day[(TODAY - charge.day).days] += charge.cost
        on = min(by_day[days] for days in spike.days_ago)
        off = max(cost for days, cost in by_day.items() if days not in spike.days_ago)
        assert on > off, spike


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_same_day_gives_the_same_bytes(tmp_path: Path, cloud: str) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    write(first, cloud, TODAY)
    write(again, cloud, TODAY)

    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())

    assert len(files) >= 3
    assert [(first / path).read_bytes() for path in files] == [(again / path).read_bytes() for path in files]


def test_a_manifest_of_azure_promises_what_is_there(tmp_path: Path) -> None:
    write(tmp_path, "azure", TODAY)

    for path in tmp_path.rglob("manifest.json"):
        [blob] = json.loads(path.read_text())["blobs"]
        part = path.parent / blob["blobName"].rpartition("/")[2]
        assert part.stat().st_size == blob["byteCount"]
        assert len(gzip.decompress(part.read_bytes()).splitlines()) == blob["dataRowCount"] + 1
