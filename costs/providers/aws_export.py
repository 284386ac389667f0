"""AWS Data Exports of the tables FOCUS 1.0 and FOCUS 1.2 with AWS columns, copied from S3.

<export>/metadata/BILLING_PERIOD=2026-10/<export>-Manifest.json names the data files of a month. AWS rewrites
it at each delivery and leaves old data files beside the new ones (docs.aws.amazon.com, "Understanding export
delivery"). Some exports have billing_period in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from pathlib import Path

from costs.errors import LoadError
from costs.providers.files import inside, manifest, revision
from costs.providers.focus_files import is_focus
from costs.providers.found import MONTH, Found, layout_of, refuse_several
from costs.providers.source import Delivery, Layout
from costs.wording import counted

_PERIOD = re.compile(rf"billing_period=({MONTH.pattern})", re.IGNORECASE)
_DATA = re.compile(r"s3://.+?/data/(billing_period=.+)", re.IGNORECASE)
# The folder of the export, the month, whether it is the month's own, and the path.
_Manifest = tuple[Path, str, bool, Path]


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
    by_period = {period: list(group) for period, group in groupby(manifests, key=lambda each: each[1])}
    newest = [_newest(group) for group in by_period.values()]
    known = frozenset(files)
    deliveries = [
        _delivery(source, period, path, _named(root, path), known) for root, period, _, path in newest
    ]
    used = {path for *_, path in newest}.union(*(each.files for each in deliveries))
    # Old data files stay beside the new ones, and only a manifest tells them apart.
    unnamed = {month for path, (_, month) in months.items() if layout_of(path)} - by_period.keys()
    deliveries += [_without_manifest(source, month) for month in sorted(unnamed)]
    left = {path for path, (_, month) in months.items() if month in unnamed | by_period.keys()}
    return Found("an AWS data export", deliveries, frozenset(used), frozenset(left))


def _manifests(files: Sequence[Path]) -> Iterator[_Manifest]:
    for path in files:
        if path.name.endswith("-Manifest.json"):
            for folder in path.parents[:2]:
                period = _PERIOD.fullmatch(folder.name)
                if period and folder.parent.name == "metadata":
                    yield folder.parent.parent, period[1], folder == path.parent, path


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


def _newest(manifests: Sequence[_Manifest]) -> _Manifest:
    """The newest manifest of a month."""
    refuse_several("AWS data exports", sorted({path.name for *_, path in manifests}))
    # That of the month itself is the newest; with "create new" there may be those of deliveries only.
    return max(manifests, key=lambda each: (each[2], each[3]))


def _named(root: Path, path: Path) -> dict[str, Path | None]:
    """Where the data files are that a manifest names; None if outside of the export."""
    uris = manifest(path).get("dataFiles")
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise LoadError(f"{path} is not a manifest of AWS: it has no list of dataFiles.")
    return {uri: _file(root, uri) for uri in uris}


def _delivery(
    source: str, period: str, path: Path, files: dict[str, Path | None], known: AbstractSet[Path]
) -> Delivery:
    present = [file for file in files.values() if file in known and file]
    layouts = {layout_of(file) for file in present}
    return Delivery(
        source,
        "aws",
        period,
        revision(present, *sorted(uri for uri, file in files.items() if file not in present)),
        next(iter(layouts), None) or Layout.FOCUS_PARQUET,
        sorted(present),
        is_exclusive=True,
        problem=next(_problems(path.name, files, present), ""),
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
