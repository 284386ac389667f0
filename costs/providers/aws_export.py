"""AWS Data Exports of the tables FOCUS 1.0 and FOCUS 1.2 with AWS columns, copied from S3.

<export>/metadata/BILLING_PERIOD=2026-10/<export>-Manifest.json names the data files of a month. AWS rewrites
it at each delivery and leaves old data files beside the new ones (docs.aws.amazon.com, "Understanding export
delivery"). Some exports have billing_period in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from costs.errors import LoadError
from costs.providers.files import inside, manifest, revision
from costs.providers.focus_files import is_focus
from costs.providers.found import MONTH, Found, layout_of, refuse_several
from costs.providers.source import Delivery, Layout
from costs.wording import counted

_PERIOD = re.compile(rf"billing_period=({MONTH.pattern})", re.IGNORECASE)
_DATA = re.compile(r"s3://.+?/data/(billing_period=.+)", re.IGNORECASE)


class Manifest(NamedTuple):
    """A manifest.

    Args:
        root: the folder of the export.
        period: the month.
        is_of_month: whether it is the month's, and not that of a single delivery of it.
        path: where it is.
    """

    root: Path
    period: str
    is_of_month: bool
    path: Path


def find(source: str, files: Sequence[Path]) -> Found | None:
    """The AWS export among files, if there is one.

    Raises:
        LoadError: there are several, or a manifest cannot be read.
    """
    manifests = sorted(_manifests(files))
    months = {path: found for path in files if (found := _place(path))}
    with_data = {root for path, (root, _) in months.items() if layout_of(path)}
    roots = sorted({root for root, *_ in manifests} | with_data)
    refuse_several("AWS data exports", roots)
    if not roots:
        return None
    latest = newest(files)
    known, with_manifest = frozenset(files), {each.period for each in latest}
    deliveries = [_delivery(source, each, known) for each in latest]
    used = {each.path for each in latest}.union(*(each.files for each in deliveries))
    # Old data files stay beside the new ones, and only a manifest tells them apart.
    unnamed = {month for path, (_, month) in months.items() if layout_of(path)} - with_manifest
    deliveries += [_without_manifest(source, month) for month in sorted(unnamed)]
    left = {path for path, (_, month) in months.items() if month in unnamed | with_manifest}
    return Found("an AWS data export", deliveries, frozenset(used), frozenset(left))


def newest(files: Sequence[Path]) -> Sequence[Manifest]:
    """The newest manifest of each month of an export, by their paths alone: the files need not exist.

    Raises:
        LoadError: there are several exports.
    """
    by_period = groupby(sorted(_manifests(files)), key=lambda each: each.period)
    return [_newest(list(group)) for _, group in by_period]


def named(manifest_: Manifest, body: Mapping[str, Any]) -> dict[str, Path | None]:
    """Where the data files are that a manifest names, by their addresses; None if outside of the export.

    Raises:
        LoadError: it is no manifest.
    """
    uris = body.get("dataFiles")
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise LoadError(f"{manifest_.path} is not a manifest of AWS: it has no list of dataFiles.")
    return {uri: _file(manifest_.root, uri) for uri in uris}


def _manifests(files: Sequence[Path]) -> Iterator[Manifest]:
    for path in files:
        if path.name.endswith("-Manifest.json"):
            for folder in path.parents[:2]:
                period = _PERIOD.fullmatch(folder.name)
                if period and folder.parent.name == "metadata":
                    yield Manifest(folder.parent.parent, period[1], folder == path.parent, path)


def _place(path: Path) -> tuple[Path, str] | None:
    """The export and the month whose data or metadata a file is among, by its folders."""
    for folder in path.parents:
        if period := _PERIOD.fullmatch(folder.name):
            is_whole = folder.parent.name in {"data", "metadata"}
            return (folder.parent.parent if is_whole else folder.parent), period[1]
    return None


def _without_manifest(source: str, month: str) -> Delivery:
    problem = f"There are data files of {month}, but no manifest: copy the folder metadata of the export too."
    return Delivery(source, "aws", month, "", Layout.FOCUS_PARQUET, is_exclusive=True, problem=problem)


def _newest(manifests: Sequence[Manifest]) -> Manifest:
    """The newest manifest of a month."""
    refuse_several("AWS data exports", sorted({each.path.name for each in manifests}))
    # That of the month itself is the newest; with "create new" there may be those of deliveries only.
    return max(manifests, key=lambda each: (each.is_of_month, each.path))


def _delivery(source: str, latest: Manifest, known: AbstractSet[Path]) -> Delivery:
    files = named(latest, manifest(latest.path))
    present = [file for file in files.values() if file in known and file]
    layouts = {layout_of(file) for file in present}
    return Delivery(
        source,
        "aws",
        latest.period,
        revision(present, *sorted(uri for uri, file in files.items() if file not in present)),
        next(iter(layouts), None) or Layout.FOCUS_PARQUET,
        sorted(present),
        is_exclusive=True,
        problem=next(_problems(latest.path.name, files, present), ""),
    )


def _file(root: Path, uri: str) -> Path | None:
    """Where a data file is in the copy; s3://bucket/prefix/export/data/x is data/x of the export."""
    relative = _DATA.fullmatch(uri)
    return inside(root / "data", relative[1]) if relative else None


def _problems(name: str, files: dict[str, Path | None], present: Sequence[Path]) -> Iterator[str]:
    if not files:
        yield f"{name} names no data files."
    outside = [uri for uri, file in files.items() if file is None]
    yield from (f"{name} names {uri}, which is not below the data folder of the export." for uri in outside)
    missing = [file.name for file in files.values() if file and file not in present]
    if missing:
        of = f"{len(missing):,} of {counted(len(files), 'data file')} of {name}"
        yield f"The folder lacks {of}, such as {missing[0]}."
    layouts = {layout_of(file) for file in present}
    if len(layouts) > 1 or None in layouts:
        yield f"{name} names files that are neither all CSV nor all Parquet."
    yield from _not_focus(present)


def _not_focus(files: Sequence[Path]) -> Iterator[str]:
    yield from (f"{file.name} is empty: copy it again." for file in files if not file.stat().st_size)
    try:
        others = [file.name for file in files if not is_focus(file)]
    except LoadError as error:
        yield str(error)
    else:
        if others:
            yield f"{others[0]} lacks the columns of FOCUS: export a FOCUS table with AWS columns."
