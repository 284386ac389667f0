"""AWS Data Exports of the tables FOCUS 1.0 and FOCUS 1.2 with AWS columns, copied from S3.

<export>/metadata/BILLING_PERIOD=2026-10/<export>-Manifest.json names the data files of a month. AWS rewrites
it at each delivery and leaves old data files beside the new ones (docs.aws.amazon.com, "Understanding export
delivery").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from costs.errors import LoadError
from costs.providers.files import inside, manifest, revision
from costs.providers.focus_files import is_focus
from costs.providers.found import MONTH, Found, layout_of
from costs.providers.source import Delivery, Layout

_PERIOD = "BILLING_PERIOD="


def find(source: str, files: Sequence[Path]) -> Found | None:
    """The AWS export among files, if there is one.

    Raises:
        LoadError: there are several, or a manifest cannot be read.
    """
    manifests = sorted(_manifests(files))
    roots = sorted({root for root, *_ in manifests})
    if len(roots) > 1:
        names = " and ".join(str(root) for root in roots[:2])
        raise LoadError(f"There are several AWS data exports, such as {names}: make a source of each.")
    if not roots:
        return None
    by_period = groupby(manifests, key=lambda each: each[1])
    # The manifest of the month itself is the newest; with "create new" there may be those of deliveries only.
    newest = [max(group, key=lambda each: (each[2], each[3])) for _, group in by_period]
    deliveries = [_delivery(source, root, period, path) for root, period, _, path in newest]
    used = {path for *_, path in newest}.union(*(each.files for each in deliveries))
    return Found("an AWS data export", deliveries, frozenset(used), roots)


def _manifests(files: Sequence[Path]) -> Iterator[tuple[Path, str, bool, Path]]:
    """The folder of the export, the month, whether it is the month's own, and the path of each manifest."""
    for path in files:
        if path.name.endswith("-Manifest.json"):
            for folder in path.parents[:2]:
                period = folder.name.removeprefix(_PERIOD)
                if (
                    folder.name.startswith(_PERIOD)
                    and folder.parent.name == "metadata"
                    and MONTH.fullmatch(period)
                ):
                    yield folder.parent.parent, period, folder == path.parent, path


def _delivery(source: str, root: Path, period: str, path: Path) -> Delivery:
    uris = manifest(path).get("dataFiles")
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise LoadError(f"{path} is not a manifest of AWS: it has no list of dataFiles.")
    files = {uri: _file(root, uri) for uri in uris}
    present = [file for file in files.values() if file and file.is_file()]
    layouts = {layout_of(file) for file in present}
    return Delivery(
        source,
        "aws",
        period,
        revision(present, *sorted(uri for uri, file in files.items() if file not in present)),
        next(iter(layouts), None) or Layout.FOCUS_PARQUET,
        sorted(present),
        is_exclusive=True,
        problem=next(_problems(path, files, layouts), ""),
    )


def _file(root: Path, uri: str) -> Path | None:
    """Where a data file is in the copy; s3://bucket/prefix/export/data/x is data/x of the export."""
    before, data, relative = uri.partition(f"/data/{_PERIOD}")
    if not before.startswith("s3://") or not data:
        return None
    return inside(root / "data", f"{_PERIOD}{relative}")


def _problems(path: Path, files: dict[str, Path | None], layouts: set[Layout | None]) -> Iterator[str]:
    if not files:
        yield f"{path.name} names no data files."
    yield from (
        f"{path.name} names {uri}, which is not below the data folder of the export."
        for uri, file in files.items()
        if file is None
    )
    missing = [file.name for file in files.values() if file and not file.is_file()]
    if missing:
        yield f"{len(missing)} of {len(files)} data files of {path.name} are missing, such as {missing[0]}."
    if len(layouts) > 1 or None in layouts:
        yield f"{path.name} names files that are neither all CSV nor all Parquet."
    try:
        others = [file.name for file in files.values() if file and not is_focus(file)]
    except LoadError as error:
        yield str(error)
    else:
        if others:
            yield f"{others[0]} lacks the columns of FOCUS: export a FOCUS table with AWS columns."
