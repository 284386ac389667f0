"""BigQuery to test against: bqemulator, in a virtual environment of its own, since it pins an older sqlglot.

It runs SQL on DuckDB as sqlglot reads it, so it accepts what BigQuery may refuse: tests have the SQL as text
too.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness.needs import skip_or_fail
from tests.harness.once import once
from tests.harness.ports import free_port

FOLDER = Path(__file__).parent.parent / "bqemulator"
REQUIREMENTS = FOLDER / "requirements.txt"
START_SECONDS = 60.0
# Beside pip's own, since it takes a minute to install, and a clone of the repo need not do it again.
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cloud-pricing"


def _environment() -> Path:
    """The virtual environment of these requirements and this Python."""
    wanted = f"{sys.version_info[:2]} {sys.platform} {REQUIREMENTS.read_text()}"
    return CACHE / f"bqemulator-{hashlib.sha256(wanted.encode()).hexdigest()[:16]}"


def _install() -> str:
    """Why there is no program, or ""."""
    folder = _environment()
    installed = folder / "installed"
    if installed.exists():
        return ""
    venv.create(folder, with_pip=True, clear=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--retries", "1"]
    command += ["--no-deps", "--requirement", str(REQUIREMENTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 our own command
    if done.returncode:
        return f"needs a package index (pip install failed: {' '.join(done.stderr.split())[-200:]})"
    installed.touch()
    return ""


class BigQueryEmulator:
    """An emulator on a loopback port, whose tables are in memory."""

    def __init__(self) -> None:
        if missing := once("bqemulator", _install):
            skip_or_fail(missing)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        python = _environment() / "bin" / "python"
        self._command = [str(python), str(FOLDER / "serve.py"), f"{self.port}", f"{free_port()}"]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 our own command
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("bqemulator did not start")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/bigquery/v2/projects/p/datasets")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()
