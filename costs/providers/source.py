"""What a source of cost data offers: deliveries, each a whole billing month of one source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Layout(StrEnum):
    """What the files of a delivery are."""

    FOCUS_CSV = "focus-csv"
    FOCUS_PARQUET = "focus-parquet"
    GOOGLE_CLOUD_ROWS = "google-cloud-rows"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One billing month of one source, whole: it replaces what is loaded of that month (and account).

    Args:
        source: the name of the source.
        cloud: aws, gcp or azure; None if each row has to say.
        period: the billing month, as 2026-10.
        revision: changes whenever the content may have changed; the same revision is not read again.
        layout: what the files are.
        files: the files, in order. They may hold other months too: only the rows of `period` count, unless
            `is_exclusive`.
        is_exclusive: whether a row of another month is a fault of the delivery, as one whose source tells
            which rows the month has. Of others nobody does: they may have a part of it.
        shares_files: whether its files have rows of other months too, so that they may have been cut by time.
        rows: how many rows its manifest promises; None if there is no promise.
        problem: why it cannot be loaded (a missing file, a short count), in one sentence; "" if it can.
        is_estimate: whether its charges are no bill, so that they give way to one.
        account: of an estimate, the one account or subscription that all its charges are of, as SubAccountId
            has it; "" if they are of none. A month of estimates is a delivery for each.
    """

    source: str
    cloud: str | None
    period: str
    revision: str
    layout: Layout
    files: Sequence[Path] = field(default=())
    is_exclusive: bool = False
    shares_files: bool = False
    rows: int | None = None
    problem: str = ""
    is_estimate: bool = False
    account: str = ""


class Source(Protocol):
    """Where cost data comes from.

    Args:
        name: of the source.
        notes: what its last look found that is no fault, but to be told, as sentences.
    """

    name: str
    notes: Sequence[str]

    def deliveries(self) -> Iterator[Delivery]:
        """The latest delivery of each billing month that it has, oldest month first.

        Raises:
            costs.errors.LoadError: the source cannot be read at all.
        """
