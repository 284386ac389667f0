"""Plain FOCUS files of any version, CSV or Parquet: their rows tell which month they are of."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from sqlglot import exp

from costs.errors import LoadError
from costs.focus.cast import as_text
from costs.focus.unreadable import FILE
from costs.providers.connection import listed, read
from costs.providers.files import HEAD, head, last_byte, refuse_copies, revision
from costs.providers.found import MONTH, Found, layout_of, sharing
from costs.providers.source import Delivery, Layout
from costs.wording import counted

# In every version of FOCUS.
_ALWAYS = ("BilledCost", "BillingCurrency", "BillingPeriodStart", "ChargePeriodStart")
_MONTH = "strftime(try_cast(BillingPeriodStart as timestamptz) at time zone 'UTC', '%Y-%m')"
# Nothing of a CSV file is left to guess from its first rows.
_CSV = "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"'"
_MAGIC = b"PAR1"
_PARQUET = "union_by_name = true, binary_as_string = true"
# The names of folders are no columns.
_ALL = f"hive_partitioning = false, filename = '{FILE}'"


def find(source: str, files: Sequence[Path]) -> Found | None:
    """The FOCUS files among files, a delivery for each month that they have rows of.

    Raises:
        LoadError: a file cannot be read or is there twice, or a row does not tell its month.
    """
    ours = [path for path in files if is_focus(path)]
    if not ours:
        return None
    layouts = {layout_of(path) for path in ours}
    if len(layouts) > 1:
        raise LoadError(
            "There are FOCUS files as CSV and as Parquet, perhaps of the same rows: keep one kind."
        )
    layout = next(iter(layouts)) or Layout.FOCUS_CSV
    refuse_copies(ours)
    months = _months(layout, ours)
    deliveries = [
        Delivery(source, None, month, revision(paths), layout, sorted(paths))
        for month, paths in months.items()
    ]
    empty = sorted(set(ours).difference(*months.values()))
    return Found("FOCUS files", sharing(deliveries), frozenset(ours), empty=empty)


def is_focus(path: Path) -> bool:
    """Whether a file has the columns that every version of FOCUS has.

    Raises:
        LoadError: it is a CSV or Parquet file by its name, but cannot be read.
    """
    return layout_of(path) is not None and path.stat().st_size > 0 and not missing(path)


def missing(path: Path) -> Sequence[str]:
    """The columns of every version of FOCUS that a CSV or Parquet file lacks.

    Raises:
        LoadError: it cannot be read.
    """
    return [name for name in _ALWAYS if name.lower() not in columns(path)]


def columns(path: Path) -> frozenset[str]:
    """The names of the columns of a CSV or Parquet file, in small letters.

    Raises:
        LoadError: it cannot be read.
    """
    return frozenset(name.lower() for name in _names(layout_of(path) or Layout.FOCUS_CSV, path))


def lacking(start: str) -> Sequence[str]:
    """The columns of every version of FOCUS that the first line of a text lacks."""
    have = {name.lower() for name in _header(start)}
    return [name for name in _ALWAYS if name.lower() not in have]


def without_end(files: Sequence[Path]) -> list[str]:
    """A sentence for each CSV file that ends within a line; what is compressed has a checksum."""
    plain = [path for path in files if path.name.lower().endswith(".csv")]
    return [
        f"{path.name} does not end with the end of a line: if it was cut off, copy it again."
        for path in plain
        if last_byte(path) not in b"\r\n"
    ]


def relation(delivery: Delivery) -> str:
    """The rows of a delivery, as what stands after FROM."""
    files = _united(delivery.layout, delivery.files)
    if delivery.is_exclusive:
        return files
    return f"(select * from {files} where {_MONTH} = {exp.Literal.string(delivery.period).sql()})"


def _months(layout: Layout, files: Sequence[Path]) -> Mapping[str, Sequence[Path]]:
    """The files that have rows of each month."""
    rows = read(
        f"""
        select {_MONTH}, {FILE}, min(cast(BillingPeriodStart as varchar)), count(*)
        from {_united(layout, files)} group by 1, 2 order by 1 nulls first, 2
        """
    )
    months: dict[str, list[Path]] = defaultdict(list)
    for month, path, example, count in rows:
        if month is None or not MONTH.fullmatch(month):
            where = f"{counted(count, 'row')} in {PurePath(path).name}, such as {example!r}"
            raise LoadError(f"BillingPeriodStart does not tell the month of {where}.")
        months[month].append(Path(path))
    return months


def _united(layout: Layout, files: Sequence[Path]) -> str:
    """The rows of files, whose columns may differ.

    Where Parquet files give a column different types, DuckDB would turn decimals into doubles. Such files are
    read as text.
    """
    schemas = _headers(files) if layout is Layout.FOCUS_CSV else _schemas(files)
    groups: dict[Any, list[Path]] = defaultdict(list)
    for path in sorted(files):
        groups[schemas[path]].append(path)
    if len(groups) == 1:
        return _raw(layout, sorted(files))
    return f"({' union all by name '.join(_as_text(layout, group) for group in groups.values())})"


def _names(layout: Layout, path: Path) -> Sequence[str]:
    names = _headers([path])[path] if layout is Layout.FOCUS_CSV else _columns(path)
    _refuse_twice(path, names)
    return names


def _refuse_twice(path: Path, names: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            twice = seen[name.lower()] or "without a name"
            raise LoadError(f"{path.name} has the column {twice} twice.")
        seen[name.lower()] = name


def _headers(files: Sequence[Path]) -> Mapping[Path, tuple[str, ...]]:
    """The names of the columns of CSV files."""
    return {path: _header(_start(path)) for path in files}


def _start(path: Path) -> str:
    """The start of a CSV file, with its first line.

    Raises:
        LoadError: the line is longer than any header.
    """
    start = head(path)
    if len(start.encode()) >= HEAD - len(BOM_UTF8) and start.splitlines() == [start]:
        raise LoadError(
            f"{path.name} has a first line of over {HEAD // 1024} KB, too long for names of columns."
        )
    return start


def _header(start: str) -> tuple[str, ...]:
    return tuple(next(csv.reader(start.splitlines()[:1]), []))


def _columns(path: Path) -> Sequence[str]:
    """The names of the columns of a Parquet file.

    Raises:
        LoadError: it is not a whole Parquet file.
    """
    _refuse_damaged(path)
    try:
        # The root comes before all others, and each group before its members.
        _, *fields = _schemas([path])[path]
    except LoadError as error:
        raise LoadError(f"{path.name} is damaged: copy it again.") from error
    names, inside = [], 0
    for name, _, members, *_ in fields:
        if inside:
            inside -= 1
        else:
            names.append(str(name))
        inside += members or 0
    return names


def _refuse_damaged(path: Path) -> None:
    """Refuse what is no Parquet file, or not all of one: its first four bytes are its last ones too."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
            file.seek(max(len(_MAGIC), path.stat().st_size - len(_MAGIC)))
            end = file.read()
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error}.") from error
    if start != _MAGIC:
        raise LoadError(f"{path.name} is not a Parquet file: export it again.")
    if end != _MAGIC:
        raise LoadError(f"{path.name} is cut off: copy it again.")


def _schemas(files: Sequence[Path]) -> Mapping[Path, tuple[tuple[Any, ...], ...]]:
    """The names and types of the fields of Parquet files."""
    fields = "name, type, num_children, converted_type, scale, precision, logical_type"
    schemas: dict[Path, tuple[tuple[Any, ...], ...]] = dict.fromkeys(files, ())
    for path, *field in read(f"select file_name, {fields} from parquet_schema({listed(files)})"):
        schemas[Path(path)] += (tuple(field),)
    return schemas


def _as_text(layout: Layout, files: Sequence[Path]) -> str:
    raw = _raw(layout, files)
    columns = [(name, type_) for name, type_, *_ in read(f"describe select * from {raw}") if name != FILE]
    return f"select {', '.join(_text(*column) for column in columns)}, {FILE} from {raw}"


def _text(name: str, type_: str) -> str:
    text = as_text(exp.column(name, quoted=True), type_)
    return exp.alias_(text, name, quoted=True).sql("duckdb")


def _raw(layout: Layout, files: Sequence[Path]) -> str:
    """The rows of files of the same columns."""
    if layout is Layout.FOCUS_PARQUET:
        return f"read_parquet({listed(files)}, {_PARQUET}, {_ALL})"
    names = ", ".join(f"{exp.Literal.string(name).sql()}: 'varchar'" for name in _names(layout, files[0]))
    return f"read_csv({listed(files)}, columns = {{{names}}}, {_CSV}, {_ALL})"
