"""Checks the connection of a source: looks at it for a while, and says what it offers and what is loaded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

from costs.errors import LoadError
from costs.identity import Identity
from costs.models import CostLoad, CostSource
from costs.providers import credentials
from costs.wording import printable

if TYPE_CHECKING:
    # It brings DuckDB, which a server loads at the first question.
    from costs.providers.look import Look, Seen

logger = logging.getLogger(__name__)

SECONDS = 20.0
# In a process. One that does not end in time goes on until its client gives up.
_free = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Offered:
    """A delivery beside what is loaded of its month."""

    seen: Seen
    load: CostLoad | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Args:
        error: why the source cannot be read, in a sentence; "" if it can.
        offered: its latest deliveries.
        notes: what is to be told beside.
        credentials: by what they are found here; "" for a folder.
    """

    error: str = ""
    offered: Sequence[Offered] = ()
    notes: Sequence[str] = field(default_factory=list)
    credentials: str = ""


def check(source: CostSource) -> Checked:
    """Look at a source, which need not be saved, for at most 20 seconds."""
    found_by = credentials.found(source.kind, source.credentials)
    try:
        found = _within(SECONDS, lambda: _look(source))
    except LoadError as error:
        return Checked(printable(f"{error}"), credentials=found_by)
    loads = CostLoad.objects.current().filter(source=source.pk)
    by_month = {load.billing_period: load for load in loads}
    offered = [Offered(seen, by_month.get(seen.period)) for seen in found.seen]
    return Checked("", offered, [*map(printable, found.notes)], found_by)


def _look(source: CostSource) -> Look:
    look: Callable[[str, str, Identity], Look] = import_string("costs.providers.look.look")
    return look(source.kind, source.location, source.identity())


def _within(seconds: float, work: Callable[[], Look]) -> Look:
    """What `work` returns, if it does so in time.

    Raises:
        LoadError: it does not, or two others have not ended.
    """
    if not _free.acquire(blocking=False):
        raise LoadError("Two other checks have not ended. Check again in a minute.")
    found: list[Look] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:  # noqa: BLE001 told below
            failed.append(error)
        finally:
            _free.release()

    thread = threading.Thread(target=run, name="check-source", daemon=True)
    thread.start()
    thread.join(seconds)
    if failed and isinstance(failed[0], LoadError):
        raise failed[0]
    if failed:
        logger.error("The check of a source failed", exc_info=failed[0])
        raise LoadError(f"It failed by {type(failed[0]).__name__}. The server's log has more.") from failed[0]
    if not found:
        raise LoadError(
            f"There was no answer within {seconds:.0f} seconds. Check the location and the network; if the "
            "source is large or slow, load_costs waits longer."
        )
    return found[0]
