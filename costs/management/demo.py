"""The demo: the made-up bills of three clouds, which answers mark as such."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from costs.load.job import load
from costs.load.report import LoadReport
from costs.models import Budget, CostLoad, CostSource
from costs.providers.demo.charges import CLOUDS, MONTHS, SPIKES, months
from costs.providers.demo.files import write
from costs.reports.warm import warm
from costs.store.configured import open_loads

_DAYS_AROUND = timedelta(days=4)
# In USD a month, with filters: one that the forecast is above, and one that is kept.
BUDGETS: Mapping[str, tuple[str, Mapping[str, Sequence[str]]]] = {
    "demo-all": ("31000", {}),
    "demo-globex": ("9000", {"customer": ["globex"]}),
}
_OF_DEMO = "Made up with the demo; demo_costs --remove deletes it."


def current_day() -> date:
    """Today, in UTC."""
    return timezone.now().date()


def real_sources() -> Sequence[str]:
    """The names of sources that are not made up."""
    return list(CostSource.objects.exclude(kind=CostSource.Kind.DEMO).values_list("name", flat=True))


def is_loaded() -> bool:
    """Whether all months of the demo are loaded, those of today or of an earlier day."""
    return CostLoad.objects.current().filter(is_demo=True).count() >= len(CLOUDS) * MONTHS


def install(today: date) -> Sequence[LoadReport]:
    """Write the bills up to the day before `today`, and load what is new in them.

    Raises:
        LoadRefusedError: another load of the demo is running.
    """
    periods = {f"{month:%Y-%m}" for month in months(today)}
    # The demo has no other months; a load only adds and replaces some.
    if CostLoad.objects.current().filter(is_demo=True).exclude(billing_period__in=periods).exists():
        remove()
    reports = [load(_source(cloud, today)) for cloud in CLOUDS]
    _make_budgets()
    if any(report.has_changed for report in reports):
        warm(open_loads())
    return reports


def remove() -> int:
    """Delete the sources, loads and files of the demo; return how many sources there were.

    It may be killed at any time: the next one finds what is left. A load of the demo that is running loses
    its lease, and stops.
    """
    store, loads = open_loads(), CostLoad.objects.filter(source__kind=CostSource.Kind.DEMO)
    # First no answer rests on them any more; their rows keep the paths until the files are gone.
    loads.update(status=CostLoad.Status.FAILED)
    for each in loads:
        store.discard(each)
    store.forget_results()
    shutil.rmtree(_folder(), ignore_errors=True)
    with transaction.atomic():
        for budget in Budget.objects.filter(name__in=BUDGETS):
            budget.delete()
        loads.delete()
        return CostSource.objects.filter(kind=CostSource.Kind.DEMO).delete()[0]


def _make_budgets() -> None:
    """Budgets of the demo's sources alone, so that they never count real money."""
    sources = [f"demo-{cloud}" for cloud in CLOUDS]
    for name, (amount, filters) in BUDGETS.items():
        if not Budget.objects.filter(name=name).exists():
            chosen = {"source": sources, **filters}
            Budget(name=name, amount_text=amount, filters=chosen, notes=_OF_DEMO).save()


def questions(today: date) -> Iterator[str]:
    """The arguments of questions that find what is planted."""
    this, before = months(today)[-1], months(today)[-2]
    spike = SPIKES[0]
    days = spike.days(today)
    around = ("--start", f"{days[0] - _DAYS_AROUND}", "--end", f"{min(days[-1] + _DAYS_AROUND, today)}")
    last_month = ("--start", f"{before}", "--end", f"{this}")
    filters = ("--filter", f"meter={spike.meter}", "--filter", f"customer={spike.customer}")
    yield from map(
        shlex.join,
        (
            ("--dimensions", "cloud", "billing_month"),
            ("--measures", "billed_cost", "tokens", "cost_per_million_tokens", "--dimensions", "model"),
            ("--measures", "billed_cost", "change", "--dimensions", "customer", *last_month),
            ("--dimensions", "day", *filters, *around),
            ("--dimensions", "cloud", "meter", "--filter", "model=(unmapped)"),
            ("--dimensions", "cloud", "account", "--filter", "customer=null"),
        ),
    )


def _source(cloud: str, today: date) -> CostSource:
    """The source of a cloud's bills, which are written."""
    folder = _folder() / cloud
    write(folder, cloud, today)
    values = {"kind": CostSource.Kind.DEMO, "location": str(folder)}
    return CostSource.objects.update_or_create(name=f"demo-{cloud}", defaults=values)[0]


def _folder() -> Path:
    return Path(settings.COSTS_DIR).absolute() / "demo"
