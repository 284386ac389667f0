"""The exit codes of jobs (docs/sync.md). A job that did all of its work ends with 0."""

from __future__ import annotations

FAILED = 1
WRONG_ARGUMENTS = 2  # argparse's own
PARTLY_DONE = 3
