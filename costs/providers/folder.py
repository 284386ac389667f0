"""A folder of cost data, recognised by what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from costs.errors import LoadError
from costs.providers import aws_export, azure_export, focus_files, google_cloud_rows
from costs.providers.files import walk
from costs.providers.found import Found
from costs.providers.source import Delivery
from costs.providers.unused import disguised, is_beside, may_be_costs, why
from costs.wording import counted

_EXAMPLES = 3
_LOOKED_FOR = (
    "an AWS data export (metadata/BILLING_PERIOD=…/…-Manifest.json), "
    "an Azure export of the type FocusCost (manifest.json), "
    "rows of Google Cloud's detailed export (.json, .jsonl or .ndjson, also .gz), "
    "and FOCUS files (.csv, .csv.gz or .parquet)"
)


class FolderSource:
    """The cost data below a folder, of one kind.

    Args:
        name: the name of the source.
        path: the folder.
    """

    def __init__(self, name: str, path: Path | str) -> None:
        self.name = name
        self._path = Path(path).resolve()
        # How many files the last look left out: unrelated ones, and old data files of exports.
        self.ignored = 0
        self.notes: Sequence[str] = ()

    def deliveries(self) -> Iterator[Delivery]:
        """The latest delivery of each month, oldest month first.

        Raises:
            LoadError: there is no cost data or that of several kinds, or some of it cannot be read.
        """
        files = walk(self._path)
        found = self._found(files)
        if len(found) > 1:
            kinds = " and ".join(each.kind for each in found)
            raise LoadError(f"{self._path} has {kinds}: make a source of each.")
        self._refuse_unused(files, found)
        if not found[0].deliveries:
            raise LoadError(f"{self._path} has {found[0].kind} without any row.")
        self.ignored = len(files) - len(found[0].files)
        self.notes = [*self._empty(found[0]), *self._left_out(files, found[0])]
        return iter(sorted(found[0].deliveries, key=lambda each: each.period))

    def _empty(self, found: Found) -> list[str]:
        return [f"{path.relative_to(self._path)} has no rows." for path in found.empty]

    def _left_out(self, files: Sequence[Path], found: Found) -> list[str]:
        """A sentence about the files that are no charges by their names or content."""
        known = found.files | found.left
        names = [f"{path.relative_to(self._path)}" for path in files if path not in known]
        such_as = ", ".join(names[:_EXAMPLES])
        return (
            [f"{counted(len(names), 'file')} without charges left out, such as {such_as}."] if names else []
        )

    def _refuse_unused(self, files: Sequence[Path], found: Sequence[Found]) -> None:
        """Refuse files that look like cost data and would be left out."""
        known = frozenset[Path]().union(*(each.files | each.left for each in found))
        unused = ((path, _why(path)) for path in files if path not in known)
        example = next((f"{path.relative_to(self._path)} {reason}" for path, reason in unused if reason), "")
        if not found:
            none = f"{self._path} has no cost data among its {counted(len(files), 'file')}"
            raise LoadError(f"{none}{f': {example}' if example else ''}. Looked for: {_LOOKED_FOR}.")
        if example:
            raise LoadError(f"{example}. Its costs would be left out: mend it, or move it out of the folder.")

    def _found(self, files: Sequence[Path]) -> list[Found]:
        exports = [aws_export.find(self.name, files), azure_export.find(self.name, files)]
        known = frozenset[Path]().union(*(each.files | each.left for each in exports if each))
        rest = [path for path in files if path not in known]
        others = [google_cloud_rows.find(self.name, rest), focus_files.find(self.name, rest)]
        return [each for each in (*exports, *others) if each]


def _why(path: Path) -> str:
    """Why the costs of a file would be left out; "" if it has none."""
    if not may_be_costs(path):
        return disguised(path)
    return "" if is_beside(path) else why(path)
