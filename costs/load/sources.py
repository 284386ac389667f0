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
from costs.providers.registry import REMOTE, kind_of

# Their locations have nothing after a question mark but signatures, which are not kept.
_WITHOUT_OPTIONS = (CostSource.Kind.S3, CostSource.Kind.AZURE_BLOB)


def chosen_sources(text: str, *, make: bool) -> Sequence[CostSource]:
    """The sources that `--source` names.

    Args:
        text: the name of a source, `all` for all that are enabled, a folder, or an address at a cloud.
        make: whether a folder or an address that is no source yet becomes one, named after its last part
            before a question mark.

    Raises:
        SourceArgumentError: there is none.
    """
    if not text.strip():
        # Python would take it for the working directory.
        raise SourceArgumentError("The source is empty: name one, or leave --source out for all.")
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


def loaded_source(text: str) -> CostSource | None:
    """The source of a name, or of the folder or address that it was loaded with, which may be gone."""
    by_name = CostSource.objects.filter(name=text).first()
    locations = {text, text.rstrip("/"), str(Path(text).resolve())}
    return by_name or (CostSource.objects.filter(location__in=locations).first() if text.strip() else None)


def _required(sources: Sequence[CostSource], message: str) -> Sequence[CostSource]:
    if not sources:
        raise SourceArgumentError(f"{message} Add one in the admin, or name a folder with --source.")
    return sources


def _at(kind: str, location: str, *, make: bool) -> CostSource:
    if source := CostSource.objects.filter(location=location).first():
        return source
    shown = _shown(kind, location)
    source = CostSource(name=_name(kind, shown), kind=kind, location=location)
    try:
        source.full_clean()
    except ValidationError as error:
        reason = " ".join(error.messages)
        if secret := refusal(location):
            raise SourceArgumentError(f"The address cannot become a source: {secret}") from error
        raise SourceArgumentError(
            f"{shown} cannot become the source {source.name!r}: {reason} "
            "Add it in the admin with another name."
        ) from error
    if kind in _WITHOUT_OPTIONS and shown != location:
        raise SourceArgumentError(
            f"{shown} cannot be read with what follows its question mark: leave it out."
        )
    if make:
        source.save()
    return source


def _shown(kind: str, location: str) -> str:
    """What of a location may be shown: what follows a question mark may be a signature, which is a secret."""
    return location if kind == CostSource.Kind.FOLDER else location.partition("?")[0]


def _name(kind: str, shown: str) -> str:
    """The last part of a location, as the name of its source."""
    path = shown if kind == CostSource.Kind.FOLDER else shown.partition("://")[2]
    if name := path.rstrip("/").rpartition("/")[2]:
        return name
    if kind == CostSource.Kind.FOLDER:
        raise SourceArgumentError(
            f"The folder {shown} has no name for a source: add it in the admin with one."
        )
    begins = f"{REMOTE[kind].scheme} is only how an address begins"
    raise SourceArgumentError(f"{begins}: docs/deliveries.md says what follows.")


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
