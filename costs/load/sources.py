"""The sources that the operator means, and what is kept with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from costs.errors import SourceArgumentError
from costs.load.report import LoadReport, MonthReport, Outcome
from costs.models import ALL, CostLoad, CostSource
from costs.pasted import refusal
from costs.providers.registry import kind_of


def chosen_sources(text: str, *, make: bool) -> Sequence[CostSource]:
    """The sources that `--source` names.

    Args:
        text: the name of a source, `all` for all that are enabled, a folder, or an address at a cloud.
        make: whether a folder or an address that is no source yet becomes one, named after its last part.

    Raises:
        SourceArgumentError: there is none.
    """
    if text == ALL:
        return _required(list(CostSource.objects.filter(is_enabled=True)), "There are no sources of costs.")
    if source := CostSource.objects.filter(name=text).first():
        return [source]
    if kind := kind_of(text):
        return [_at(kind, text.rstrip("/"), make=make)]
    path = Path(text)
    if not path.is_dir():
        names = ", ".join(CostSource.objects.values_list("name", flat=True)) or "none yet"
        message = f"{text} is no source, no folder and no address at a cloud. The sources are: {names}."
        raise SourceArgumentError(message)
    return [_at(CostSource.Kind.FOLDER, str(path.resolve()), make=make)]


def _required(sources: Sequence[CostSource], message: str) -> Sequence[CostSource]:
    if not sources:
        raise SourceArgumentError(f"{message} Add one in the admin, or name a folder with --source.")
    return sources


def _at(kind: str, location: str, *, make: bool) -> CostSource:
    if source := CostSource.objects.filter(location=location).first():
        return source
    name = location.rpartition("/")[2]
    source = CostSource(name=name, kind=kind, location=location)
    try:
        source.full_clean()
    except ValidationError as error:
        reason = " ".join(error.messages)
        if secret := refusal(location):
            raise SourceArgumentError(f"The address cannot become a source: {secret}") from error
        # What follows a question mark may be a signature, which is a secret.
        shown, name = location.partition("?")[0], name.partition("?")[0]
        raise SourceArgumentError(
            f"{shown} cannot become the source {name!r}: {reason} Add it in the admin with another name."
        ) from error
    if make:
        source.save()
    return source


def record(source: CostSource, report: LoadReport, period: str | None) -> None:
    """Keep with a source what of it was not loaded, for those who read its sums."""
    now = timezone.now()
    source.error = report.error or None
    if not report.error:
        source.read_at = now
        failed = [month for month in report.months if month.outcome is Outcome.FAILED]
        others = {month: kept for month, kept in source.refused.items() if period not in (None, month)}
        source.refused = others | {
            period_: {"at": now.isoformat(), "why": " ".join(_whys(failed, period_))}
            for period_ in {month.period for month in failed}
        }
    source.save(update_fields=["error", "read_at", "refused"])


def count_calls(source: CostSource, number: int) -> None:
    """Keep with a source how often it was asked for estimates this month."""
    if not number:
        return
    month = f"{timezone.now():%Y-%m}"
    source.calls = {**source.calls, month: source.calls.get(month, 0) + number}
    CostSource.objects.filter(pk=source.pk).update(calls=source.calls)


def _whys(failed: Sequence[MonthReport], period: str) -> list[str]:
    """Why a month was refused, for each of its accounts if it is of several."""
    return [
        f"{month.account}: {month.error}" if month.account else month.error
        for month in failed
        if month.period == period
    ]


def forget_unloaded(source: CostSource) -> None:
    """Delete a new source if nothing of it was loaded: the folder was mistyped, or has no bill yet."""
    with transaction.atomic():
        if not source.loads.exclude(status=CostLoad.Status.FAILED).exists():
            source.loads.all().delete()
            CostSource.objects.filter(pk=source.pk).delete()
