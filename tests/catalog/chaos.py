"""Runs of the sync that are killed at random moments, and the invariants that must hold all the same.

Each round syncs one of a few price lists that differ from each other, is killed with SIGKILL, is examined,
and is then completed by an undisturbed run. The database must hold what an undisturbed one holds.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.catalog.processes import start_sync
from tests.catalog.wire import COMPUTE, STORAGE, Wire, wire_price, wire_rate, wire_service, wire_sku
