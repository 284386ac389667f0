"""Makes the file of a month, from a delivery or from the file that is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.errors import LoadError
from costs.focus.absent import absent
from costs.focus.alike import may_be_alike
from costs.focus.cast import cast
from costs.focus.checks import Findings, check
from costs.focus.repeated import ROW, may_be_restated, repeated
from costs.focus.rounded import rounded
from costs.focus.unreadable import FILE, describe, unreadable
from costs.focus.untimely import untimely
from costs.load import incomplete
from costs.load.report import amounts
from costs.load.stamps import Stamps
from costs.providers.connection import sentence
from costs.providers.files import digest, refuse_damaged
from costs.providers.focus_files import without_end
from costs.providers.relations import as_written, relation
from costs.providers.source import Delivery, Layout
from costs.stamp import stamp
from costs.store.base import Doubt
from costs.store.engine import stored
from costs.store.files import Written, measure, write
from costs.wording import counted

CHARGES = "charges"
# Of the files of a delivery, as many are kept by name.
MAX_NAMED = 20


@dataclass(frozen=True, slots=True)
class Built:
    """A file that is ready to be published, and what the checks found beside errors.

    Args:
        written: the file.
        warnings: sentences to be kept with the load.
        doubts: of these, what answers say too.
    """

    written: Written
    warnings: Sequence[str] = field(default=())
    doubts: Sequence[Doubt] = field(default=())

    def checked(self, findings: Findings, doubts: Sequence[Doubt] = ()) -> Built:
        """The same with what another check found.

        Raises:
            RefusedError: it found errors.
        """
        warnings = [*self.warnings, *findings.warnings]
        if findings.errors:
            raise RefusedError(findings.errors, warnings)
        return Built(self.written, warnings, [*self.doubts, *doubts])


class RefusedError(LoadError):
    """A delivery that the checks refuse, with all that they found."""

    def __init__(self, errors: Sequence[str], warnings: Sequence[str]) -> None:
        super().__init__(" ".join(errors))
        self.findings = [*errors, *warnings]


@dataclass(frozen=True, slots=True)
class _Origin:
    """What each row of a load has in common, for `cast`."""

    cloud: str | None
    source: str
    load_id: str
    is_estimate: bool


def from_delivery(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    load_id: str,
    stamps: Stamps,
    path: Path,
    *,
    follows: bool = False,
) -> Built:
    """Cast, check, stamp and write a delivery.

    Args:
        connection: a session that may read its files and write to `path` (`open_writer`).
        delivery: the month.
        load_id: the load.
        stamps: names and rules.
        path: the file to write.
        follows: whether an earlier month of its source is loaded.

    Raises:
        LoadError: the delivery is broken.
    """
    refuse_damaged(delivery.files)
    _read(connection, delivery, load_id)
    findings = check(connection, CHARGES, delivery.period, is_estimate=delivery.is_estimate)
    errors = [*findings.errors, *_estimates(connection, delivery), *_twice(connection, delivery)]
    # What estimates lack is the same in all (docs/deliveries.md).
    lacking = [] if delivery.is_estimate else absent(describe(connection, relation(delivery)))
    doubts = [
        *without_end(delivery.files),
        *_may_be_twice(connection, delivery),
        *incomplete.may_be_cut(connection, CHARGES, delivery),
        *incomplete.may_lack_days(connection, CHARGES, delivery, follows=follows),
        *([] if delivery.is_estimate else untimely(connection, CHARGES, delivery.period)),
    ]
    lost = [*lacking, *rounded(connection, as_written(delivery)), *doubts]
    warnings = [*findings.warnings, *lost]
    if errors:
        raise RefusedError(errors, warnings)
    # Clouds repeat rows in exports of which they tell what belongs together.
    copies = [] if _tells_all(delivery) else findings.copies
    return Built(_stamped(connection, stamps, path), warnings, [Doubt(each) for each in (*copies, *doubts)])


def from_stored(connection: duckdb.DuckDBPyConnection, file: Path, stamps: Stamps, path: Path) -> Built:
    """Stamp a stored month again.

    Raises:
        LoadError: the file is damaged, or its money would change.
    """
    try:
        before = measure(connection, file)
        select = stored(connection, [str(file)]).sql("duckdb")
        connection.execute(f"create table {CHARGES} as {select}")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise LoadError(f"The file {file.name} cannot be read: {unexpected(error)}") from error
    written = _stamped(connection, stamps, path)
    if (written.rows, written.billed) != (before.rows, before.billed):
        raise LoadError("Stamping the month again would change its rows or its money. This is a bug.")
    return Built(written)


def unexpected(error: duckdb.Error) -> str:
    """A sentence about what DuckDB could not compute, without its advice, and the SQL that it adds."""
    reason = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")
    if isinstance(error, duckdb.OutOfRangeException | duckdb.ConversionException):
        return (
            "An amount, or what is computed of it, has more digits than can be kept: money has 20 before the "
            f"point, and quantities 29 ({reason})."
        )
    return f"It could not be computed: {reason}."


def names(files: Sequence[Path]) -> str:
    """The files of a delivery, a line each."""
    more = [f"and {len(files) - MAX_NAMED:,} more"] if len(files) > MAX_NAMED else []
    return "\n".join([*map(str, files[:MAX_NAMED]), *more])


def _read(connection: duckdb.DuckDBPyConnection, delivery: Delivery, load_id: str) -> None:
    origin = _Origin(delivery.cloud, delivery.source, load_id, delivery.is_estimate)
    try:
        rows = relation(delivery)
        have = describe(connection, rows)
        # What `repeated` reads is not stored.
        also = [exp.column(name, quoted=True) for name in (FILE, ROW) if name in have]
        selected = ", ".join(each.sql("duckdb") for each in [*cast(have, delivery=origin), *also])
        # SQL is put together from SQL: values in it are literals that sqlglot has written.
        connection.execute(f"create table {CHARGES} as select {selected} from {rows}")  # noqa: S608
    except duckdb.OutOfMemoryException:
        raise  # it is made again with more
    except duckdb.Error as error:
        raise LoadError(_why(connection, delivery, error)) from error
    count = connection.table(CHARGES).shape[0]
    if delivery.rows is not None and count != delivery.rows:
        raise LoadError(
            f"The files have {counted(count, 'row')}, but their manifest promises {delivery.rows:,}."
        )


def _estimates(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> list[str]:
    """What of a bill is none: as a part of it, estimates would neither give way nor let others count."""
    if delivery.is_estimate:
        return []
    found = connection.execute(
        f"select coalesce(BillingCurrency, ''), sum(BilledCost), count(*) from {CHARGES} "  # noqa: S608
        "where x_IsEstimate group by all order by all"
    ).fetchall()
    if not found:
        return []
    rows = sum(count for *_, count in found)
    money = amounts({currency: billed for currency, billed, _ in found})
    says = (
        f"{counted(rows, 'row')} of {connection.table(CHARGES).shape[0]:,}, {money}, are estimates, as "
        "x_IsEstimate tells: they would count as a bill. Load the bill's own export instead; for estimates, "
        "load their own source, costexplorer://ACCOUNT or costmanagement://SCOPE."
    )
    return [says]


def _twice(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> list[str]:
    """What of a delivery would count twice. A manifest names the files that belong together: no two alike."""
    may_be = not delivery.is_exclusive or len({*map(digest, delivery.files)}) < len(delivery.files)
    return repeated(connection, CHARGES) if may_be and len(delivery.files) > 1 else []


def _may_be_twice(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> list[str]:
    """What of it may count twice. A manifest tells that nothing does, and a source that only adds rows."""
    if _tells_all(delivery):
        return []
    restated = may_be_restated(connection, CHARGES) if len(delivery.files) > 1 else []
    return restated or may_be_alike(connection, CHARGES)


def _tells_all(delivery: Delivery) -> bool:
    return delivery.is_exclusive or delivery.layout is Layout.GOOGLE_CLOUD_ROWS


def _why(connection: duckdb.DuckDBPyConnection, delivery: Delivery, error: duckdb.Error) -> str:
    """Which values cannot be read, if that is the fault; else what DuckDB says."""
    try:
        sentences = unreadable(connection, relation(delivery))
    except duckdb.Error:
        sentences = []
    return " ".join(sentences) or sentence(error)


def _stamped(connection: duckdb.DuckDBPyConnection, stamps: Stamps, path: Path) -> Written:
    try:
        return write(connection, stamp(connection, CHARGES, stamps.names, stamps.rules), path)
    except duckdb.IOException as error:
        raise LoadError(f"The file cannot be written: {error}") from error
