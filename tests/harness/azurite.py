"""A real Blob Storage to test against: the npm package `azurite`, pinned in tests/azurite."""

from __future__ import annotations

import http.client
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness.needs import skip_or_fail
from tests.harness.node_tools import npm, runtime
from tests.harness.once import once
from tests.harness.ports import free_port

FOLDER = Path(__file__).parent.parent / "azurite"
PROGRAM = FOLDER / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
START_SECONDS = 60.0
ACCOUNT = "devstoreaccount1"
# Public, and the same on every machine: learn.microsoft.com, "Use the Azurite emulator".
# pragma: allowlist nextline secret
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def _install() -> str:
    """Why there is no program, or ""."""
    installed = FOLDER / "node_modules" / "installed.json"
    wanted = (FOLDER / "package-lock.json").read_bytes()
    if installed.exists() and installed.read_bytes() == wanted:
        return ""
    missing = npm(FOLDER, "ci", "--no-bin-links")
    if not missing:
        installed.write_bytes(wanted)
    return missing


class Azurite:
    """A Blob Storage on a loopback port, whose blobs are in memory.

    Args:
        options: more of the program's command line.
    """

    def __init__(self, *options: str) -> None:
        if missing := once("azurite", _install):
            skip_or_fail(missing)
        self.port = free_port()
        self._command = [runtime(), str(PROGRAM), "--blobPort", f"{self.port}", "--silent"]
        # Without the first of these, it calls home.
        self._command += ["--disableTelemetry", "--inMemoryPersistence", "--skipApiVersionCheck", *options]

    def connection_string(self, port: int | None = None, secret: str = f"AccountKey={KEY}") -> str:
        """How a client finds and opens it.

        Args:
            port: of what stands before it.
            secret: the account's key, or a SharedAccessSignature.
        """
        endpoint = f"http://127.0.0.1:{port or self.port}/{ACCOUNT}"
        return f"AccountName={ACCOUNT};BlobEndpoint={endpoint};{secret}"

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 our own command
            self._command, cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("azurite did not start.")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            return False
        finally:
            connection.close()
        return True
