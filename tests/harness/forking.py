"""A program that has Django loaded and forks a sync for each line `start FOLDER` on its standard input.

It answers with the process id, to `wait PID` with how that process ended, and to `poll PID` with the same or,
as long as it runs, with nothing.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import django
from django.core.management import CommandError, call_command, load_command_class

_exit_codes: dict[int, int] = {}


def main() -> None:
    django.setup()
    load_command_class("catalog", "sync_catalog")  # here, so that no fork has to
    for line in sys.stdin:
        verb, _, argument = line.strip().partition(" ")
        answer = (os.fork() or sync(argument)) if verb == "start" else ended(int(argument), verb)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def ended(pid: int, verb: str) -> int | str:
    if pid not in _exit_codes:
        found, status = os.waitpid(pid, os.WNOHANG if verb == "poll" else 0)
        if not found:
            return ""
        _exit_codes[pid] = os.waitstatus_to_exitcode(status)
    return _exit_codes[pid]


def sync(folder: str) -> NoReturn:
    code = 1
    try:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # devnull is a name, not a path
            call_command("sync_catalog", source=folder, stdout=nowhere)
        code = 0
    except CommandError as error:
        code = error.returncode
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
