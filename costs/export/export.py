"""Writes what is loaded as a FOCUS file, and proves that the file has all of its rows and money."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import duckdb
from sqlglot import exp

from catalog.nearest import nearest
from costs.errors import ExportError
from costs.export.fields import Field, Form, chosen, offered
from costs.export.new_file import new_file, refuse
from costs.export.report import Report
from costs.export.survey import Survey, charges, differences, figures, question, read_back, surveyed
from costs.focus.columns import LATEST
from costs.query import Question, ask
from costs.query.dimensions import Value, column
from costs.query.periods import Window
from costs.query.snapshot import Snapshot, take
from costs.store.base import CostStore, LoadedMonth
from costs.store.copying import Copy, Progress
from costs.store.kept import Result

# A row has up to 86 columns: as many rows are what is in memory at a time.
_PARQUET = "format parquet, compression zstd, row_group_size 20480"
_CSV = "format csv, header true"
_OPTIONS = {Form.PARQUET: _PARQUET, Form.CSV: _CSV, Form.CSV_GZ: f"{_CSV}, compression gzip"}
# Nothing is left to guess; empty texts and no values were told apart by quotes.
_AS_CSV = "all_varchar = true, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"'"


class Store(CostStore, Protocol):
    """A store that can write files of any size."""

    def copy(self, wanted: Copy, loads: Sequence[LoadedMonth], progress: Progress) -> Result:
        """Write what a query returns to a file, and return what its proof finds in it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported.

    Args:
        version: of FOCUS.
        own: whether our columns follow those of FOCUS.
        sources: only of these sources; empty for all.
        periods: only these billing months, as 2026-10; empty for all.
        window: only charges that began within it.
        as_of: the loads of that moment; None for those of now.
    """

    version: str = LATEST
    own: bool = False
    sources: Sequence[str] = ()
    periods: Sequence[str] = ()
    window: Window = field(default_factory=Window)
    as_of: datetime | None = None


def export(store: Store, wanted: Wanted, path: Path, *, force: bool, progress: Progress) -> Report:
    """Write a file.

    Args:
        store: where the charges are.
        wanted: which of them.
        path: the file; the end of its name is its form.
        force: whether it may be there already.
        progress: called with how much is written, from 0 to 100.

    Raises:
        ExportError: there is nothing to export, or the file cannot be written.
        CostError: nothing is loaded, or not all of it can be read.
    """
    form = form_of(path)
    refuse(path, replaces=force)
    costs = _narrowed(take(store, wanted.as_of, datetime.now(UTC)), wanted)
    found = surveyed(costs.run(question(wanted.window)))
    if not found.rows:
        raise ExportError("No charge began within these days. Name others by --start and --end.")
    fields = chosen(offered(wanted.version, own=wanted.own), found.filled)
    with new_file(path, replaces=force) as written:
        _write(store, costs.loads, _copy(fields, wanted.window, written, form), progress, found)
        size, sha256 = written.stat().st_size, _sha256(written)
    hint = ask(_same(wanted, costs), store)["hint"]
    return Report(path, wanted.version, fields, costs.loads, found, costs.as_of, size, sha256, hint)


def _same(wanted: Wanted, costs: Snapshot) -> Question:
    """A question about the same charges: its answer says what they lack and what is doubtful."""
    filters: dict[str, Sequence[Value]] = {}
    if wanted.sources:
        filters["source"] = wanted.sources
    if wanted.periods:
        filters["billing_month"] = wanted.periods
    window = wanted.window
    return Question(filters=filters, start=window.start, end=window.end, as_of=costs.as_of)


def form_of(path: Path) -> Form:
    """The form of a file by its name.

    Raises:
        ExportError: it ends in none that can be written.
    """
    name = path.name.lower()
    forms = [form for form in Form if name.endswith(form) and name != form]
    if not forms:
        raise ExportError(f"{path.name} does not say what to write: end it in {', '.join(Form)}.")
    return forms[0]


def _narrowed(costs: Snapshot, wanted: Wanted) -> Snapshot:
    """The loads of the sources and months that are wanted."""
    _refuse_unknown("source", wanted.sources, [load.source for load in costs.loads])
    loads = [load for load in costs.loads if not wanted.sources or load.source in wanted.sources]
    _refuse_unknown("month", wanted.periods, [load.billing_period for load in loads])
    loads = [load for load in loads if not wanted.periods or load.billing_period in wanted.periods]
    return Snapshot(costs.store, costs.as_of, loads, costs.sources)


def _refuse_unknown(what: str, wanted: Sequence[str], known: Collection[str]) -> None:
    """Refuse what is not loaded, rather than export less than was asked for."""
    for name in wanted:
        if name not in known:
            there_are = ", ".join(dict.fromkeys([*nearest(name, list(known)), *sorted(known)]))
            raise ExportError(f"Nothing is loaded of the {what} {name}. Loaded are: {there_are}.")


def _copy(fields: Sequence[Field], window: Window, path: Path, form: Form) -> Copy:
    select = charges(window).select(*(each.value(form) for each in fields))
    currency = column("BillingCurrency")
    proof = exp.select(*figures(read_back, currency)).from_("written").group_by(currency)
    return Copy(select, path, _OPTIONS[form], proof, lambda written: _reader(fields, written, form))


def _reader(fields: Sequence[Field], path: Path, form: Form) -> str:
    """What of a file stands after FROM."""
    name = exp.Literal.string(f"{path}").sql("duckdb")
    if form is Form.PARQUET:
        return f"read_parquet({name})"
    names = ", ".join(f"{exp.Literal.string(each.column.name).sql()}: 'varchar'" for each in fields)
    return f"read_csv({name}, columns = {{{names}}}, {_AS_CSV})"


def _write(store: Store, loads: Sequence[LoadedMonth], copy: Copy, progress: Progress, found: Survey) -> None:
    """Write a file, and refuse one that has not all rows and all money: it would be a wrong bill."""
    try:
        _, rows = store.copy(copy, loads, progress)
    except duckdb.Error as error:
        reason = f"{error}".partition("\n")[0].rstrip(".")
        raise ExportError(f"The file cannot be written: {reason}.") from error
    if (has := {currency: tuple(sums) for currency, *sums in rows}) != found.figures:
        differs = "; ".join(differences(has, found.figures))
        raise ExportError(f"The file would differ from what is loaded: {differs}. This is a bug.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
