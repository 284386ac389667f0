"""What a test needs and this machine may lack."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

IN_CI = os.environ.get("CI") == "true"
# The end of a run with such a skip is a failure: tests/harness/summary.py.
REFUSED = "CI: "


def skip_or_fail(reason: str) -> NoReturn:
    """Skip the test, saying what would let it run; in CI, where nothing may be missing, the run fails."""
    pytest.skip(f"{REFUSED}{reason}" if IN_CI else reason)
