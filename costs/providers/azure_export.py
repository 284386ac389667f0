"""Exports of Azure Cost Management of the type FocusCost, copied from Blob Storage.

A run writes manifest.json beside its parts: <export>/<range>/<run>/manifest.json. It exports its month whole,
so that the run submitted last replaces the others of its export (learn.microsoft.com, "Create and manage Cost
Management exports"). Exports of several subscriptions may have the same name: each has a folder of its own.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from costs.errors import LoadError
from costs.providers.files import inside, manifest, revision
from costs.providers.found import MONTH, Found, layout_of, refuse_several
from costs.providers.source import Delivery, Layout
from costs.wording import counted

_NAMES = frozenset({"manifest.json", "_manifest.json"})
_RANGE = re.compile(r"(\d{4})(0[1-9]|1[0-2])\d\d-\d{8}")
_PART = re.compile(r"part_\d+_\d+\..+")


@dataclass(frozen=True, slots=True)
class _Run:
    path: Path
    export: str
    period: str
    first_day: str
    last_day: str
    submitted: datetime
    body: dict[str, Any]


class _Export(NamedTuple):
    """An export: its runs, the run of each month that counts, and the parts of ranges that have no manifest.

    Each run adds its parts to those of the runs before, and only manifests tell them apart.
    """

    runs: Sequence[_Run]
    newest: Mapping[str, _Run]
    alone: Mapping[Path, Path]


def find(source: str, files: Sequence[Path]) -> Found | None:
    """The Azure export among files, if there is one.

    Raises:
        LoadError: there are several, or a manifest cannot be read.
    """
    runs, newest, alone = _export(files)
    if not runs and not alone:
        return None
    known = frozenset(files)
    ends = {run.period: run.last_day for run in sorted(runs, key=lambda run: run.last_day)}
    deliveries = [_delivery(source, run, known, ends[run.period]) for run in newest.values()]
    used = {run.path for run in newest.values()}.union(*(each.files for each in deliveries))
    unnamed = {_month(folder): folder for folder in alone.values()}
    deliveries += [_without_manifest(source, *each) for each in sorted(unnamed.items())]
    ranges = {_range(run.path) for run in runs}
    left = {path for path in files if not ranges.isdisjoint(path.parents)}
    return Found("an Azure export", deliveries, frozenset(used), frozenset(left | alone.keys()))


def is_manifest(path: Path) -> bool:
    """Whether a file is the manifest of a run, by its name."""
    return path.name in _NAMES


def needed(files: Sequence[Path]) -> frozenset[Path]:
    """The files of an export that `find` reads beside its manifests, of which alone the others have to exist.

    Raises:
        LoadError: there are several exports, or a manifest cannot be read.
    """
    _, newest, alone = _export(files)
    named = {_file(run.path, blob) for run in newest.values() for blob in _blobs(run)}
    # The parts of another type of export have its manifest beside them.
    of_other_types = {path.parent for path in files if is_manifest(path)}
    parts = {path for path in alone if path.parent not in of_other_types}
    return frozenset(files) & (named | parts)


def _export(files: Sequence[Path]) -> _Export:
    runs = sorted(_runs(files), key=lambda run: (run.period, run.submitted, run.path))
    ranges = {_range(run.path) for run in runs}
    alone = {path: _range(path) for path in files if _is_part(path) and _range(path) not in ranges}
    roots = sorted({_root(path) for path in (*alone, *(run.path for run in runs))})
    for exports in (sorted({run.export for run in runs}), roots):
        refuse_several("exports of Azure", exports)
    unnamed = {_month(folder) for folder in alone.values()}
    return _Export(runs, {run.period: run for run in runs if run.period not in unnamed}, alone)


def other_type(path: Path) -> str | None:
    """The type of the export that a file is the manifest of, if that is not FocusCost."""
    config = manifest(path).get("exportConfig") if is_manifest(path) else None
    type_ = config.get("type") if isinstance(config, dict) else None
    return None if type_ in {None, "FocusCost"} else str(type_)


def _runs(files: Sequence[Path]) -> Iterator[_Run]:
    for path in files:
        if is_manifest(path):
            body = manifest(path)
            config, info = body.get("exportConfig"), body.get("runInfo")
            if isinstance(config, dict) and isinstance(info, dict) and config.get("type") == "FocusCost":
                export = f"{config.get('resourceId') or ''}{config.get('exportName') or ''}"
                first, last = (_day(info.get(name)) for name in ("startDate", "endDate"))
                yield _Run(path, export, _period(path, info), first, last, _submitted(path, info), body)


def _period(path: Path, info: dict[str, Any]) -> str:
    period = str(info.get("startDate") or "")[:7]
    if not MONTH.fullmatch(period):
        raise LoadError(f"{path} does not say its month: runInfo.startDate is {info.get('startDate')!r}.")
    return period


def _day(told: object) -> str:
    """The day of a time in ISO 8601; "" if there is none."""
    return str(told or "")[: len("2026-10-31")]


def _submitted(path: Path, info: dict[str, Any]) -> datetime:
    told = info.get("submittedTime")
    try:
        time = datetime.fromisoformat(str(told))
    except ValueError:
        raise LoadError(f"{path} does not say its age: runInfo.submittedTime is {told!r}.") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def delivered(files: Mapping[Path, datetime]) -> Mapping[str, datetime]:
    """When the newest manifest of each month was written, by the names of folders alone."""
    months: dict[str, datetime] = {}
    for path, at in files.items():
        if is_manifest(path) and _RANGE.fullmatch(_range(path).name):
            month = _month(_range(path))
            months[month] = max(at, months.get(month, at))
    return months


def _root(path: Path) -> Path:
    """The folder of the export: that of its ranges, or else of the run."""
    folder = _range(path)
    return folder.parent if _RANGE.fullmatch(folder.name) else folder


def _range(path: Path) -> Path:
    """The folder of the runs of a month, or else of the run."""
    return next((folder for folder in path.parents if _RANGE.fullmatch(folder.name)), path.parent)


def _is_part(path: Path) -> bool:
    """Whether a file is a part that a run has written, by its folders and its name."""
    is_of_a_run = _RANGE.fullmatch(path.parent.parent.name) or _RANGE.fullmatch(path.parent.name)
    return bool(is_of_a_run and _PART.fullmatch(path.name) and layout_of(path))


def _month(folder: Path) -> str:
    """The month of a range, 20261001-20261031."""
    return f"{folder.name[:4]}-{folder.name[4:6]}"


def _without_manifest(source: str, month: str, folder: Path) -> Delivery:
    problem = f"There are parts of {month} in {folder.name}, but no manifest.json: copy that of each run too."
    return Delivery(source, "azure", month, "", Layout.FOCUS_CSV, is_exclusive=True, problem=problem)


def _delivery(source: str, run: _Run, known: AbstractSet[Path], end: str) -> Delivery:
    blobs = _blobs(run)
    files = [file if file in known else None for file in (_file(run.path, blob) for blob in blobs)]
    present = [file for file in files if file]
    layouts = {layout_of(file) for file in present}
    return Delivery(
        source,
        "azure",
        run.period,
        revision(present, *sorted(str(blob.get("blobName")) for blob in blobs)),
        next(iter(layouts), None) or Layout.FOCUS_CSV,
        sorted(set(present)),
        is_exclusive=True,
        rows=_rows(run.body, blobs),
        problem=next(chain(_lacking_days(run, end), _problems(run, blobs, files)), ""),
    )


def _blobs(run: _Run) -> list[dict[str, Any]]:
    blobs = run.body.get("blobs")
    if not isinstance(blobs, list) or not all(isinstance(blob, dict) for blob in blobs):
        raise LoadError(f"{run.path} is not a manifest of Azure: it has no list of blobs.")
    return blobs


def _file(path: Path, blob: dict[str, Any]) -> Path | None:
    """Where a part is in the copy: beside the manifest."""
    return inside(path.parent, str(blob.get("blobName") or "").rpartition("/")[2])


def _rows(body: dict[str, Any], blobs: list[dict[str, Any]]) -> int | None:
    """How many rows a manifest promises, as a whole or part by part."""
    whole = _count(body, "dataRowCount")
    return _rows_of_parts(blobs) if whole is None else whole


def _rows_of_parts(blobs: list[dict[str, Any]]) -> int | None:
    counts = [count for blob in blobs if (count := _count(blob, "dataRowCount")) is not None]
    return sum(counts) if len(counts) == len(blobs) else None


def _count(body: dict[str, Any], name: str) -> int | None:
    """A number of a manifest, which may be written as text; None if there is none."""
    told = body.get(name)
    if isinstance(told, str) and told.strip().isdecimal():
        return int(told)
    return told if isinstance(told, int) else None


def _named(run: _Run) -> str:
    return f"The export of {run.period} submitted at {run.submitted:%Y-%m-%d %H:%M}"


def _lacking_days(run: _Run, end: str) -> Iterator[str]:
    """That a run is of a part of its month, which would replace the whole: its dates were chosen by hand.

    Args:
        run: the run that was submitted last.
        end: the last day of all runs of the month.
    """
    year, month = map(int, run.period.split("-"))
    last = f"{run.period}-{monthrange(year, month)[1]}"
    is_over = f"{run.submitted.astimezone(UTC):%Y-%m}" > run.period
    expected = last if is_over else min(end, last)
    if run.first_day > f"{run.period}-01" or (run.last_day and run.last_day < expected):
        days = f"{run.first_day} to {run.last_day or 'an unknown day'}"
        yield f"{_named(run)} is of {days} only: move its folder out, or export the whole month."


def _problems(run: _Run, blobs: list[dict[str, Any]], files: list[Path | None]) -> Iterator[str]:
    where = _named(run)
    if not blobs:
        yield f"{where} has no parts."
    if _count(run.body, "blobCount") not in {None, len(blobs)}:
        yield f"{where} has {counted(len(blobs), 'part')}, but promises {run.body['blobCount']}."
    rows = _rows_of_parts(blobs)
    if rows is not None and _count(run.body, "dataRowCount") not in {None, rows}:
        yield f"{where} has {counted(rows, 'row')} in its parts, but promises {run.body['dataRowCount']}."
    for blob, file in zip(blobs, files, strict=True):
        name, size = blob.get("blobName"), _count(blob, "byteCount")
        if file is None:
            yield f"{where} lacks its part {name}."
        elif size not in {None, file.stat().st_size}:
            found = counted(file.stat().st_size, "byte")
            yield f"{where} has {found} in its part {name} instead of {size}."
    layouts = {layout_of(file) for file in files if file}
    if len(layouts) > 1 or None in layouts:
        yield f"{where} has parts that are neither all CSV nor all Parquet."
