"""Starts a sync that outlives the request which asks for it: a job of Cloud Run, or a process of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

from django.conf import settings
from django.core.cache import cache

from catalog.errors import SyncRefusedError
from catalog.models import PricingUpdate
from catalog.sync import cloud_run

logger = logging.getLogger(__name__)

# An entry of the shared cache: the latest run when the sync was started. A newer one is its own.
_STARTING = "sync-starting"
_PROCESS_SECONDS = 60
# Cloud Run has to find a machine and to fetch the image.
_JOB_SECONDS = 300
THREAD = "sync-started-in-the-admin"
COMMAND = ("-m", "django", "sync_catalog", "--json")


def refusal() -> str:
    """Why no sync can be started here; empty if one can."""
    if not settings.GOOGLE_API_KEY and not settings.SYNC_JOB:
        return (
            "GOOGLE_API_KEY is not set, so there is no price list to read: the bundled sample never changes. "
            "Set the key in the environment and start the server again."
        )
    return ""


def running() -> PricingUpdate | None:
    """The run that has the lease."""
    runs = PricingUpdate.objects.filter(status=PricingUpdate.Status.RUNNING).order_by("-id")
    return next((run for run in runs if not run.has_crashed), None)


def is_starting() -> bool:
    """Whether a sync has been started that may not have its lease yet."""
    latest = cache.get(_STARTING)
    return latest is not None and latest == latest_id()


def latest_id() -> int:
    """The number of the latest run; 0 before the first."""
    return PricingUpdate.objects.order_by("-id").values_list("pk", flat=True).first() or 0


def start() -> None:
    """Start a sync of all services from Google's price list.

    Raises:
        SyncRefusedError: there is no source, a sync is running, or it could not be started.
    """
    if reason := refusal():
        raise SyncRefusedError(reason)
    if run := running():
        raise SyncRefusedError(f"Sync {run.pk} is running.")
    latest = latest_id()
    seconds = _JOB_SECONDS if settings.SYNC_JOB else _PROCESS_SECONDS
    if not cache.add(_STARTING, latest, seconds):
        if is_starting():
            raise SyncRefusedError("A sync is starting.")
        cache.set(_STARTING, latest, seconds)
    try:
        cloud_run.run(settings.SYNC_JOB) if settings.SYNC_JOB else _start_process()
    except SyncRefusedError:
        cache.delete(_STARTING)
        raise


def _start_process() -> None:
    try:
        process = _launch()
    except OSError as error:
        raise SyncRefusedError(f"The sync could not be started: {error}.") from error
    # Nobody else waits for the process, and one that nobody waits for stays in the table of processes.
    threading.Thread(target=_wait, args=[process], daemon=True, name=THREAD).start()


def _launch() -> subprocess.Popen[bytes]:
    """Its errors go where the server's go."""
    return subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, *COMMAND],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait(process: subprocess.Popen[bytes]) -> None:
    if code := process.wait():
        logger.warning("sync_catalog, started in the admin, ended with code %d", code)
