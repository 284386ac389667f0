"""Starts bqemulator, in its own virtual environment: python serve.py PORT GRPC_PORT.

Its start would download DuckDB's extensions for maps and Avro, which bills have no need of. And what a
transaction has changed is not seen by FOR SYSTEM_TIME AS OF a later moment, as it is in BigQuery: here it is.
"""

# mypy: ignore-errors
# What it imports is in its own environment only.

from __future__ import annotations

import sys
from typing import Any

import sqlglot
from bqemulator.cli import main
from bqemulator.jobs import executor
from bqemulator.scripting import interpreter
from bqemulator.storage import engine

for each in vars(engine).values():
    if isinstance(each, type) and hasattr(each, "_load_spatial"):
        each._load_spatial = each._load_format_extensions = lambda self: None  # noqa: ARG005, SLF001

scripts = next(each for each in vars(interpreter).values() if hasattr(each, "_drop_txn_snapshots"))
_change, _commit = scripts._snapshot_dml_targets, scripts._drop_txn_snapshots  # noqa: SLF001


async def change(self: Any, sql: str) -> None:
    found = executor._dml_target_tables(sqlglot.parse_one(sql, read="bigquery"), self._project_id)  # noqa: SLF001
    self.changed = {*getattr(self, "changed", ()), *found}
    await _change(self, sql)


async def commit(self: Any) -> None:
    is_open = self._active_txn is not None
    await _commit(self)
    for table in getattr(self, "changed", ()) if is_open else ():
        self._ctx.snapshots.record_change(*table)
    self.changed = set()


scripts._snapshot_dml_targets, scripts._drop_txn_snapshots = change, commit  # noqa: SLF001

_, port, grpc_port = sys.argv
sys.argv = ["bqemulator", "start", "--rest-port", port, "--grpc-port", grpc_port, "--log-level", "error"]
main()
