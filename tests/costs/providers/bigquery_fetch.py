"""Brings a copy up to date in a process of its own, and prints what that took as JSON: seconds of CPU and MB.

python -m tests.costs.providers.bigquery_fetch URL FOLDER
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import google.auth
from google.auth.credentials import AnonymousCredentials

from costs.providers.google_cloud import open_source

url, folder = sys.argv[1:]
os.environ["BIGQUERY_EMULATOR_HOST"] = url
anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
setattr(google.auth, "default", lambda **_: (anonymous, "acme"))  # noqa: B010  # mypy refuses to assign it
started = time.process_time()
found = list(open_source("gcp-main", "bigquery://acme/billing/export", Path(folder)).deliveries())
seconds = time.process_time() - started
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
rows = [each.rows for each in found]
sys.stdout.write(json.dumps({"seconds": seconds, "MB": megabytes, "rows": rows}))
