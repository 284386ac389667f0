"""Runs a management command. Faults of the database and of settings end it with one sentence and code 1."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import Error

INTERRUPTED = 130


def main(arguments: Sequence[str] = sys.argv) -> None:
    """Run the command of `arguments`; `--traceback` shows where a fault comes from."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pricing_site.settings")
    try:
        execute_from_command_line(list(arguments))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except ImproperlyConfigured as error:
        _fail(f"{error}", arguments)
    except Error as error:
        from pricing_site.database_faults import explain  # noqa: PLC0415  # needs valid settings
        from tools.errors import is_database_fault  # noqa: PLC0415

        if not is_database_fault(error):
            raise
        _fail(explain(error), arguments)


def _fail(sentence: str, arguments: Sequence[str]) -> None:
    if "--traceback" in arguments:
        raise  # noqa: PLE0704  # called while an exception is handled
    if "--json" in arguments:
        print(json.dumps({"status": "failed", "error": sentence}, ensure_ascii=False))  # noqa: T201
    sys.exit(sentence)
