from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

CONF = Path(__file__).resolve().parents[2] / "gunicorn.conf.py"
PROGRAM = f"""
import resource, runpy
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
runpy.run_path({str(CONF)!r})
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_the_server_may_open_as_many_connections_as_the_system_allows() -> None:
    run = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert int(run.stdout) == (65_536 if hard == resource.RLIM_INFINITY else min(65_536, hard))
