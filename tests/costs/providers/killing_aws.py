"""A program whose loads from S3 are killed at random moments. Each is a fork of it.

    python -m tests.costs.providers.killing_aws OLD NEW KILLS SEED

makes a source for each kill, which has loaded the export at OLD. Then it loads the one at NEW into each, and
that load is killed: half of them while they fetch. At last it loads all again, and prints what readers see of
each source before and after, as a line of JSON.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from tests.costs.load.killing import ended, forked, kill

from django.db import connections  # isort: skip  # that module sets Django up

from costs.load.job import load  # isort: skip
from costs.models import CostLoad, CostSource  # isort: skip
from costs.store.lake import Lake  # isort: skip

ROOT = Path(__file__).resolve().parents[3]
# Where moments are: in what fetches, or in all that a load does.
PLACES = (f"{ROOT / 'costs' / 'providers'}/", f"{ROOT / 'costs'}/")


class Moments:
    """Counts calls and returns below a folder, and kills this process at one of them."""

    def __init__(self, place: str, last: int = 0) -> None:
        self._place, self._last, self.count = place, last, 0

    def __call__(self, frame: FrameType, _event: str, _argument: Any) -> None:
        if frame.f_code.co_filename.startswith(self._place):
            self.count += 1
            if self.count == self._last:
                kill()


def load_and_die(source: str, moments: Moments) -> None:
    sys.setprofile(moments)
    load(CostSource.objects.get(pk=source))


def load_and_count(source: str, file: Path) -> None:
    moments = Moments(PLACES[0]), Moments(PLACES[1])

    def count(frame: FrameType, event: str, argument: Any) -> None:
        for each in moments:
            each(frame, event, argument)

    sys.setprofile(count)
    load(CostSource.objects.get(pk=source))
    sys.setprofile(None)
    file.write_text(json.dumps([each.count for each in moments]))


def make(names: Iterator[str], old: str, new: str) -> None:
    """Sources that have loaded the old export, and are to load the new one."""
    first = next(names)
    source = CostSource.objects.create(name=first, kind=CostSource.Kind.S3, location=old)
    assert load(source).problems() == []
    CostSource.objects.update(location=new)
    before = CostLoad.objects.get()
    for name in names:
        CostSource.objects.create(name=name, kind=CostSource.Kind.S3, location=new)
        shutil.copytree(Lake().fetched(source), Lake().fetched(source).with_name(name))
        path = f"{before.billing_period}/{name}.parquet"
        shutil.copyfile(Lake().file(before), Lake().root / path)
        values = {field.name: getattr(before, field.name) for field in CostLoad._meta.concrete_fields}
        CostLoad.objects.create(**{**values, "id": name, "source_id": name, "source": None, "path": path})


def billed(source: str) -> str:
    [found] = CostLoad.objects.current().filter(source=source)
    assert Lake().has(found)
    return f"{found.billed['USD']}"


def main(old: str, new: str, kills: int, seed: int) -> None:
    names = [f"s{number}" for number in range(kills)]
    make(iter(["counted", *names]), old, new)
    file = Lake().root / "counts.json"
    connections.close_all()
    assert ended(forked(partial(load_and_count, "counted", file))) == 1
    counts = json.loads(file.read_text())
    chance = random.Random(seed)  # noqa: S311  nothing secret
    for number, name in enumerate(names):
        place = number % len(PLACES)
        moments = Moments(PLACES[place], chance.randint(1, counts[place]))
        assert ended(forked(partial(load_and_die, name, moments))) == -signal.SIGKILL
    killed = [billed(name) for name in names]
    for name, before in zip(names, killed, strict=True):
        problems = load(CostSource.objects.get(pk=name)).problems()
        sys.stdout.write(f"{json.dumps([before, billed(name), problems])}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
