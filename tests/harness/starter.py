"""Starts programs of the product as forks of a process that has the packages loaded, which takes seconds.

    python -m tests.harness.starter

is that process. A line on its standard input is a program, as JSON, or the id of a process. It answers
the first with the id of the process that runs it, the second with its exit code, or null as long as it runs.
It loads nothing that reads settings, so that a program has those of its own environment: gunicorn.config, for
one, reads the number of workers as it is loaded.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
POLL_SECONDS = 0.02
RUN_SECONDS = 600
PACKAGES = [
    "catalog.offers.attributes",
    "catalog.offers.implied",
    "catalog.offers.resources.traffic",
    "costs.panels",
    "costs.query",
    "costs.store.engine",
    "cryptography.x509",
    "django.contrib.admin.decorators",
    "django.core.handlers.asgi",
    "django.core.management.commands.shell",
    "django.db.backends.sqlite3.base",
    "django.forms",
    "django.template.defaulttags",
    "django.test.signals",
    "duckdb",
    "gunicorn.util",
    "jwcrypto.jwk",
    "limits.strategies",
    "mcp.server.lowlevel.server",
    "oauthlib.oauth2",
    "rapidfuzz.process",
    "requests",
    "snowballstemmer",
    "sqlglot.expressions",
    "starlette.middleware.gzip",
]


class Starter:
    """That process, from another one's point of view."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.starter"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = threading.Lock()

    def ask(self, question: dict[str, Any] | int) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(f"{json.dumps(question)}\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        with self._process:
            pass


@cache
def _starter() -> Starter:
    starter = Starter()
    atexit.register(starter.close)
    return starter


@dataclass
class Started:
    """A running program, as subprocess.Popen has it."""

    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = _starter().ask(self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {self.pid} runs on after {timeout} s")
            time.sleep(POLL_SECONDS)
        return code

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def start(
    arguments: list[str], environment: dict[str, str], output: Path, errors: Path | None = None
) -> Started:
    """Run `python ARGUMENTS` in the repository's folder; `errors` go to `output` by default."""
    program = {
        "arguments": arguments,
        "environment": environment,
        "output": f"{output}",
        "errors": f"{errors or output}",
    }
    return Started(_starter().ask(program))


def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `python ARGUMENTS` to its end, as subprocess.run does."""
    with tempfile.TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        code = start(arguments, environment, output, errors).wait(RUN_SECONDS)
        return subprocess.CompletedProcess(arguments, code, output.read_text(), errors.read_text())


def main() -> None:
    for package in PACKAGES:
        importlib.import_module(package)
    from django.conf import settings  # noqa: PLC0415  # only the process itself needs Django

    assert not settings.configured
    gc.freeze()
    program = _answer_until_forked()
    if program:
        _become(program)


def _answer_until_forked() -> dict[str, Any] | None:
    """Return the program in the process that is to run it, and nothing at the end of the input."""
    for line in sys.stdin:
        question = json.loads(line)
        if isinstance(question, int):
            answer = _exit_code(question)
        elif not (answer := os.fork()):
            return dict(question)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    return None


def _exit_code(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(program: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(program["environment"])
    _open(0, os.devnull, os.O_RDONLY)
    _open(1, program["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    _open(2, program["errors"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    if program["arguments"][0] == "-m":
        sys.argv = program["arguments"][1:]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = program["arguments"]
        runpy.run_path(sys.argv[0], run_name="__main__")


def _open(descriptor: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o644)
    os.dup2(opened, descriptor)
    os.close(opened)


if __name__ == "__main__":
    main()
