"""Looks at what a source offers, without fetching or changing anything: for the check of its connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers import aws_export, azure_export
from costs.providers.files import walk
from costs.providers.folder import FolderSource
from costs.providers.registry import REMOTE, client_of
from costs.wording import counted

# Of a list of objects, as many are asked for: 10 requests.
MAX_LISTED = 50_000
# Of an object, as much proves that it may be read.
MAX_READ = 1024**2
# A folder of no more is read as a load would.
MAX_FOLDER = 50 * 1000**2
# The newest months that are told.
MAX_SEEN = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """A delivery that a source offers.

    Args:
        period: the billing month, as 2026-10; "" if only a load can tell.
        delivered_at: when it was written, if that is known.
        says: what it is, in a few words.
        problem: why it could not be loaded, in a sentence; "" if nothing is known to be wrong.
    """

    period: str
    delivered_at: datetime | None = None
    says: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a source offers.

    Args:
        seen: its latest deliveries, the newest month first.
        notes: what is to be told beside, as sentences.
    """

    seen: Sequence[Seen]
    notes: Sequence[str] = ()


def newest(seen: Sequence[Seen], *notes: str) -> Look:
    """A look at the newest of these deliveries."""
    found = sorted(seen, key=lambda each: each.period, reverse=True)
    more = len(found) - MAX_SEEN
    older = [f"{counted(more, 'older month')} beside."] if more > 0 else []
    return Look(found[:MAX_SEEN], [*notes, *older])


def look(kind: str, location: str, identity: Identity = OWN) -> Look:
    """Look at a source.

    Args:
        kind: what it is, such as folder.
        location: where it is.
        identity: whose credentials it is read with.

    Raises:
        LoadError: it cannot be read; the sentence says what to do.
    """
    if kind not in REMOTE:
        return _at_folder(Path(location))
    found: Look | None = getattr(client_of(kind), "look", lambda *_: None)(location, identity)
    if found is None:
        raise LoadError("This kind of source has no check: run load_costs with --dry-run for it.")
    return found


def _at_folder(path: Path) -> Look:
    if not path.is_absolute():
        raise LoadError(f"{path} begins nowhere: write the whole path of the folder, from / on.")
    files = walk(path)
    size = sum(file.stat().st_size for file in files)
    if size <= MAX_FOLDER:
        source = FolderSource("check", path)
        return newest(
            [
                Seen(each.period, _written(each.files), counted(len(each.files), "file"), each.problem)
                for each in source.deliveries()
            ],
            *source.notes,
        )
    seen = [Seen(each.period, _written([each.path])) for each in aws_export.newest(files)]
    seen += [Seen(month, at) for month, at in azure_export.delivered(_times(files)).items()]
    found = f"{counted(len(files), 'file')} of {size:,} bytes"
    whole = f"{found} are more than a check reads: run load_costs with --dry-run."
    return newest(seen or [Seen("", _written(files), "files")], whole)


def _times(files: Sequence[Path]) -> dict[Path, datetime]:
    return {file: datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in files}


def _written(files: Sequence[Path]) -> datetime | None:
    return max(_times(files).values(), default=None)
