"""A real Alertmanager to test against: Debian's package prometheus-alertmanager."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.harness.needs import skip_or_fail
from tests.harness.ports import free_port

START_SECONDS = 20.0
CONFIG = "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n"


class Alertmanager:
    """A server; `alerts` are those that it has, by what labels say is the cause."""

    def __init__(self, url: str) -> None:
        self.url = url

    def alerts(self) -> dict[str, dict[str, Any]]:
        answer = requests.get(f"{self.url}/api/v2/alerts", timeout=5)
        answer.raise_for_status()
        return {alert["labels"]["cause"]: alert for alert in answer.json()}


@contextmanager
def alertmanager(folder: Path, configuration: str = CONFIG) -> Iterator[Alertmanager]:
    """A server on loopback with its data in `folder`."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        skip_or_fail("needs Alertmanager: apt-get install prometheus-alertmanager")
    url = f"http://127.0.0.1:{free_port()}"
    config = folder / "alertmanager.yml"
    config.write_text(configuration)
    command = [program, f"--config.file={config}", f"--storage.path={folder / 'data'}"]
    command += [f"--web.listen-address={url.removeprefix('http://')}", "--cluster.listen-address="]
    with (
        (folder / "alertmanager.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,  # noqa: S603 our own command
    ):
        try:
            _wait(url, process)
            yield Alertmanager(url)
        finally:
            process.kill()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if requests.get(f"{url}/-/ready", timeout=1).ok:
                return
        except requests.ConnectionError:
            pass
        if time.monotonic() > deadline or process.poll() is not None:
            raise RuntimeError("Alertmanager did not start.")
        time.sleep(0.05)
