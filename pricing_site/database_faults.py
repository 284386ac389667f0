"""What is wrong with the database, as one sentence for the operator and what to do about it."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Error as CheckError
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)

MAX_REASON = 200


class Fault(NamedTuple):
    """`signs` are parts of the messages of SQLite or of the libSQL driver.

    {name} is the database, {manage} how commands are run.
    """

    signs: tuple[str, ...]
    meaning: str
    remedy: str


READ_ONLY = Fault(
    ("readonly database",),
    "The database {name} is read-only.",
    "Let this user write the file and its folder.",
)
NOT_MIGRATED = Fault(
    ("no such table", "no such column", "has no column named"),
    "The database {name} lacks tables or columns.",
    "Run: {manage} migrate",
)
# The first that fits applies.
FAULTS = (
    NOT_MIGRATED,
    Fault(
        ("is locked",),
        "The database {name} is locked by another process.",
        "Wait until that ends, or stop it, then try again.",
    ),
    Fault(("disk is full",), "The disk of the database {name} is full.", "Free some space, then try again."),
    READ_ONLY,
    Fault(
        ("not a database", "disk image is malformed"),
        "{name} is not a SQLite database, or it is damaged.",
        "Set DATABASE_URL to another file, or restore a backup.",
    ),
    Fault(
        ("unable to open database", "disk I/O error"),
        "The database {name} cannot be opened.",
        "Check that it is a file, not a folder, and that this user may read and write it.",
    ),
    Fault(
        ("did not respond within", "cannot be reached"),
        "The libSQL server {name} cannot be reached.",
        "Check DATABASE_URL, and that the server is running.",
    ),
    Fault(
        ("rejected the token", "does not permit"),
        "The libSQL server {name} refuses the token.",
        "Set DATABASE_AUTH_TOKEN to one that may read and write.",
    ),
    Fault(
        ("not from a libSQL server", "server returned HTTP"),
        "{name} does not answer like a libSQL server.",
        "Check DATABASE_URL.",
    ),
)


def is_not_migrated(error: BaseException | None) -> bool:
    return isinstance(error, Error) and any(sign in f"{error}" for sign in NOT_MIGRATED.signs)


def explain(error: BaseException) -> str:
    """What is wrong with the database and what to do, in two short sentences."""
    name = f"{settings.DATABASES['default']['NAME']}"
    fault = _fault(f"{error}", Path(name))
    if fault:
        remedy = fault.remedy.format(manage=settings.MANAGE_COMMAND)
        return f"{fault.meaning.format(name=name)} {remedy}"
    reason = " ".join(f"{error}".split())[:MAX_REASON].rstrip(".")
    return f"The database {name} failed: {reason}. Use --traceback to see where."


def _fault(message: str, path: Path) -> Fault | None:
    # SQLite cannot even open a file in WAL mode if it may not write its folder.
    if "unable to open database" in message and path.is_file() and os.access(path, os.R_OK):
        return READ_ONLY
    return next((fault for fault in FAULTS if any(sign in message for sign in fault.signs)), None)


def check_database(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The system check: the database can be read and has all migrations."""
    return [message for alias in databases or () for message in _check(alias)]


def _check(alias: str) -> list[CheckMessage]:
    try:
        executor = MigrationExecutor(connections[alias])
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        return [CheckError(explain(error), id="pricing_site.E012")]
    if not missing:
        return []
    count = f"{len(missing)} migration{'s' if len(missing) > 1 else ''}"
    message = f"The database {connections[alias].settings_dict['NAME']} lacks {count}."
    return [CheckError(message, hint=f"Run: {settings.MANAGE_COMMAND} migrate", id="pricing_site.E013")]


def log_faults() -> None:
    """Log what the check finds: a server on such a database answers every request with an error."""
    for message in check_database(databases=list(connections)):
        logger.error("%s", " ".join(filter(None, [message.msg, message.hint])))
    connections.close_all()
